from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cases.deadlines import program_calendar
from cases.models import Case
from cities.models import City
from core.api.pages import KeysetPagination, asked
from core.api.refusals import problems
from core.api.views import ReadView
from people.api import caller
from workflows.api.serializers import CityQuery, CityStatusSerializer, TimelineSerializer
from workflows.forms.desk import CONDITIONS
from workflows.happenings import happenings_of
from workflows.models import CityStatus
from workflows.told import status_without_case, told

# What the page filters by too is compared as the page does, and never with what the reader may not know.
FILTERS: dict[str, Callable[[Any], Q]] = {
    "stage": CONDITIONS["stage"],
    "level": lambda level: Q(level=level),
    "state": CONDITIONS["state"],
    "partner": CONDITIONS["partner"],
    "waiting_on": CONDITIONS["waiting_on"],
    "overdue": lambda overdue: Q(seen_overdue=overdue),
    "on_hold": lambda on_hold: Q(on_hold=on_hold),
    "updated_since": lambda moment: Q(updated_at__gte=moment, seen_updated_at__gte=moment),
    "q": CONDITIONS["q"],
}


class ByCity(KeysetPagination):
    ordering = "city_id"


class CityList(ReadView):
    pagination_class = ByCity

    @extend_schema(
        operation_id="list_cities",
        summary="City status of every city with a case",
        parameters=[CityQuery],
        responses={200: CityStatusSerializer(many=True)} | problems(400),
    )
    def get(self, request: Request) -> Response:
        rows = CityStatus.objects.visible_to(caller(request)).filter(case__isnull=False).for_list()
        for name, value in asked(request, CityQuery).items():
            if name in FILTERS:
                rows = rows.filter(FILTERS[name](value))
        pages = self.pagination_class()
        page = pages.paginate_queryset(rows, request, view=self) or []
        return pages.get_paginated_response(
            CityStatusSerializer(told(page, user=caller(request)), many=True).data
        )


class CityDetail(ReadView):
    @extend_schema(
        operation_id="get_city",
        summary="City status of one city",
        responses={200: CityStatusSerializer} | problems(404),
    )
    def get(self, request: Request, slug: str) -> Response:
        row = (
            CityStatus.objects.visible_to(caller(request))
            .for_list()
            .filter(city__organization__slug=slug)
            .first()
        )
        if row is None:
            visible = City.objects.visible_to(caller(request)).select_related("organization")
            city = get_object_or_404(visible, organization__slug=slug)
            row = status_without_case(city, today=program_calendar().local_day(timezone.now()))
        (status,) = told([row], user=caller(request))
        return Response(CityStatusSerializer(status).data)


class CityTimeline(ReadView):
    @extend_schema(
        operation_id="list_city_timeline",
        summary="Stage changes and open events of the city's case, oldest first, on one page",
        responses={200: TimelineSerializer} | problems(404),
    )
    def get(self, request: Request, slug: str) -> Response:
        city = get_object_or_404(City.objects.visible_to(caller(request)), organization__slug=slug)
        case = Case.objects.filter(pk__in=CityStatus.objects.filter(city=city).values("case")).first()
        page = {"next": None, "previous": None, "results": happenings_of(case) if case else []}
        return Response(TimelineSerializer(page).data)
