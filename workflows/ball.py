"""Who has the ball, in one sentence, as far as the reader may know."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cases.enums import ENDS, Party, Stage, WorkKind
from cases.models import Case, WorkItem
from cases.rules import belongs_to_this_city, is_program
from certification.selectors import is_sealed_from_readers
from core.errors import Text
from people.models import User
from workflows.selectors import open_work_for, told_work

WAITING_ON = {
    Party.CITY: _("Waiting on the city:"),
    Party.PARTNER: _("Waiting on the partner:"),
    Party.PROGRAM: _("Waiting on the program:"),
    Party.ASSESSOR: _("Waiting on the assessor:"),
    Party.COMMITTEE: _("Waiting on the committee:"),
}


@dataclass(frozen=True)
class Ball:
    """`first` is the step due first, `mine` the reader's own if any, `also` everything else that is open."""

    who: Text
    sentence: Text
    first: WorkItem | None
    mine: WorkItem | None
    also: list[WorkItem]


def ball_of(case: Case, *, user: User) -> Ball:
    """The open step that is due first, the reader's own button, and what else is open."""
    if case.stage in ENDS:
        return Ball(_("This case has ended:"), case.get_stage_display(), None, None, [])
    seen = told_work(WorkItem.objects.visible_to(user).open().filter(case=case), user=user)
    items = list(seen.for_list())
    mine = open_work_for(user).filter(case=case).order_by("due_at").first()
    if not items:
        return Ball(*_without_work(case, user), None, mine, [])
    first = next((item for item in items if item.kind == WorkKind.STEP), items[0])
    also = [item for item in items if item != first]
    return Ball(WAITING_ON[Party(first.party)], _sentence(first), first, mine, also)


def _without_work(case: Case, user: User) -> tuple[Text, Text]:
    told = is_program(user, case) or belongs_to_this_city(user, case)
    if not told and case.stage == Stage.DECISION and is_sealed_from_readers(case):
        return WAITING_ON[Party.COMMITTEE], _("The committee decides.")
    return _("Nobody has to act:"), _("The case goes on by itself on the day that is set.")


def _sentence(item: WorkItem) -> Text:
    """Name the organization when it is a partner, for there may be several."""
    if item.party == Party.PARTNER and item.organization:
        return f"{item.organization.name} · {item.title}"
    return item.title
