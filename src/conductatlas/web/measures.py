"""What `/metrics` says, in the Prometheus text format. Public documents only, like every other count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from conductatlas.archive import counts as archive
from conductatlas.catalogue import queries as catalogue
from conductatlas.clock import SystemClock
from conductatlas.history import counts as history
from conductatlas.history import queries
from conductatlas.work import counts as work

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition() -> bytes:
    """All figures, asked of the database now."""
    # A registry of its own: what libraries count in the default one is none of this page's business.
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Archive())
    return generate_latest(registry)


class _Archive(Collector):
    def collect(self) -> Iterable[Metric]:
        now = SystemClock().now()
        checks = CounterMetricFamily("conductatlas_checks", "Checks made, by outcome.", labels=["outcome"])
        for outcome, number in archive.checks_by_outcome(None).items():
            checks.add_metric([outcome], number)
        yield checks

        captures = CounterMetricFamily(
            "conductatlas_captures", "Captures, by outcome and reason.", labels=["outcome", "reason"]
        )
        for (outcome, reason), number in archive.captures_by_reason(None).items():
            captures.add_metric([outcome, reason], number)
        yield captures

        documents = GaugeMetricFamily(
            "conductatlas_documents", "Documents, by state of their record.", labels=["state"]
        )
        lines = queries.document_states(catalogue.documents(None), now)
        for state, number in sorted(Counter(line.state.name for line in lines).items()):
            documents.add_metric([state], number)
        yield documents

        due = GaugeMetricFamily(
            "conductatlas_due", "Documents, by what they wait for: scheduled, due, held.", labels=["state"]
        )
        for state, number in work.due(now).items():
            due.add_metric([state], number)
        yield due

        incidents = GaugeMetricFamily("conductatlas_incidents_open", "Documents with an open incident.")
        incidents.add_metric([], work.open_incidents(None))
        yield incidents

        versions = CounterMetricFamily("conductatlas_versions", "Versions recorded.")
        versions.add_metric([], history.versions(None))
        yield versions

        changes = GaugeMetricFamily("conductatlas_changes", "Changes, by state.", labels=["state"])
        for state, number in sorted(history.changes_by_state(None).items()):
            changes.add_metric([state], number)
        yield changes
