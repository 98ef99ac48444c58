"""Links that work from a mail without signing in: for one person and one topic, and nothing else."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from notifications.models import Notice
from notifications.topics import Topic, UnknownTopic, topic_named
from people.models import User

SALT = "notifications.unsubscribe"


def unsubscribe_link(notice: Notice) -> str:
    """Empty where there is nothing to switch off."""
    if notice.person_id is None or not topic_named(notice.topic).may_change:
        return ""
    token = signing.dumps([notice.person_id, notice.topic], salt=SALT)
    return settings.BASE_URL + reverse("notifications:unsubscribe", args=[token])


def behind(token: str) -> tuple[User, Topic] | None:
    """Whose wish about which topic the link speaks for; None for every token that we did not sign."""
    try:
        person_id, code = signing.loads(token, salt=SALT)
        return User.objects.get(pk=person_id, is_active=True), topic_named(code)
    except (signing.BadSignature, ValueError, UnknownTopic, User.DoesNotExist):
        return None
