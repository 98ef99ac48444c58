from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from public.selectors import count_cities_on_record

MINUTES = 60


@login_not_required
@require_safe
@cache_control(public=True, max_age=5 * MINUTES)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "public/home.html", {"cities_on_record": count_cities_on_record()})
