"""Who is told of open work, and how many working days before and after its due date.

The defaults hold for every step; the program's own rows (`DeadlinePolicy`) take their place step by step.
"""

from dataclasses import dataclass

from cases.enums import Party, RecipientRule
from cases.steps import WORK, Step


@dataclass(frozen=True, order=True)
class Rung:
    """One message: so many working days after the due date (negative: before it), to whom a rule finds.

    `may_wait` lets a reader who likes digests have it in theirs.
    """

    days: int
    rule: RecipientRule
    may_wait: bool = False

    @property
    def step(self) -> str:
        return f"{self.days:+d}"


BEFORE, AFTER = (14, 5, 1), (1, 3, 7)
_owner = RecipientRule.OWNER
# Whom a party's late work is told to next, and after how many working days.
_escalation: dict[Party, dict[int, tuple[RecipientRule, ...]]] = {
    Party.CITY: {3: (RecipientRule.PARTY_LEAD, RecipientRule.MANAGER), 7: (RecipientRule.DIRECTOR,)},
    Party.PARTNER: {3: (RecipientRule.PARTY_LEAD,), 7: (RecipientRule.MANAGER, RecipientRule.DIRECTOR)},
    Party.PROGRAM: {3: (RecipientRule.MANAGER,), 7: (RecipientRule.DIRECTOR,)},
    Party.ASSESSOR: {3: (RecipientRule.MANAGER,), 7: (RecipientRule.DIRECTOR,)},
    Party.COMMITTEE: {3: (RecipientRule.MANAGER,), 7: (RecipientRule.DIRECTOR,)},
}
# Work that blocks nothing, or is a part of somebody's own work, goes no higher than to who waits for it.
_of_their_own: dict[str, dict[int, tuple[RecipientRule, ...]]] = {
    "delegation": {3: (RecipientRule.PARTY_LEAD,)},
    "feedback": {7: (RecipientRule.MANAGER,)},
    "action_item": {3: (RecipientRule.PARTY_LEAD, RecipientRule.PARTNER_LEAD)},
}


def default_ladder(step: Step) -> tuple[Rung, ...]:
    """The owner before, on and after the due date; what comes earlier than the work itself is left out."""
    before = [Rung(-days, _owner, may_wait=days > 1) for days in BEFORE if days < step.working_days]
    after = [Rung(days, _owner) for days in (0, *AFTER)]
    higher = _of_their_own.get(step.code, _escalation[step.party])
    told = [Rung(days, rule, may_wait=True) for days, rules in higher.items() for rule in rules]
    return tuple(sorted([*before, *after, *told]))


DEFAULTS: dict[str, tuple[Rung, ...]] = {code: default_ladder(step) for code, step in WORK.items()}
