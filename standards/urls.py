from django.urls import path

from standards import views

app_name = "standards"

urlpatterns = [
    path("standards/", views.StandardList.as_view(), name="standard-list"),
    path("standards/<slug:slug>/", views.StandardDetail.as_view(), name="standard-detail"),
]
