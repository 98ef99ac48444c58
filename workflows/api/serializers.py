from datetime import UTC
from typing import Any

from rest_framework import serializers

from cases.enums import CaseKind, Party, Stage
from cases.steps import STEP_CHOICES
from coaching.enums import EngagementStatus
from core.api.pages import PageQuery
from people.enums import OrganizationKind
from people.models import Organization
from workflows.status import NOBODY

WAITING_ON = [*Party.choices, (NOBODY, "Nobody")]


class Moment(serializers.DateTimeField):
    """A moment in UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class CitySerializer(serializers.Serializer[Any]):
    slug = serializers.SlugField()
    name = serializers.CharField()
    state = serializers.CharField(help_text="Empty outside of federal countries.")
    country = serializers.CharField(help_text="ISO 3166-1, two letters.")
    population = serializers.IntegerField(allow_null=True)


class CaseSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(CaseKind.choices)
    cohort_year = serializers.IntegerField()
    standard = serializers.SlugField()
    opened_on = serializers.DateField()


class DeadlineSerializer(serializers.Serializer[Any]):
    step = serializers.ChoiceField(STEP_CHOICES)
    title = serializers.CharField()
    party = serializers.ChoiceField(Party.choices)
    due_at = Moment()
    overdue = serializers.BooleanField()


class EngagementSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    partner = serializers.SlugField()
    areas = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(EngagementStatus.choices)
    paused = serializers.BooleanField()


class AreaResultSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    met = serializers.IntegerField()
    of = serializers.IntegerField()


class ResultSerializer(serializers.Serializer[Any]):
    """The newest validated result, in criteria."""

    round = serializers.IntegerField()
    validated = serializers.BooleanField()
    met = serializers.IntegerField()
    of = serializers.IntegerField()
    by_area = AreaResultSerializer(many=True)


class CityStatusSerializer(serializers.Serializer[Any]):
    """Where a city stands, as far as the reader may know."""

    city = CitySerializer()
    case = CaseSerializer(allow_null=True)
    stage = serializers.ChoiceField(Stage.choices, allow_null=True)
    stage_entered_at = Moment(allow_null=True)
    on_hold = serializers.BooleanField()
    waiting_on = serializers.ChoiceField(WAITING_ON)
    waiting_on_all = serializers.ListField(child=serializers.ChoiceField(Party.choices))
    next_deadline = DeadlineSerializer(allow_null=True)
    level = serializers.CharField(allow_null=True, help_text="The announced level.")
    certificate = serializers.CharField(allow_null=True, help_text="The number of the announced one.")
    engagements = EngagementSerializer(many=True)
    result = ResultSerializer(allow_null=True)
    updated_at = Moment(allow_null=True)


class HappeningSerializer(serializers.Serializer[Any]):
    at = Moment()
    type = serializers.CharField(help_text="Such as `cases.stage_entered`.")
    title = serializers.CharField()
    stage = serializers.ChoiceField(Stage.choices, allow_null=True)
    from_stage = serializers.ChoiceField(Stage.choices, allow_null=True)
    partner = serializers.SlugField(allow_null=True)


class TimelineSerializer(serializers.Serializer[Any]):
    """The whole history stands on one page; the frame is that of every list."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = HappeningSerializer(many=True)


class CityQuery(PageQuery):
    """The filters of the list of cities."""

    stage = serializers.ChoiceField(Stage.choices, required=False)
    level = serializers.SlugField(required=False)
    state = serializers.CharField(required=False, max_length=10)
    partner = serializers.SlugRelatedField(
        slug_field="slug",
        queryset=Organization.objects.filter(kind=OrganizationKind.PARTNER),
        required=False,
        help_text="The slug of a partner that coaches, coached or is asked to coach in the case.",
    )
    waiting_on = serializers.ChoiceField(WAITING_ON, required=False)
    overdue = serializers.BooleanField(required=False)
    on_hold = serializers.BooleanField(required=False)
    updated_since = Moment(required=False, help_text="Changed at this moment or later.")
    q = serializers.CharField(required=False, max_length=80, help_text="Part of the name or the slug.")
