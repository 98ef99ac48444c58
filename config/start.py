import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def settings_or_exit() -> None:
    """Settings that cannot be end the process with their sentence alone; Django would go on or print a trace."""
    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as reason:
        sys.exit(str(reason))
