"""The first page of city status by API for a partner, against a view that answers the same as a constant."""

from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.meter import Line, Meter
from benchmarks.pages import page, signed_in

NAME = "api_cities"
ADDRESS = "/api/v1/cities/"


def measure(*, rounds: int) -> Line:
    """By turns; the first turn only warms up."""
    client = signed_in("lead@govex.example")
    body = client.get(ADDRESS).json()
    pairs = [(page(client, ADDRESS), _constant(body)) for _round in range(rounds + 1)]
    return Line(NAME, pairs[1:])


def _constant(body: object) -> Meter:
    class Constant(APIView):
        authentication_classes = ()
        permission_classes = ()

        def get(self, request: Request) -> Response:
            return Response(body)

    view, request, meter = Constant.as_view(), RequestFactory().get(ADDRESS), Meter(steps=1)
    with meter.running():
        view(request).render()
    return meter
