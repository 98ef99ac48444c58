"""The comments on one criterion, as the page of an assessment or a review shows them."""

from collections.abc import Mapping
from dataclasses import dataclass

from cases.models import Case
from certification.enums import Audience
from certification.models import Response
from certification.remarks import Remark, remarks_on
from certification.rules import WRITING
from people.models import User
from workflows.forms.comments import CommentForm


@dataclass(frozen=True)
class Thread:
    audience: Audience
    remarks: list[Remark]
    form: CommentForm | None


def threads_on(
    response: Response, *, reader: User, tried: Mapping[str, CommentForm] | None = None
) -> list[Thread]:
    """Both threads as far as the reader has a part in them; `response` was read with its remarks."""
    remarks = remarks_on(response)
    case = response.assessment.case
    found = []
    for audience in Audience:
        form = (tried or {}).get(audience) or _form(audience, response, case, reader=reader)
        inside = [one for one in remarks if one.audience is audience]
        if inside or form:
            found.append(Thread(audience, inside, form))
    return found


def _form(audience: Audience, response: Response, case: Case, *, reader: User) -> CommentForm | None:
    may_write = case.closed_at is None and reader.has_perm(WRITING[audience], response)
    return CommentForm(audience=audience) if may_write else None
