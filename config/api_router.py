from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from core.api.views import ApiDocs, Nowhere
from standards.api import StandardDetail, StandardList
from workflows.api.cities import CityDetail, CityList, CityTimeline
from workflows.api.engagements import EngagementDetail, EngagementList, ObservationReport

v1 = [
    path("cities/", CityList.as_view(), name="city-list"),
    path("cities/<slug:slug>/", CityDetail.as_view(), name="city-detail"),
    path("cities/<slug:slug>/timeline/", CityTimeline.as_view(), name="city-timeline"),
    path("engagements/", EngagementList.as_view(), name="engagement-list"),
    path("engagements/<uuid:engagement_id>/", EngagementDetail.as_view(), name="engagement-detail"),
    path(
        "engagements/<uuid:engagement_id>/observations/",
        ObservationReport.as_view(),
        name="engagement-observations",
    ),
    path("standards/", StandardList.as_view(), name="standard-list"),
    path("standards/<slug:slug>/", StandardDetail.as_view(), name="standard-detail"),
]

urlpatterns = [
    path("api/v1/", include((v1, "api-v1"))),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", ApiDocs.as_view(url_name="api-schema"), name="api-docs"),
    re_path(r"^api/", Nowhere.as_view(), name="api-nowhere"),
]
