import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def settings_or_exit() -> None:
    """Settings that cannot be end the process with their sentence alone, where Django would print a trace."""
    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as reason:
        sys.exit(str(reason))
