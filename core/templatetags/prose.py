"""Long texts that people wrote, for reading."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.markdown import rendered
from core.pagekit_dates import minutes_in_words

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """The text with its Markdown rendered, safe for every reader."""
    return format_html('<div class="mp-written">{}</div>', rendered(text))


@register.filter
def minutes(count: int) -> str:
    """A rough length of time in words."""
    return minutes_in_words(count)
