from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from core.errors import DomainError, NotFound, RequestTooLarge, problem
from core.files import MAX_REQUEST_BYTES


class RequestLimit:
    """Answers a request that is far too large before anything of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) <= MAX_REQUEST_BYTES:
            return self.get_response(request)
        error = RequestTooLarge()
        if wants_json(request):
            return _as_problem(error)
        # Nobody's page: to know who asks, a session would be read for what is not even looked at.
        return render(None, "errors/too_large.html", {"error": error}, status=error.status)


class DomainErrorMiddleware:
    """Turns what the domain refuses into a page, or a problem document where JSON is asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        if wants_json(request):
            return _as_problem(error)
        if isinstance(error, NotFound):
            raise Http404(str(error.detail)) from error
        context = {
            "status": error.status,
            "title": error.title,
            "detail": error.detail,
            "errors": getattr(error, "errors", {}),
            "back_url": request.path if request.method == "POST" else "",
        }
        return render(request, "errors/error.html", context, status=error.status)


def _as_problem(error: DomainError) -> JsonResponse:
    return JsonResponse(problem(error), status=error.status, content_type="application/problem+json")


def wants_json(request: HttpRequest) -> bool:
    return (
        request.path.startswith("/api/")
        or request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    )
