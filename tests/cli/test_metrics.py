"""The figures, as Prometheus's own parser reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from cli.metrics import exposition
from domain.check import Check, Outcome, Snapshot, Standing, Trouble, Validators
from schedules.vitals import ServiceVitals, Vitals, WatchVitals

THEN = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
EPOCH = THEN.timestamp()

SNAPSHOT = Snapshot(1, "ncpi", THEN, THEN, "live", "00", 1, 3, 41, Validators())
SEEN = Standing(
    "ncpi",
    SNAPSHOT,
    Check(7, "ncpi", THEN + timedelta(hours=1), 1250, Outcome.FAILED, "no answer", None, None),
    THEN,
    Trouble(THEN + timedelta(hours=1), 4, False),
)
NEVER = Standing("new", None, None, None, None)
VITALS = Vitals((WatchVitals(SEEN, False), WatchVitals(NEVER, True)), 2, 4096)


def figures(text: bytes) -> dict[tuple[str, str], float]:
    """Every sample, by its name and the value of its one label."""
    return {
        (sample.name, "".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def test_all_figures_of_an_installation() -> None:
    name = "hmicfrs_monitor"
    assert figures(exposition(VITALS, "0.1.0")) == {
        (f"{name}_info", "0.1.0"): 1,
        (f"{name}_watch_last_check_timestamp_seconds", "ncpi"): EPOCH + 3600,
        (f"{name}_watch_last_good_check_timestamp_seconds", "ncpi"): EPOCH,
        (f"{name}_watch_late", "ncpi"): 0,
        (f"{name}_watch_late", "new"): 1,
        (f"{name}_watch_consecutive_failures", "ncpi"): 4,
        (f"{name}_watch_consecutive_failures", "new"): 0,
        (f"{name}_watch_last_check_duration_seconds", "ncpi"): 1.25,
        (f"{name}_watch_reports", "ncpi"): 41,
        (f"{name}_alerts_undelivered", ""): 2,
        (f"{name}_database_bytes", ""): 4096,
    }


def test_a_service_adds_its_own_and_nothing_else_of_the_process_than_its_memory() -> None:
    service = ServiceVitals(THEN, THEN + timedelta(minutes=5), {Outcome.UNCHANGED: 12})
    told = figures(exposition(VITALS, "0.1.0", service))
    added = {key: value for key, value in told.items() if key not in figures(exposition(VITALS, "0.1.0"))}
    memory = added.pop(("process_resident_memory_bytes", ""), None)
    assert memory is None or memory > 1_000_000
    assert added == {
        **{("hmicfrs_monitor_checks_total", outcome.value): 0 for outcome in Outcome},
        ("hmicfrs_monitor_checks_total", "unchanged"): 12,
        ("hmicfrs_monitor_service_started_timestamp_seconds", ""): EPOCH,
        ("hmicfrs_monitor_settings_reloaded_timestamp_seconds", ""): EPOCH + 300,
    }


def test_every_figure_has_its_type_and_says_what_it_is() -> None:
    families = list(text_string_to_metric_families(exposition(VITALS, "0.1.0", ServiceVitals(THEN, THEN)).decode()))
    assert {family.type for family in families} <= {"gauge", "counter", "info"}
    assert all(family.documentation for family in families)


def test_a_name_of_a_watch_can_break_nothing() -> None:
    odd = Standing('a"b\\c\nd', None, None, None, None)
    told = figures(exposition(Vitals((WatchVitals(odd, True),), 0, 0), "0.1.0"))
    assert told["hmicfrs_monitor_watch_late", odd.watch] == 1


def test_nothing_is_kept_from_one_to_the_next_nor_in_the_process() -> None:
    before = set(REGISTRY._names_to_collectors)
    assert exposition(VITALS, "0.1.0") == exposition(VITALS, "0.1.0")
    assert set(REGISTRY._names_to_collectors) == before
