"""The comments on each criterion of a sheet, read together with its answers."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from certification.enums import Audience
from certification.models import Comment, Response
from people.models import User

FIELDS = {
    "id": "id",
    "audience": "audience",
    "side": "side",
    "number": "number",
    "text": "text",
    "at": "written_at",
    "who": "written_by__name",
    "round": "response__assessment__round",
}


@dataclass(frozen=True)
class Remark:
    """One comment as a page shows it; `round` is the round of the answer that it was written on."""

    id: uuid.UUID
    audience: Audience
    side: str
    number: int
    text: str
    at: datetime
    who: str
    round: int


def with_remarks(responses: QuerySet[Response], *, user: User) -> QuerySet[Response]:
    """The answers, and every comment on their criteria in this case that the person may read."""
    comments = Comment.objects.visible_to(user).filter(
        response__criterion=OuterRef("criterion"), response__assessment__case=OuterRef("assessment__case")
    )
    row = JSONObject(**{name: F(path) for name, path in FIELDS.items()})
    return responses.annotate(
        remark_rows=ArraySubquery(comments.order_by("written_at", "id").values(row=row))
    )


def remarks_on(response: Response) -> list[Remark]:
    """What `with_remarks` has read for this answer."""
    return [_remark(row) for row in getattr(response, "remark_rows", [])]


def _remark(row: dict[str, Any]) -> Remark:
    typed = {
        "id": uuid.UUID(row["id"]),
        "audience": Audience(row["audience"]),
        "at": datetime.fromisoformat(row["at"]),
    }
    return Remark(**row | typed)
