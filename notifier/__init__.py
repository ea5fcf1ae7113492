"""An alert in, a message out: the only folder that knows mail."""
