from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from core.errors import DomainError, NotFound, problem


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
            return JsonResponse(problem(error), status=error.status, content_type="application/problem+json")
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


def wants_json(request: HttpRequest) -> bool:
    return (
        request.path.startswith("/api/")
        or request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    )
