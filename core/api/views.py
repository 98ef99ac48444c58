from typing import Any

from csp.decorators import csp_update
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control, patch_vary_headers, set_response_etag
from django.utils.decorators import method_decorator
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.refusals import Refused
from core.errors import NotFound, RequestTooLarge

MOST_BYTES = 2 * 2**20
KEPT_HEADERS = ("ETag", "Vary", "Cache-Control")


class ReadView(APIView):
    """An address that is read: answers with an ETag, and 304 to whoever has the same answer already."""

    http_method_names = ["get", "head"]

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(final, ["Authorization", "Cookie"])
        if final.status_code == 200:
            patch_cache_control(final, private=True, no_cache=True)
            final.add_post_render_callback(lambda rendered: _not_modified(request, rendered))
        return final


class WriteView(APIView):
    """An address that is written to; its answers are kept nowhere on the way."""

    http_method_names = ["post"]

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            text = _("Up to %(most)s MB at a time. Nothing of it was kept.") % {"most": MOST_BYTES // 2**20}
            raise Refused(413, RequestTooLarge.title, text)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(final, no_store=True)
        return final


def _not_modified(request: Any, response: HttpResponse) -> HttpResponse | None:
    set_response_etag(response)
    known = parse_etags(request.headers.get("If-None-Match", ""))
    etag = response.headers["ETag"]
    if "*" not in known and etag not in {one.removeprefix("W/") for one in known}:
        return None
    answer = HttpResponseNotModified()
    for name in KEPT_HEADERS:
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer


class Nowhere(ReadView):
    """Any other address below the API."""

    schema = None

    def get(self, request: Request, **_kwargs: Any) -> Response:
        raise NotFound(_("There is no such address."))


@method_decorator(csp_update({"img-src": ["data:"]}), name="dispatch")
class ApiDocs(SpectacularSwaggerSplitView):
    """The OpenAPI document for reading. Its style sheet carries its signs as data addresses."""

    template_name = "core/api_docs.html"
    url_name = "api-schema"
