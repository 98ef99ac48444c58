from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: people are invited, or apply for their city."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """As all mails of ours: it comes back to the address for that, and asks for no automatic answer."""
        own = {"From": settings.DEFAULT_FROM_EMAIL, "Auto-Submitted": "auto-generated"}
        mail = super().render_mail(template_prefix, email, context, headers=own | (headers or {}))
        mail.from_email = settings.BOUNCE_EMAIL
        return mail
