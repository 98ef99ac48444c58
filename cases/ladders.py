"""Who is told of open work, and how many working days before and after its due date.

The defaults hold for every step; the program's own rows (`DeadlinePolicy`) take their place step by step.
"""

from dataclasses import dataclass

from cases.enums import Party, RecipientRule
from cases.steps import CERTIFICATE, EVIDENCE, VALIDITIES, WORK, Step


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


# A path without coaching takes some 145 working days: whoever begins at the first of these can be in time.
_before_the_end = {CERTIFICATE.code: (180, 90, 30), EVIDENCE.code: (30, 10)}
_at_the_end: dict[str, dict[int, tuple[RecipientRule, ...]]] = {
    CERTIFICATE.code: {
        -30: (RecipientRule.MANAGER,),
        0: (_owner,),
        5: (_owner, RecipientRule.MANAGER, RecipientRule.DIRECTOR),
    },
    EVIDENCE.code: {0: (_owner,), 5: (_owner, RecipientRule.MANAGER)},
}


def validity_ladder(code: str) -> tuple[Rung, ...]:
    """Whoever can renew it long before it ends, then others; none of it is too urgent for a digest."""
    before = [Rung(-days, _owner, may_wait=True) for days in _before_the_end[code]]
    told = [Rung(days, rule, may_wait=True) for days, rules in _at_the_end[code].items() for rule in rules]
    return tuple(sorted([*before, *told]))


DEFAULTS: dict[str, tuple[Rung, ...]] = {code: default_ladder(step) for code, step in WORK.items()} | {
    code: validity_ladder(code) for code in VALIDITIES
}
