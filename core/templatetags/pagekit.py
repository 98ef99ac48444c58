"""The page kit: every component that pages share. How to use each: docs/page-kit.md."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BaseFormSet, BoundField
from django.http import QueryDict
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import pagekit_dates
from core.calendars import WorkingCalendar
from core.pagekit_fields import error_links, field_context

register = template.Library()

# A reader without a calendar of their own reads deadlines in the program's.
PROGRAM_COUNTRY = "US"


# Forms


@register.inclusion_tag("pagekit/field.html")
def field(bound: BoundField, label: str = "", hint: str | None = None, width: str = "") -> dict[str, Any]:
    """A form field with label, hint, limit and errors. Width: small, medium or all there is."""
    return field_context(bound, label=label, hint=hint, width=width)


@register.inclusion_tag("pagekit/error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet[Any] | None) -> dict[str, Any]:
    return {"links": error_links(*forms)}


@register.inclusion_tag("pagekit/submit.html")
def submit(label: str, note: str = "", cancel: str = "", name: str = "", value: str = "") -> dict[str, Any]:
    """The one primary button of a page, at the thumb on a phone. The note says the consequence."""
    return {"label": label, "note": note, "cancel": cancel, "name": name, "value": value}


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: str,
    summary: str,
    action: str,
    button: str,
    consequence: str,
    *,
    tone: str = "",
    opened: bool = False,
    upload: bool = False,
) -> SafeString:
    """An action that asks first: folded, says what will follow, then posts. Fields go between the tags."""
    values: dict[str, Any] = {
        "summary": summary,
        "action": action,
        "button": button,
        "consequence": consequence,
    }
    values |= {"tone": tone, "opened": opened, "upload": upload, "content": content}
    values["csrf_token"] = context.get("csrf_token")
    return render_to_string("pagekit/confirm.html", values)


# Lists


def _address(query: QueryDict, **changes: str | int) -> str:
    changed = query.copy()
    for name, value in changes.items():
        changed[name] = str(value)
        if value == "":
            del changed[name]
    return f"?{changed.urlencode()}"


@register.simple_block_tag
def table(content: str, caption: str, *, stack: bool = True, hide_caption: bool = False) -> SafeString:
    """A table with its caption. `stack` turns rows into cards on a phone: give cells a data-label."""
    values = {"content": content, "caption": caption, "stack": stack, "hide_caption": hide_caption}
    return render_to_string("pagekit/table.html", values)


@register.inclusion_tag("pagekit/sort_header.html", takes_context=True)
def sort_header(
    context: Context, key: str, label: str, *, default: str = "", number: bool = False
) -> dict[str, Any]:
    """A column head that sorts by `key`; `default` is the order when the address names none."""
    query = context["request"].GET
    order = query.get("sort", default)
    wanted = f"-{key}" if order == key else key
    direction = {key: "ascending", f"-{key}": "descending"}.get(order, "")
    url = _address(query, sort=wanted, page="")
    return {"label": label, "url": url, "direction": direction, "number": number}


@register.inclusion_tag("pagekit/filter_form.html", takes_context=True)
def filter_form(context: Context, form: BaseForm, button: str = "") -> dict[str, Any]:
    """A form in the address: its fields in a row, one button, and a way back to everything."""
    query = context["request"].GET
    active = any(query.get(bound.html_name) for bound in form)
    return {"form": form, "button": button, "active": active, "sort": query.get("sort", "")}


@register.inclusion_tag("pagekit/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], param: str = "page") -> dict[str, Any]:
    query = context["request"].GET
    before = _address(query, **{param: page.previous_page_number()}) if page.has_previous() else ""
    after = _address(query, **{param: page.next_page_number()}) if page.has_next() else ""
    return {"page": page, "before": before, "after": after}


@register.inclusion_tag("pagekit/empty_state.html")
def empty_state(title: str, text: str = "", url: str = "", action: str = "") -> dict[str, Any]:
    return {"title": title, "text": text, "url": url, "action": action}


# State and time


@register.inclusion_tag("pagekit/step_indicator.html")
def step_indicator(steps: Iterable[Any], label: str = "") -> dict[str, Any]:
    """Steps are mappings or objects with label, state (done, now or todo) and perhaps a note."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("pagekit/timeline.html")
def timeline(entries: Iterable[Any]) -> dict[str, Any]:
    """Entries are mappings or objects with sentence, at, actor_label and perhaps a detail."""
    return {"entries": entries}


