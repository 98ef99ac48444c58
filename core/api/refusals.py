from math import ceil
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiResponse
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.errors import DomainError, InvalidInput, NotFound, RequestTooLarge, Text, WrongState, problem

PROBLEM_TYPE = "application/problem+json"
ALWAYS = (401, 403, 405, 406, 429)


class Refused(DomainError):
    """A refusal of the API itself, such as a missing key or a request too many."""

    def __init__(self, status: int, title: Text, detail: Text) -> None:
        super().__init__(detail)
        self.status, self.title = status, title


TITLES: dict[int, Text] = {
    400: InvalidInput.title,
    401: gettext_lazy("Sign in first"),
    403: gettext_lazy("You are not allowed to do this"),
    404: NotFound.title,
    409: WrongState.title,
    413: RequestTooLarge.title,
    422: gettext_lazy("This key was used for another request"),
    405: gettext_lazy("There is no such action here"),
    406: gettext_lazy("This can't be answered in the form asked for"),
    415: gettext_lazy("The request is in a form that can't be read"),
    429: gettext_lazy("Too many requests"),
}


class ProblemSerializer(serializers.Serializer[Any]):
    """A refusal, as RFC 9457 says it. `errors` names the fields of wrong input."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # -- a field, which the class takes out again
        child=serializers.ListField(child=serializers.CharField()), required=False
    )


def problems(*more: int) -> dict[Any, Any]:
    """The answers besides 200 that a client of a read address can meet, for the OpenAPI document."""
    known = {304: OpenApiResponse(description="Nothing changed since that ETag.")}
    return known | refusals(*more)


def refusals(*more: int) -> dict[Any, Any]:
    """The same for an address that is written to."""
    return {
        (status, PROBLEM_TYPE): OpenApiResponse(ProblemSerializer, description=str(TITLES[status]))
        for status in sorted({*ALWAYS, *more})
    }


def answer_refusal(error: Exception, context: dict[str, Any]) -> Response | None:
    """What Django REST framework asks for every exception of a view; None lets it become a 500."""
    refusal = _refusal(error)
    if refusal is None:
        return None
    set_rollback()
    headers = _headers(error) | {"Cache-Control": "no-store"}
    return Response(problem(refusal), status=refusal.status, content_type=PROBLEM_TYPE, headers=headers)


def _refusal(error: Exception) -> DomainError | None:
    if isinstance(error, DomainError):
        return error
    if isinstance(error, Http404):
        return NotFound(_("There is no such thing for you."))
    if isinstance(error, PermissionDenied):
        return Refused(403, TITLES[403], str(error))
    if isinstance(error, exceptions.ValidationError):
        return InvalidInput(errors=_by_field(error.detail))
    if isinstance(error, exceptions.APIException):
        title = TITLES.get(error.status_code, DomainError.title)
        return Refused(error.status_code, title, str(error.detail))
    return None


def _by_field(detail: Any) -> dict[str, list[str]]:
    fields = detail if isinstance(detail, dict) else {"request": detail}
    return {
        str(name): [str(text) for text in (texts if isinstance(texts, list) else [texts])]
        for name, texts in fields.items()
    }


def _headers(error: Exception) -> dict[str, str]:
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(ceil(wait))
    return headers
