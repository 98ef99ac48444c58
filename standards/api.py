from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import KeysetPagination, PageQuery, asked
from core.api.refusals import problems
from core.api.views import ReadView
from standards.fileformat import as_data
from standards.models import Standard
from standards.selectors import spec_of


class EligibilitySerializer(serializers.Serializer[Any]):
    countries = serializers.ListField(child=serializers.CharField())
    min_population = serializers.IntegerField()


class GateSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    statement = serializers.CharField()


class DecisionSerializer(serializers.Serializer[Any]):
    quorum = serializers.IntegerField()
    majority = serializers.CharField(help_text="The share of the votes cast to be exceeded, such as `1/2`.")
    gates = GateSerializer(many=True)


class CheckSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    within_months = serializers.IntegerField(required=False)


class ChecksSerializer(serializers.Serializer[Any]):
    need = serializers.IntegerField(help_text="How many of the list must hold.")
    of = CheckSerializer(many=True)


class CriterionSerializer(serializers.Serializer[Any]):
    """What equals its default is left out."""

    code = serializers.CharField()
    statement = serializers.CharField()
    guidance = serializers.CharField(required=False)
    weight = serializers.IntegerField(required=False, help_text="1 when left out.")
    requires = serializers.ListField(child=serializers.CharField(), required=False)
    evidence = serializers.ListField(child=serializers.CharField(), required=False)
    checks = ChecksSerializer(required=False)


class AreaSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    criteria = CriterionSerializer(many=True)


class LevelSerializer(serializers.Serializer[Any]):
    slug = serializers.SlugField()
    name = serializers.CharField()
    minimum = serializers.CharField(help_text="Such as `51%` of the weight, or `150 points`.")
    mandatory = serializers.ListField(child=serializers.CharField(), required=False)
    area_minimums = serializers.DictField(child=serializers.IntegerField(), required=False)


class StandardSerializer(serializers.Serializer[Any]):
    """A published standard, in the format in which it was loaded."""

    slug = serializers.SlugField()
    title = serializers.CharField()
    effective_on = serializers.DateField()
    validity_years = serializers.IntegerField()
    eligibility = EligibilitySerializer()
    decision = DecisionSerializer()
    areas = AreaSerializer(many=True)
    levels = LevelSerializer(many=True)


class BySlug(KeysetPagination):
    ordering = "slug"


class StandardList(ReadView):
    pagination_class = BySlug

    @extend_schema(
        operation_id="list_standards",
        summary="The published standards",
        parameters=[PageQuery],
        responses={200: StandardSerializer(many=True)} | problems(400),
    )
    def get(self, request: Request) -> Response:
        asked(request, PageQuery)
        pages = self.pagination_class()
        standards = Standard.objects.visible_to(request.user).for_detail()
        page = pages.paginate_queryset(standards, request, view=self) or []
        return pages.get_paginated_response([as_data(spec_of(standard)) for standard in page])


class StandardDetail(ReadView):
    @extend_schema(
        operation_id="get_standard",
        summary="One standard",
        responses={200: StandardSerializer} | problems(404),
    )
    def get(self, request: Request, slug: str) -> Response:
        found = Standard.objects.visible_to(request.user).for_detail()
        return Response(as_data(spec_of(get_object_or_404(found, slug=slug))))
