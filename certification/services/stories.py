"""Stories: a city's examples of data at work, told, told anew and removed. Each is a piece of evidence."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.deadlines import calendar_of
from cases.models import Case
from cases.services import require_not_ended
from certification.enums import EvidenceKind
from certification.models import Evidence, Story
from certification.services.answers import lock_answer
from certification.services.evidence import (
    find_piece,
    open_answers,
    require_believable,
    require_newest,
    require_web_address,
    take_off,
    take_over,
)
from core import audit
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from people.models import User
from people.permissions import Permission

LONGEST = 20000


@transaction.atomic
def tell_story(
    *,
    case: Case,
    title: str,
    text: str,
    link: str,
    speaks_for_on: date | None,
    answers: Iterable[uuid.UUID],
    by: User,
    now: datetime,
) -> Story:
    """A new story, as evidence of the given answers, if any. Raises InvalidInput naming the field."""
    _require(by, case)
    locked = [lock_answer(key, by=by) for key in sorted(answers)]
    if any(response.assessment.case_id != case.pk for response in locked):
        raise NotFound(_("There is no such answer for you."))
    evidence = _keep(case, title, text, link, speaks_for_on, by=by, now=now)
    evidence.responses.set(locked)
    new = {"criteria": sorted(response.criterion.code for response in locked)}
    return _told("certification.story_told", evidence, by=by, now=now, new=new)


@transaction.atomic
def change_story(
    *,
    story_id: uuid.UUID,
    title: str,
    text: str,
    link: str,
    speaks_for_on: date | None,
    by: User,
    now: datetime,
) -> Story:
    """Tell it anew, for every open answer that the person may write; what was handed in keeps the earlier."""
    old = _find(story_id, by=by)
    place = {"chain": old.chain, "version": old.version + 1}
    evidence = _keep(old.case, title, text, link, speaks_for_on, by=by, now=now, **place)
    writable, _others = open_answers(old, by=by)
    take_over(old, evidence, writable)
    return _told("certification.story_changed", evidence, by=by, now=now, new={"version": evidence.version})


@transaction.atomic
def remove_story(*, story_id: uuid.UUID, by: User, now: datetime) -> Story:
    """Take it off the list and off every open answer; what was handed in with it keeps it."""
    evidence = _find(story_id, by=by)
    writable, others = open_answers(evidence, by=by)
    if others:
        raise WrongState(_("It serves criteria that somebody else answers. Ask a lead to remove it."))
    for response in writable:
        take_off(evidence, response)
    story = evidence.story
    if story is None:
        raise NotFound(_("There is no such story for you."))
    story.removed_at, story.removed_by = now, by
    story.save(update_fields=["removed_at", "removed_by"])
    return _told("certification.story_removed", evidence, by=by, now=now, new={})


def _require(by: User, thing: Case | Story) -> None:
    if not by.has_perm(Permission.WRITE_STORIES, thing):
        raise NotAllowed(
            _("Stories are written by the city's leads and contributors, each changes their own.")
        )
    require_not_ended(thing if isinstance(thing, Case) else thing.case)


def _find(story_id: uuid.UUID, *, by: User) -> Evidence:
    """The evidence that a story is, locked; the newest version, not removed, and theirs to change."""
    story = (
        Story.objects.visible_to(by)
        .select_related("proof", "case__city__organization")
        .filter(pk=story_id)
        .first()
    )
    if story is None:
        raise NotFound(_("There is no such story for you."))
    _require(by, story)
    evidence = find_piece(story.proof.pk, by=by)
    require_newest(evidence)
    if story.removed_at is not None:
        raise WrongState(_("This story was removed."))
    return evidence


def _keep(
    case: Case,
    title: str,
    text: str,
    link: str,
    speaks_for_on: date | None,
    *,
    by: User,
    now: datetime,
    **place: Any,
) -> Evidence:
    _require_sound(title, text, link)
    require_believable(speaks_for_on, today=calendar_of(case.city.organization).local_day(now))
    words = {"title": title.strip()[:200], "text": text.strip(), "link": link}
    story = Story.objects.create(case=case, told_at=now, told_by=by, **words)
    return Evidence.objects.create(
        case=case,
        kind=EvidenceKind.STORY,
        title=story.title,
        story=story,
        speaks_for_on=speaks_for_on,
        added_at=now,
        added_by=by,
        **place,
    )


def _require_sound(title: str, text: str, link: str) -> None:
    if not title.strip():
        raise InvalidInput(errors={"title": [_("Give it a title.")]})
    if not text.strip():
        raise InvalidInput(errors={"text": [_("Tell what happened.")]})
    if len(text) > LONGEST:
        raise InvalidInput(errors={"text": [_("Up to %(limit)s characters.") % {"limit": LONGEST}]})
    if link:
        require_web_address(link)


def _told(action: str, evidence: Evidence, *, by: User, now: datetime, new: dict[str, Any]) -> Story:
    story = evidence.story
    if story is None:
        raise NotFound(_("There is no such story for you."))
    new = {"title": story.title} | new
    audit.record(action, by=by, target=story, now=now, dossier=evidence.case_id, new=new)
    return story
