from django.urls import path

from public import views

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("cities/", views.directory, name="city-list"),
    path("cities/<slug:slug>/", views.city, name="city-detail"),
    path("cities/<slug:slug>/badge.svg", views.badge, name="city-badge"),
    path("verify/<str:number>/", views.verify, name="certificate-verify"),
]
