from django.urls import path

from standards import views
from standards.exports import KINDS

app_name = "standards"

urlpatterns = [
    path("standards/", views.StandardList.as_view(), name="standard-list"),
    path("standards/<slug:slug>/", views.StandardDetail.as_view(), name="standard-detail"),
    *(
        path(f"standards/<slug:slug>.{kind}", views.StandardFile.as_view(kind=kind), name=f"standard-{kind}")
        for kind in KINDS
    ),
]
