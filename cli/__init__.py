"""The commands and the wiring: the only folder that reads settings and builds things."""

import sys

# httpx imports a command line of its own, with click, rich and pygments, wherever they are installed, as they are here.
# Found to be missing, it goes without: a fifth of what a check by cron costs.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
