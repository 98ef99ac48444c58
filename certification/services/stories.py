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
from core.words import sound_text
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
    story = _keep(case, title, text, link, speaks_for_on, by=by, now=now)
    story.proof.responses.set(locked)
    criteria = sorted(response.criterion.code for response in locked)
    return _record("certification.story_told", story, by=by, now=now, criteria=criteria)


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
    earlier, old = _find(story_id, by=by)
    place = {"chain": old.chain, "version": old.version + 1}
    story = _keep(earlier.case, title, text, link, speaks_for_on, by=by, now=now, **place)
    writable, _others = open_answers(old, by=by)
    take_over(old, story.proof, writable)
    return _record("certification.story_changed", story, by=by, now=now, version=story.proof.version)


@transaction.atomic
def remove_story(*, story_id: uuid.UUID, by: User, now: datetime) -> Story:
    """Take it off the list and off every open answer; what was handed in with it keeps it."""
    story, evidence = _find(story_id, by=by)
    writable, others = open_answers(evidence, by=by)
    if others:
        raise WrongState(_("It serves criteria that somebody else answers. Ask a lead to remove it."))
    for response in writable:
        take_off(evidence, response)
    story.removed_at, story.removed_by = now, by
    story.save(update_fields=["removed_at", "removed_by"])
    return _record("certification.story_removed", story, by=by, now=now)


def _require(by: User, thing: Case | Story) -> None:
    if not by.has_perm(Permission.WRITE_STORIES, thing):
        raise NotAllowed(
            _("Stories are written by the city's leads and contributors, each changes their own.")
        )
    require_not_ended(thing if isinstance(thing, Case) else thing.case)


def _find(story_id: uuid.UUID, *, by: User) -> tuple[Story, Evidence]:
    """A story and the evidence that it is, locked: the newest version, not removed, and theirs to change."""
    seen = Story.objects.visible_to(by).select_related("proof", "case__city__organization")
    story = seen.filter(pk=story_id).first()
    if story is None:
        raise NotFound(_("There is no such story for you."))
    _require(by, story)
    evidence = find_piece(story.proof.pk, by=by)
    require_newest(evidence)
    story.refresh_from_db(fields=["removed_at"])
    if story.removed_at is not None:
        raise WrongState(_("This story was removed."))
    return story, evidence


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
) -> Story:
    _require_sound(title, text, link)
    require_believable(speaks_for_on, today=calendar_of(case.city.organization).local_day(now))
    words = {"title": title.strip()[:200], "text": text.strip(), "link": link}
    story = Story.objects.create(case=case, told_at=now, told_by=by, **words)
    Evidence.objects.create(
        case=case,
        kind=EvidenceKind.STORY,
        title=story.title,
        story=story,
        speaks_for_on=speaks_for_on,
        added_at=now,
        added_by=by,
        **place,
    )
    return story


def _require_sound(title: str, text: str, link: str) -> None:
    if not title.strip():
        raise InvalidInput(errors={"title": [_("Give it a title.")]})
    sound_text(text, longest=LONGEST)
    if link:
        require_web_address(link)


def _record(action: str, story: Story, *, by: User, now: datetime, **new: Any) -> Story:
    told = {"title": story.title} | new
    audit.record(action, by=by, target=story, now=now, dossier=story.case_id, new=told)
    return story
