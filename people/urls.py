from django.urls import path

from people import views

app_name = "people"
urlpatterns = [
    path("partner/keys/", views.KeyList.as_view(), name="key-list"),
    path("sessions/end/", views.SessionEnd.as_view(), name="session-end"),
    path("partner/keys/<uuid:key_id>/revoke/", views.KeyRevoke.as_view(), name="key-revoke"),
]
