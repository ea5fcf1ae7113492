"""What is told of a round: who is pinged, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from cli.errors import CommandError
from cli.monitoring import MOST_NAMED, pinger, round_line
from cli.settings import MonitoringSettings
from domain.check import Check, Outcome
from tests.notifier.receivers import Receiver, running


def check(watch: str, outcome: Outcome) -> Check:
    return Check(1, watch, datetime(2026, 1, 5, tzinfo=UTC), 120, outcome, "said by the page", 200, None)


def test_nobody_is_pinged_unless_the_settings_say_so() -> None:
    assert pinger(MonitoringSettings(), uuid4()) is None


def test_the_address_to_ping_may_stand_in_a_file(tmp_path: Path) -> None:
    receiver, run = Receiver(status=200), uuid4()
    with running(receiver) as address:
        (tmp_path / "ping").write_text(f"{address}\n", encoding="utf-8")
        for monitoring in (
            MonitoringSettings(ping_url=address),
            MonitoringSettings(ping_url_file=str(tmp_path / "ping")),
        ):
            ping = pinger(monitoring, run)
            assert ping is not None
            assert ping.success("1 check: 1 unchanged") is None
    first, second = receiver.requests
    assert first.path == second.path
    assert first.path.endswith(f"rid={run}")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"monitoring\.ping_url_file: .*none: cannot be read"):
        pinger(MonitoringSettings(ping_url_file=str(tmp_path / "none")), uuid4())


def test_a_round_is_told_by_counts_and_names_and_no_word_of_a_page() -> None:
    unchanged, failed = check("child-protection", Outcome.UNCHANGED), check("ncpi", Outcome.FAILED)
    assert round_line([]) == "0 checks"
    assert round_line([unchanged], sent=2) == "1 check: 1 unchanged; 2 sent"
    assert round_line([unchanged, failed, unchanged], undelivered=1) == (
        "3 checks: 2 unchanged, 1 failed (ncpi); 1 undelivered"
    )
    assert "said" not in round_line([check("one", outcome) for outcome in Outcome])


def test_of_many_a_few_are_named() -> None:
    said = round_line([check(f"w{number}", Outcome.SUSPECT) for number in range(1000)])
    assert said.endswith("w9 and 990 more)")
    assert said.count(",") == MOST_NAMED - 1
