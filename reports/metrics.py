"""The figures for a Prometheus server, read anew at each scrape. Requests are counted from the log lines."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from reports import health, operations


class _Figures(Collector):
    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield _gauge("milepost_cases", "Cases by stage.", "stage", _cases())
        yield from self._work()
        yield from self._outbox()
        yield _gauge("milepost_part_up", "1 when the part answers.", "part", _parts())
        yield _gauge("milepost_pulse_age_seconds", "Since the part was last heard.", "part", _pulses())
        yield from self._sweeps()

    def _work(self) -> Iterator[GaugeMetricFamily]:
        owed = operations.owed_by_party(now=self.now)
        open_work = {one.party: one.open for one in owed}
        overdue = {one.party: one.overdue for one in owed}
        yield _gauge("milepost_open_work", "Open pieces of work by who owes them.", "party", open_work)
        yield _gauge("milepost_overdue_work", "Open pieces of work past their due date.", "party", overdue)

    def _outbox(self) -> Iterator[GaugeMetricFamily]:
        outbox, queue = operations.outbox(now=self.now), operations.queue_length()
        yield GaugeMetricFamily("milepost_outbox_queued", "Messages that wait to go out.", outbox.queued)
        yield GaugeMetricFamily("milepost_outbox_failed", "Messages that were given up.", outbox.failed)
        yield GaugeMetricFamily(
            "milepost_outbox_age_seconds", "How late the oldest waiting message is.", outbox.oldest_seconds
        )
        yield _gauge(
            "milepost_deliveries_failed", "Messages given up, by channel.", "channel", _failed_by_channel()
        )
        if queue is not None:
            yield GaugeMetricFamily("milepost_queue_length", "Tasks that no worker has taken up.", queue)

    def _sweeps(self) -> Iterator[GaugeMetricFamily]:
        runs = operations.last_sweeps()
        ages = {run.sweep: (self.now - run.began_at).total_seconds() for run in runs}
        took = {run.sweep: run.took.total_seconds() for run in runs}
        failed = {run.sweep: float(bool(run.problem)) for run in runs}
        yield _gauge("milepost_sweep_age_seconds", "Since the sweep last began.", "sweep", ages)
        yield _gauge("milepost_sweep_duration_seconds", "How long its last run took.", "sweep", took)
        yield _gauge("milepost_sweep_failed", "1 when its last run failed.", "sweep", failed)


def exposition(*, now: datetime) -> bytes:
    """Everything in the text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(now))
    return generate_latest(registry)


def _gauge(name: str, text: str, label: str, values: Mapping[Any, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([str(key)], value)
    return family


def _cases() -> dict[str, int]:
    return {stage.value: count for stage, count in operations.cases_by_stage().items()}


def _failed_by_channel() -> dict[str, int]:
    return {channel.value: count for channel, count in operations.failed_by_channel().items()}


def _parts() -> dict[str, int]:
    return {name: int(is_up) for name, is_up in health.parts().items()}


def _pulses() -> dict[str, float]:
    return {name: age for name, age in health.pulse_ages().items() if age is not None}
