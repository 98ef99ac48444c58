from django.template import Context, Template
from django.test import RequestFactory


def render(source: str, address: str = "/", **context: object) -> str:
    """What a template with the page kit loaded says, with runs of white space as one space."""
    request = RequestFactory().get(address)
    template = Template("{% load i18n pagekit %}" + source)
    return " ".join(template.render(Context({"request": request, **context})).split())
