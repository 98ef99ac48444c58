from dataclasses import dataclass
from importlib.metadata import version
from platform import python_version

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Text
from reports import health, operations
from reports.models import SweepRun
from reports.selectors import pipeline
from reports.views.base import ProgramPage
from reports.views.pipeline import Ball, cases_address
from workflows.models import CityStatus

RUNS = 20
PACKAGES = ("django", "django-viewflow", "celery")


@dataclass(frozen=True)
class Part:
    """One thing the site stands on; `age` is the seconds since it was last heard."""

    label: Text
    is_up: bool
    age: int | None = None


class Operations(ProgramPage):
    """Is everything up, did the sweeps run, what is late, which versions run."""

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        rows = CityStatus.objects.visible_to(self.reader).filter(case__isnull=False)
        context = {
            "parts": _parts(),
            "queue": operations.queue_length(),
            "refused": operations.refused_addresses(now=now),
            "outbox": operations.outbox(now=now),
            "balls": [
                Ball(
                    one,
                    cases_address({}, only="open", waiting_on=one.party),
                    cases_address({}, only="overdue", waiting_on=one.party),
                )
                for one in pipeline(rows, now=now).parties
            ],
            "sweeps": operations.last_sweeps(),
            "runs": list(SweepRun.objects.all()[:RUNS]),
            "versions": _versions(),
            "now": now,
        }
        return render(request, "reports/operations.html", context)


def _parts() -> list[Part]:
    labels = {
        "database": _("Database"),
        "broker": _("Broker and cache"),
        "worker": _("Worker"),
        "beat": _("Schedule (beat)"),
        "outbox": _("Messages go out"),
    }
    ages = health.pulse_ages()
    return [
        Part(labels.get(name, name), is_up, round(age) if (age := ages.get(name)) is not None else None)
        for name, is_up in health.parts().items()
    ]


def _versions() -> list[tuple[str, str]]:
    return [
        ("Python", python_version()),
        ("PostgreSQL", operations.database_version()),
        *((name, version(name)) for name in PACKAGES),
    ]
