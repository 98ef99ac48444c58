from typing import Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coaching.enums import Direction, EngagementStatus, MeasureKind
from coaching.models import Engagement, Measure, Observation
from coaching.querysets import EngagementQuerySet
from coaching.services import report_observations
from coaching.services.observations import MOST_LINES
from coaching.services.reports import Outcome
from core.api.idempotency import PARAMETER, done_once
from core.api.pages import KeysetPagination, PageQuery, asked
from core.api.refusals import problems, refusals
from core.api.views import ReadView, WriteView
from people.api import caller
from people.enums import Scope
from workflows.api.serializers import Moment


class CoachedSerializer(serializers.Serializer[Any]):
    """One partner coaching one city; goal, sessions and notes are for people and never told here."""

    id = serializers.UUIDField()
    city = serializers.SlugField(source="case.city.slug")
    case = serializers.UUIDField(source="case_id")
    partner = serializers.SlugField(source="partner.slug")
    areas = serializers.SerializerMethodField(help_text="Codes, in the order of the standard.")
    status = serializers.ChoiceField(EngagementStatus.choices)
    paused = serializers.SerializerMethodField()
    coach = serializers.CharField(source="coach.name", default=None, allow_null=True)
    offered_at = Moment()
    kicked_off_on = serializers.DateField(allow_null=True)
    closed_at = Moment(allow_null=True)

    def get_paused(self, engagement: Engagement) -> bool:
        return engagement.paused_at is not None

    def get_areas(self, engagement: Engagement) -> list[str]:
        return [area.code for area in sorted(engagement.areas.all(), key=lambda area: area.position)]


class GroupSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    targeted = serializers.BooleanField(source="is_targeted")


class FigureSerializer(serializers.Serializer[Any]):
    when = serializers.CharField(source="period.code", help_text="Such as `2018-03-15`, `2018-Q1`, `2018`.")
    value = serializers.CharField(source="figure.code", help_text="`3000`, or `>3000` for more than that.")
    group = serializers.CharField(source="group.name", default=None, allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # -- a field, which the class takes out again


class MeasureSerializer(serializers.Serializer[Any]):
    """What the coaching is judged by; `figures` are those that stand, the earliest first."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(MeasureKind.choices)
    unit = serializers.CharField()
    direction = serializers.ChoiceField(Direction.choices)
    groups = GroupSerializer(many=True)
    figures = FigureSerializer(many=True)


class CoachedWithMeasuresSerializer(CoachedSerializer):
    measures = MeasureSerializer(many=True)


class LineSerializer(serializers.Serializer[Any]):
    """One figure, as in the columns of a list on the page of a measure."""

    measure = serializers.CharField(help_text="The id, or the exact name, of a measure of the engagement.")
    when = serializers.CharField(help_text="A day or period: `2018-03-15`, `2018-03`, `2018-Q1` or `2018`.")
    value = serializers.CharField(help_text="`3000`, `91.5`, or `>3000` for more than that; numbers do, too.")
    source = serializers.CharField(max_length=300, help_text="Who says so.")  # type: ignore[assignment]  # -- as above
    group = serializers.CharField(required=False, help_text="One of the measure's areas or groups.")
    change = serializers.CharField(required=False, help_text="How much it changed, when that was reported…")
    since = serializers.CharField(required=False, help_text="…and since which day or period.")


class ReportSerializer(serializers.Serializer[Any]):
    observations = LineSerializer(many=True, help_text=f"From 1 to {MOST_LINES} figures.")
    replace = serializers.BooleanField(
        default=False, help_text="Whether a figure replaces another one that stands for its day or period."
    )


class ReportedSerializer(serializers.Serializer[Any]):
    """What was sent, each line still as it is: the service judges it by itself."""

    observations = serializers.ListField(child=serializers.DictField(), allow_empty=False)
    replace = serializers.BooleanField(default=False)


class RefusedLineSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="Counted from 1.")
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))  # type: ignore[assignment]  # -- as above


class OutcomeSerializer(serializers.Serializer[Any]):
    """How many lines were kept, and which were not."""

    added = serializers.IntegerField()
    corrected = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text="Figures that stood already, word for word.")
    refused = RefusedLineSerializer(many=True)


class ById(KeysetPagination):
    ordering = "id"


def _told(request: Request) -> EngagementQuerySet:
    return Engagement.objects.measured_for(caller(request)).for_list()


class EngagementList(ReadView):
    pagination_class = ById

    @extend_schema(
        operation_id="list_engagements",
        summary="Engagements: a partner's own, a city's own, for the program all",
        parameters=[PageQuery],
        responses={200: CoachedSerializer(many=True)} | problems(400),
    )
    def get(self, request: Request) -> Response:
        asked(request, PageQuery)
        pages = self.pagination_class()
        page = pages.paginate_queryset(_told(request), request, view=self) or []
        return pages.get_paginated_response(CoachedSerializer(page, many=True).data)


class EngagementDetail(ReadView):
    @extend_schema(
        operation_id="get_engagement",
        summary="One engagement with its measures and their figures",
        responses={200: CoachedWithMeasuresSerializer} | problems(404),
    )
    def get(self, request: Request, engagement_id: Any) -> Response:
        standing = Observation.objects.standing().select_related("group")
        figures = Prefetch("observations", queryset=standing, to_attr="figures")
        measures = Measure.objects.prefetch_related("groups", figures)
        rows = _told(request).prefetch_related(Prefetch("measures", queryset=measures))
        return Response(CoachedWithMeasuresSerializer(get_object_or_404(rows, pk=engagement_id)).data)


FIGURE = {"measure": "Stable housing", "when": "2018-Q1", "value": ">3000", "source": "Monthly report"}


class ObservationReport(WriteView):
    scope = Scope.WRITE

    @extend_schema(
        operation_id="report_observations",
        summary="Enter figures of the engagement's measures",
        description=(
            "Good lines are kept and the others named in `refused`, by line and field. When not one line is "
            "good, the answer is 400 and nothing is kept; `errors` then name `observations.LINE.FIELD`. "
            "A figure that stands already for its measure, group and day or period is `unchanged` when it "
            "says the same, and refused when it does not, unless `replace` is true."
        ),
        parameters=[PARAMETER],
        request=ReportSerializer,
        examples=[OpenApiExample("One figure", value={"observations": [FIGURE]}, request_only=True)],
        responses={200: OutcomeSerializer} | refusals(400, 404, 409, 413, 415, 422),
    )
    def post(self, request: Request, engagement_id: Any) -> Response:
        get_object_or_404(_told(request), pk=engagement_id)
        return done_once(request, lambda: self.report(request, engagement_id))

    def report(self, request: Request, engagement_id: Any) -> Response:
        form = ReportedSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        outcome = report_observations(
            engagement_id=engagement_id,
            lines=[_words(line) for line in form.validated_data["observations"]],
            replace=form.validated_data["replace"],
            by=caller(request),
            now=timezone.now(),
        )
        return Response(_as_data(outcome))


def _words(line: dict[str, Any]) -> dict[str, str]:
    return {str(name): "" if value is None else str(value) for name, value in line.items()}


def _as_data(outcome: Outcome) -> dict[str, Any]:
    refused = [
        {"line": line, "errors": {name: [str(text) for text in texts] for name, texts in errors.items()}}
        for line, errors in outcome.refused.items()
    ]
    return {
        "added": outcome.added,
        "corrected": outcome.corrected,
        "unchanged": outcome.unchanged,
        "refused": refused,
    }
