from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from notifications.models import Notice
from people.models import User


def bell(request: HttpRequest) -> dict[str, Any]:
    """How many notices are unread; counted only where a template asks, for public pages stay cacheable."""
    return {"bell": SimpleLazyObject(lambda: _bell(request))}


def _bell(request: HttpRequest) -> dict[str, Any]:
    if not isinstance(request.user, User):
        return {}
    unread = Notice.objects.visible_to(request.user).unread().count()
    return {"unread": unread, "url": reverse("notifications:notice-list")}
