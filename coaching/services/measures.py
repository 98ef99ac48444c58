"""Objectives of an engagement, and what they are judged by. Setting them moves no case and locks none."""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.services import require_not_ended
from certification.models import Story
from coaching.enums import RUNNING, Direction, MeasureKind
from coaching.models import Engagement, Measure, MeasuredGroup, Objective
from core import audit
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from people.models import User
from people.permissions import Permission
from standards.models import Criterion

MOST_GROUPS = 40


@dataclass(frozen=True)
class Terms:
    """What a measure counts, in which unit and direction, from where to where, and for whom."""

    name: str
    kind: str
    unit: str
    direction: str
    objective: uuid.UUID | None = None
    baseline_value: Decimal | None = None
    baseline_on: date | None = None
    target_value: Decimal | None = None
    target_on: date | None = None
    about_kind: str = ""
    about: str = ""
    story: uuid.UUID | None = None
    targeted: Collection[str] = ()
    compared: Collection[str] = ()


@transaction.atomic
def set_objective(
    *, engagement_id: uuid.UUID, text: str, criteria: Collection[uuid.UUID], by: User, now: datetime
) -> Objective:
    """Say what shall change. The same words again are the objective that is there.

    Raises NotFound, NotAllowed, CaseClosed, WrongState, InvalidInput.
    """
    engagement = _engagement(engagement_id, by=by)
    if there := engagement.objectives.filter(text=text.strip()).first():
        return there
    coached = Criterion.objects.filter(area__in=engagement.areas.all(), pk__in=criteria)
    if not text.strip():
        raise InvalidInput(errors={"text": [_("Say what shall change.")]})
    if len(set(criteria)) != coached.count():
        raise InvalidInput(errors={"criteria": [_("Choose among the criteria of the engagement's areas.")]})
    objective = Objective.objects.create(engagement=engagement, text=text.strip(), set_at=now, set_by=by)
    objective.criteria.set(coached)
    audit.record(
        "coaching.objective_set",
        by=by,
        target=objective,
        now=now,
        dossier=engagement.case_id,
        new={"text": text},
    )
    return objective


@transaction.atomic
def set_measure(*, engagement_id: uuid.UUID, terms: Terms, by: User, now: datetime) -> Measure:
    """Say what an objective, or the engagement itself, is judged by.

    Raises NotFound, NotAllowed, CaseClosed, WrongState, InvalidInput.
    """
    engagement = _engagement(engagement_id, by=by)
    _require_sense(terms, engagement, by=by)
    measure = Measure.objects.create(
        engagement=engagement,
        objective_id=terms.objective,
        name=terms.name.strip(),
        kind=terms.kind,
        unit=terms.unit.strip(),
        direction=terms.direction,
        baseline_value=terms.baseline_value,
        baseline_on=terms.baseline_on,
        target_value=terms.target_value,
        target_on=terms.target_on,
        about_kind=terms.about_kind,
        about=terms.about.strip(),
        story_id=terms.story,
        set_at=now,
        set_by=by,
    )
    MeasuredGroup.objects.bulk_create(
        MeasuredGroup(measure=measure, name=name, is_targeted=name in terms.targeted, position=place)
        for place, name in enumerate([*terms.targeted, *terms.compared], start=1)
    )
    new = {"name": measure.name, "kind": measure.kind, "unit": measure.unit}
    audit.record("coaching.measure_set", by=by, target=measure, now=now, dossier=engagement.case_id, new=new)
    return measure


def _engagement(engagement_id: uuid.UUID, *, by: User) -> Engagement:
    """The engagement, locked: two forms sent at once are one after the other."""
    seen = Engagement.objects.readable_by(by).select_related("case__city", "partner").filter(pk=engagement_id)
    found = seen.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise NotFound(_("There is no such engagement for you."))
    if not by.has_perm(Permission.SET_MEASURES, found):
        raise NotAllowed(_("Objectives and measures are set by the people of the partner that coaches."))
    require_not_ended(found.case)
    if found.status not in RUNNING:
        raise WrongState(_("Objectives and measures are set between the acceptance and the close."))
    return found


def _require_sense(terms: Terms, engagement: Engagement, *, by: User) -> None:
    wrong = {field: [text] for field, is_wrong, text in _mistakes(terms, engagement, by) if is_wrong}
    if wrong:
        raise InvalidInput(errors=wrong)


def _mistakes(terms: Terms, engagement: Engagement, by: User) -> Iterator[tuple[str, bool, str]]:
    """What could be wrong with which field, and whether it is."""
    names, of_the_engagement = [*terms.targeted, *terms.compared], engagement.objectives
    day_alone = _("Give the value for this day, or leave the day empty.")
    yield "name", not terms.name.strip(), _("Name what is measured.")
    there = engagement.measures.filter(name=terms.name.strip()).exists()
    yield "name", there, _("The engagement has a measure of this name. Choose another.")
    yield "unit", not terms.unit.strip(), _("Name the unit.")
    yield "kind", terms.kind not in MeasureKind.values, _("Choose outcome or output.")
    yield "direction", terms.direction not in Direction.values, _("Choose whether more or less is better.")
    elsewhere = terms.objective and not of_the_engagement.filter(pk=terms.objective).exists()
    yield "objective", bool(elsewhere), _("Choose among the engagement's objectives.")
    unknown = terms.story and not stories_for(engagement, by).filter(pk=terms.story).exists()
    yield "story", bool(unknown), _("Choose among the city's stories.")
    half = bool(terms.about_kind) != bool(terms.about.strip())
    yield "about", half, _("Name the contract or program, and say which of the two it is.")
    yield "baseline_value", bool(terms.baseline_on and terms.baseline_value is None), day_alone
    yield "target_value", bool(terms.target_on and terms.target_value is None), day_alone
    backwards = terms.baseline_on and terms.target_on and terms.target_on <= terms.baseline_on
    yield "target_on", bool(backwards), _("The target lies after the day of the baseline.")
    yield "compared", len(set(names)) != len(names), _("Name each area or group once.")
    yield "compared", len(names) > MOST_GROUPS, _("Up to %(most)s areas or groups.") % {"most": MOST_GROUPS}


def may_set(engagement: Engagement, *, by: User) -> bool:
    """Whether the forms are to be offered."""
    running = engagement.status in RUNNING and engagement.case.closed_at is None
    return running and by.has_perm(Permission.SET_MEASURES, engagement)


def stories_for(engagement: Engagement, by: User) -> QuerySet[Story]:
    """The city's stories that this person reads."""
    return Story.objects.visible_to(by).filter(case=engagement.case_id, removed_at__isnull=True)
