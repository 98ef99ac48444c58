from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("", include("config.api_router")),
    path("", include("core.urls")),
    path("", include("people.urls")),
    path("", include("notifications.urls")),
    path("", include("standards.urls")),
    path("", include("workflows.urls")),
    path("", include("reports.urls")),
    path("", include("public.urls")),
]
