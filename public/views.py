"""Pages for strangers: no session, no cookie, the same for everyone, and cacheable."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from public import selectors
from public.forms import DirectoryFilter
from standards.selectors import newest_figures

MINUTES = 60
PAGE_SIZE = 50
SHOWN_FIGURES = 3
SVG = "image/svg+xml"

View = Callable[..., HttpResponse]


def for_strangers(view: View) -> View:
    """Read only, without sign-in; caches keep the answer five minutes and then ask by its ETag."""
    cached = conditional_page(cache_control(public=True, max_age=5 * MINUTES)(view))
    return login_not_required(require_safe(cached))


@for_strangers
def home(request: HttpRequest) -> HttpResponse:
    today = selectors.program_today()
    context = {
        "certified": selectors.certified(today=today).count(),
        "latest": selectors.latest_announcements(today=today),
        "figures": newest_figures()[:SHOWN_FIGURES],
    }
    return render(request, "public/home.html", context)


@for_strangers
def directory(request: HttpRequest) -> HttpResponse:
    today, names = selectors.program_today(), selectors.level_names()
    form = DirectoryFilter(request.GET, places=selectors.places(today=today), levels=names)
    cities = form.narrow(selectors.certified(today=today), sort=request.GET.get("sort", ""))
    page = Paginator(cities, PAGE_SIZE).get_page(request.GET.get("page"))
    listed = [selectors.listed(city, names) for city in page]
    return render(request, "public/city_list.html", {"form": form, "page": page, "cities": listed})


@for_strangers
def city(request: HttpRequest, slug: str) -> HttpResponse:
    today = selectors.program_today()
    found = selectors.certified_city(slug, today=today)
    if found is None:
        return _no_such_city(request)
    names = selectors.level_names()
    listed = selectors.listed(found, names)
    context = {
        "city": listed,
        "history": selectors.history_of(found, names, today=today),
        "levels": selectors.levels_behind(listed, today=today),
        "today": today,
        "base_url": settings.BASE_URL,
    }
    return render(request, "public/city_detail.html", context)


@for_strangers
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    found = selectors.certified_city(slug, today=selectors.program_today())
    if found is None:
        return _no_such_city(request)
    context: dict[str, Any] = {"city": selectors.listed(found, selectors.level_names())}
    return render(request, "public/badge.svg", context, content_type=SVG)


def _no_such_city(request: HttpRequest) -> HttpResponse:
    """The same for an applicant, a city that never applied, and none at all."""
    return render(request, "public/no_city.html", status=404)


@for_strangers
def verify(request: HttpRequest, number: str) -> HttpResponse:
    today = selectors.program_today()
    certificate = selectors.certificate_numbered(number, today=today)
    if certificate is None:
        return render(request, "public/no_certificate.html", status=404)
    slug = certificate.case.city.slug
    context = {
        "certificate": certificate,
        "city": certificate.case.city,
        "successor": selectors.successor_of(certificate, today=today),
        "runs": certificate.expires_on > today,
        "has_page": selectors.certified_city(slug, today=today) is not None,
    }
    return render(request, "public/verify.html", context)