@register.simple_tag
def moment(at: datetime | None, zone: str = "") -> str | SafeString:
    """A moment in the reader's zone: Mon, May 11, 2026, 10:12 am EDT."""
    if at is None:
        return ""
    words = pagekit_dates.moment_in_words(at, zone or timezone.get_current_timezone_name())
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), words)


@register.simple_tag
def day(on: date | None) -> str | SafeString:
    """A day: Mon, May 11, 2026. A moment is taken in the reader's zone."""
    if on is None:
        return ""
    if isinstance(on, datetime):
        on = timezone.localtime(on).date()
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), pagekit_dates.day_in_words(on))


def _calendar(place: WorkingCalendar | str) -> WorkingCalendar:
    if isinstance(place, WorkingCalendar):
        return place
    return WorkingCalendar(PROGRAM_COUNTRY, zone=place or timezone.get_current_timezone_name())


@register.inclusion_tag("pagekit/due.html")
def due(due_at: datetime | None, now: datetime, zone: WorkingCalendar | str = "") -> dict[str, Any]:
    """A deadline in words with its date. `zone` is a zone's name or the calendar of who owes it."""
    return {"due": pagekit_dates.due_in_words(due_at, now, _calendar(zone)) if due_at else None}


@register.simple_tag
def age(since: datetime, now: datetime, zone: str = "") -> str:
    """How long something has been open: 12 days."""
    return pagekit_dates.age_in_words(since, now, zone or timezone.get_current_timezone_name())


@register.inclusion_tag("pagekit/tag.html")
def tag(text: str, tone: str = "neutral", stage: str = "") -> dict[str, Any]:
    """A short label. Tones: late, soon, ok, neutral, stage. With a stage, its color too."""
    return {"text": text, "tone": "stage" if stage else tone, "stage": stage}


@register.simple_block_tag
def alert(content: str, tone: str = "info", heading: str = "") -> SafeString:
    """Tones: info, success, warning, error."""
    return render_to_string("pagekit/alert.html", {"content": content, "tone": tone, "heading": heading})


@register.inclusion_tag("pagekit/bar.html")
def bar(
    met: int, of: int, mark: int | None = None, mark_label: str = "", *, wide: bool = False
) -> dict[str, Any]:
    """A share as a bar and in words, 22 of 43; `mark` shows where a level begins."""
    return {
        "met": met,
        "of": of,
        "filled": _percent(met, of),
        "marked": _percent(mark, of) if mark is not None else "",
        "mark": mark,
        "mark_label": mark_label,
        "wide": wide,
    }


def _percent(part: int, whole: int) -> str:
    return f"{min(100 * part / whole, 100):.2f}" if whole else "0"


@register.inclusion_tag("pagekit/figure.html")
def figure(value: object, label: str, url: str = "") -> dict[str, Any]:
    """One number that opens to what stands behind it. Wrap several in <div class="mp-figures">."""
    return {"value": value, "label": label, "url": url}


# Frame


@register.simple_block_tag
def page_header(content: str, title: str, sub: str = "") -> SafeString:
    """The h1 of a page, a line under it, and what stands at the far end between the tags."""
    return render_to_string("pagekit/page_header.html", {"content": content, "title": title, "sub": sub})


@register.inclusion_tag("pagekit/trail.html")
def trail(*parts: str) -> dict[str, Any]:
    """Where a page stands: label, address, label, address, …, and the label of the page itself."""
    return {"parents": list(zip(parts[:-1:2], parts[1::2], strict=True)), "here": parts[-1]}


@register.inclusion_tag("pagekit/tabs.html")
def tabs(entries: Iterable[Mapping[str, Any]], label: str) -> dict[str, Any]:
    """Plain links as tabs: label, url, current and perhaps a count."""
    return {"entries": entries, "label": label}


@register.simple_block_tag
def strip(content: str, label: str, tone: str = "") -> SafeString:
    """The line under the header: case on hold (tone hold), viewing as."""
    return render_to_string("pagekit/strip.html", {"content": content, "label": label, "tone": tone})


@register.simple_block_tag
def ball(content: str, who: str, sentence: str, why: str = "", tone: str = "", label: str = "") -> SafeString:
    """Who has the ball, in one sentence; the button for whoever may act goes between the tags."""
    values = {"content": content, "who": who, "sentence": sentence, "why": why, "tone": tone, "label": label}
    return render_to_string("pagekit/ball.html", values)


@register.inclusion_tag("pagekit/file_link.html")
def file_link(name: str, url: str, size: int | None = None) -> dict[str, Any]:
    return {"name": name, "url": url, "size": size}
