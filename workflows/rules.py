from typing import Any

import rules

from cases.rules import is_program
from people.models import User
from people.permissions import Permission
from people.predicates import register
from workflows.models import Claim


@rules.predicate
def is_not_the_claimant(user: User | None, claim: Any) -> bool:
    return user is not None and isinstance(claim, Claim) and claim.person_id != user.pk


register(Permission.CONFIRM_CLAIM, is_program, is_not_the_claimant)
