from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("notices/", views.NoticeList.as_view(), name="notice-list"),
    path("notices/<uuid:notice_id>/", views.NoticeOpen.as_view(), name="notice-open"),
    path("notices/read/", views.NoticesRead.as_view(), name="notices-read"),
]
