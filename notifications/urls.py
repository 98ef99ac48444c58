from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("notices/", views.NoticeList.as_view(), name="notice-list"),
    path("notices/<uuid:notice_id>/", views.NoticeOpen.as_view(), name="notice-open"),
    path("notices/<uuid:notice_id>/why/", views.NoticeWhy.as_view(), name="notice-why"),
    path("notices/settings/", views.Settings.as_view(), name="settings"),
    path("notices/unsubscribe/<str:token>/", views.Unsubscribe.as_view(), name="unsubscribe"),
    path("notices/read/", views.NoticesRead.as_view(), name="notices-read"),
]
