"""An address in, a `Page` out: the only folder that knows HTTP and HTML."""
