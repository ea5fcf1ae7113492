"""`python -m cli` is `hmicfrs-monitor`."""

from cli.main import start

start()
