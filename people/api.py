from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from people.enums import Scope
from people.keys import key_behind, note_use
from people.models import ApiKey, User


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer KEY`. The answer to a wrong, revoked or foreign key is always the same."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        scheme, _space, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        key = key_behind(token.strip().decode("latin-1"))
        if key is None:
            raise AuthenticationFailed(_("The key is unknown or revoked."))
        note_use(key, now=timezone.now())
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="milepost"'


def caller(request: Request) -> User:
    """Who asks; every address of the API asks for sign-in before."""
    return cast("User", request.user)


class HasScope(BasePermission):
    """A key does what its scopes allow: a view may name its `scope`. People do what their roles allow."""

    message = _("The key lacks the scope for this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiKey):
            return True
        return getattr(view, "scope", Scope.READ) in request.auth.scopes


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # -- the library has no types
    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key of a partner or a city."}
