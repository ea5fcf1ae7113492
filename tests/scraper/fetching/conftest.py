"""Retries that do not wait, and a log of what they would have waited."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import tenacity.nap


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds waited between tries, so far."""
    seconds: list[float] = []
    monkeypatch.setattr(tenacity.nap, "time", SimpleNamespace(sleep=seconds.append))
    return seconds
