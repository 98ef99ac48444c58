from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import DetailView, ListView

from standards.models import Standard
from standards.querysets import StandardQuerySet


class StandardList(LoginRequiredMixin, ListView[Standard]):
    template_name = "standards/standard_list.html"
    context_object_name = "standards"

    def get_queryset(self) -> StandardQuerySet:
        return Standard.objects.visible_to(self.request.user).for_list()


class StandardDetail(LoginRequiredMixin, DetailView[Standard]):
    template_name = "standards/standard_detail.html"
    context_object_name = "standard"

    def get_queryset(self) -> StandardQuerySet:
        return Standard.objects.visible_to(self.request.user).for_detail()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        areas = self.object.areas.all()
        count = sum(len(area.criteria.all()) for area in areas)
        return super().get_context_data(areas=areas, criterion_count=count, **kwargs)
