from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import number_format
from django.views import View
from django.views.generic import DetailView, ListView

from core.countries import country_name
from standards.exports import KINDS, export
from standards.models import Standard
from standards.querysets import StandardQuerySet
from standards.selectors import levels_in_words, spec_of


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
        spec = spec_of(self.object)
        context = {"areas": self.object.areas.all(), "criterion_count": len(spec.criteria)}
        files = [(kind.upper(), reverse(f"standards:standard-{kind}", args=[spec.slug])) for kind in KINDS]
        context |= {"countries": [country_name(code) for code in self.object.countries]}
        context |= {"least_population": number_format(self.object.min_population, force_grouping=True)}
        context |= {"weight": spec.weight, "levels": levels_in_words(spec), "files": files}
        return super().get_context_data(**context, **kwargs)


class StandardFile(LoginRequiredMixin, View):
    """A standard as a file, for everyone who may read its page."""

    kind = "yaml"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = Standard.objects.visible_to(request.user).for_detail()
        file = export(spec_of(get_object_or_404(found, slug=slug)), self.kind)
        headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
        return HttpResponse(file.content, content_type=file.content_type, headers=headers)
