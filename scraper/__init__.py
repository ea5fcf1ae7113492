"""An address in, a `Page` out: the only folder that knows HTTP and HTML."""

import sys

# httpx imports a command line of its own, with click, rich and pygments, wherever they are installed, as they are here.
# Found to be missing, it goes without: a fifth of what a check by cron costs.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
