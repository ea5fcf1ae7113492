"""What a check by cron does not import: what only the service, or who asked for it, needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

NOT_FOR_CRON = {"structlog", "prometheus_client", "http.server", "apscheduler", "alembic", "rich"}


@pytest.mark.parametrize("module", ["cli.settings", "cli.office", "cli.monitoring", "cli.commands.check"])
def test_what_a_check_needs_imports_nothing_for_the_service(module: str) -> None:
    code = f"import sys, {module}; print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not NOT_FOR_CRON & set(loaded.stdout.split())
