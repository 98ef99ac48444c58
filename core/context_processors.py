from django.conf import settings
from django.http import HttpRequest


def frame(_request: HttpRequest) -> dict[str, object]:
    """What every page's frame needs, without reading the session: public pages stay cacheable."""
    return {"demo": settings.DEMO}
