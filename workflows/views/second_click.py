"""The form of a link sent twice: the second time finds the link used, though what was meant is done."""

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from people.models import Invitation, User
from people.services.invitations import digest_of
from workflows.models import ApplyLink

A_MOMENT = timedelta(minutes=2)


def who_claimed(request: HttpRequest, token: str) -> User | None:
    """Who made a claim by this link a moment ago, if they are the sender of this form, too."""
    used = ApplyLink.objects.filter(token_hash=digest_of(token), used_at__gt=timezone.now() - A_MOMENT)
    return _sender(request, used.values_list("used_by", "used_at").first())


def who_joined(request: HttpRequest, token: str) -> User | None:
    """Who accepted this invitation a moment ago, if they are the sender of this form, too."""
    used = Invitation.objects.filter(token_hash=digest_of(token), accepted_at__gt=timezone.now() - A_MOMENT)
    return _sender(request, used.values_list("accepted_by", "accepted_at").first())


def _sender(request: HttpRequest, used: tuple[int | None, datetime | None] | None) -> User | None:
    """Signed in as who used the link; or with the password of the account that its use has made.

    A password is hashed in either case: how long the answer takes tells nothing of the link.
    """
    if isinstance(request.user, User):
        return request.user if used and used[0] == request.user.pk else None
    password = request.POST.get("password", "")
    made = User.objects.filter(pk=used[0], is_active=True).first() if used and used[0] else None
    if made is None or used is None or made.joined_at != used[1]:
        User().set_password(password)
        return None
    return made if made.check_password(password) else None
