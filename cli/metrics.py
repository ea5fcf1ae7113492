"""The figures of an installation as Prometheus reads them; nothing of the process but its memory, nothing global."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from domain.check import Outcome
from schedules.vitals import ServiceVitals, Vitals, WatchVitals

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_NAME = "hmicfrs_monitor"


def exposition(vitals: Vitals, version: str, service: ServiceVitals | None = None) -> bytes:
    """The figures in the text format; those of the service where there is one."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures([*_of_installation(vitals, version), *(_of_service(service) if service else ())]))
    return generate_latest(registry)


class _Figures(Collector):
    """Figures that are known already."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """All of them, whenever asked."""
        return self._metrics


def _of_installation(vitals: Vitals, version: str) -> Iterator[Metric]:
    yield InfoMetricFamily(_NAME, "The program.", {"version": version})
    for name, about, value in _OF_A_WATCH:
        family = GaugeMetricFamily(f"{_NAME}_watch_{name}", about, labels=["watch"])
        for one in vitals.watches:
            figure = value(one)
            if figure is not None:  # what never was has no figure, rather than one that looks like any other
                family.add_metric([one.standing.watch], figure)
        yield family
    undelivered = "Alerts that failed, or are due and were not sent yet."
    yield GaugeMetricFamily(f"{_NAME}_alerts_undelivered", undelivered, vitals.undelivered)
    yield GaugeMetricFamily(f"{_NAME}_database_bytes", "What the database takes on the disk.", vitals.database_bytes)


def _of_service(service: ServiceVitals) -> Iterator[Metric]:
    checks = CounterMetricFamily(f"{_NAME}_checks", "Checks since the service began.", labels=["outcome"])
    for outcome in Outcome:
        checks.add_metric([outcome.value], service.checks.get(outcome, 0))
    yield checks
    started, settings = service.started_at.timestamp(), service.settings_at.timestamp()
    yield GaugeMetricFamily(f"{_NAME}_service_started_timestamp_seconds", "When the service began.", started)
    about = "When the service last read its settings."
    yield GaugeMetricFamily(f"{_NAME}_settings_reloaded_timestamp_seconds", about, settings)
    memory = _resident_bytes()
    if memory is not None:
        yield GaugeMetricFamily("process_resident_memory_bytes", "Resident memory size in bytes.", memory)


def _last_check(one: WatchVitals) -> float | None:
    last = one.standing.last_check
    return last.started_at.timestamp() if last else None


def _last_good(one: WatchVitals) -> float | None:
    return one.standing.last_good.timestamp() if one.standing.last_good else None


def _failures(one: WatchVitals) -> float:
    return one.standing.trouble.failures if one.standing.trouble else 0


def _duration(one: WatchVitals) -> float | None:
    return one.standing.last_check.duration_ms / 1000 if one.standing.last_check else None


def _reports(one: WatchVitals) -> float | None:
    return one.standing.snapshot.reports if one.standing.snapshot else None


_OF_A_WATCH: tuple[tuple[str, str, Callable[[WatchVitals], float | None]], ...] = (
    ("last_check_timestamp_seconds", "When the last check began.", _last_check),
    ("last_good_check_timestamp_seconds", "When the last check that saw the page began.", _last_good),
    ("late", "1 where two checks in a row should have seen the page and did not.", lambda one: one.late),
    ("consecutive_failures", "Checks in a row that failed or were suspect.", _failures),
    ("last_check_duration_seconds", "How long the last check took.", _duration),
    ("reports", "Reports on the page as it was last seen.", _reports),
)


def _resident_bytes() -> int | None:
    """What this process holds in memory; None where the system does not say it in a file."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
