"""A request that carries an `Idempotency-Key` is done once; sent again, it gets the same answer."""

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import DomainError, InvalidInput
from core.models import KeptAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_FOR = timedelta(days=7)
LONGEST = 200
PARAMETER = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=(
        "Any text of up to 200 characters that names this one request. For seven days the same key with the "
        f"same request gets the first answer again, with `{REPLAYED}: true`; with another one it gets 422. "
        "Refusals are not kept."
    ),
)


class KeyUsedOtherwise(DomainError):
    """The key of an earlier request comes with another one."""

    status = 422
    title = gettext_lazy("This key was used for another request")


def done_once(request: Request, act: Callable[[], Response]) -> Response:
    """The answer of `act`, or the one that the caller got for this key before.

    The row is written first: of two requests at once the second waits for the first one's answer.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return act()
    if not key or len(key) > LONGEST or not key.isprintable():
        raise InvalidInput(errors={HEADER: [_("A key has from 1 to 200 printable characters.")]})
    said, now = _fingerprint(request), timezone.now()
    with transaction.atomic():
        kept_for_them = KeptAnswer.objects.filter(caller_id=request.user.pk)
        kept_for_them.filter(kept_at__lt=now - KEPT_FOR).delete()
        kept, is_new = KeptAnswer.objects.get_or_create(
            caller_id=request.user.pk, key=key, defaults={"request": said, "kept_at": now}
        )
        if not is_new:
            return _again(kept, said)
        answer = act()
        kept.status, kept.body = answer.status_code, answer.data
        kept.save(update_fields=["status", "body"])
        return answer


def _again(kept: KeptAnswer, said: str) -> Response:
    if kept.request != said:
        raise KeyUsedOtherwise(_("Use a new key for each request, and the same one only to repeat it."))
    return Response(kept.body, status=kept.status, headers={REPLAYED: "true"})


def _fingerprint(request: Request) -> str:
    data: Any = request.data
    said = [request.method, request.path, data]
    return sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
