from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("", include("reports.urls")),
]
# Until the last of the rooms is built, the others can be lived in.
urlpatterns += [
    path("", include(f"{room}.urls"))
    for room in ("core", "people", "standards", "workflows", "public")
    if (settings.BASE_DIR / room / "urls.py").exists()
]
