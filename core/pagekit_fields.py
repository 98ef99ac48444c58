"""What a form field needs to be drawn: the kind of control, its hint, its limit and its errors."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseForm, BaseFormSet, BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

DAY_FORMAT = "%Y-%m-%d"
MOMENT_FORMAT = "%Y-%m-%dT%H:%M"

# The first widget class that matches decides; subclasses stand before their parents.
KINDS: tuple[tuple[type[forms.Widget], str, str], ...] = (
    (forms.HiddenInput, "hidden", ""),
    (forms.CheckboxSelectMultiple, "checkboxes", "usa-checkbox__input"),
    (forms.RadioSelect, "radios", "usa-radio__input"),
    (forms.CheckboxInput, "checkbox", "usa-checkbox__input"),
    (forms.Select, "select", "usa-select"),
    (forms.Textarea, "textarea", "usa-textarea"),
    (forms.FileInput, "file", "mp-file"),
    (forms.Widget, "input", "usa-input"),
)
GROUPS = frozenset({"checkboxes", "radios"})

DJANGOS_REQUIRED = forms.Field.default_error_messages["required"]
WHAT_TO_DO = {
    "checkbox": _("Tick this to go on."),
    "radios": _("Choose one."),
    "checkboxes": _("Choose at least one."),
    "select": _("Choose one."),
    "file": _("Choose a file."),
}
FILL_IN = _("Fill this in.")


@dataclass(frozen=True)
class ErrorLink:
    """One line of an error summary; without a target it speaks of the whole form."""

    text: str
    target: str = ""


def kind_of(widget: forms.Widget) -> tuple[str, str]:
    return next((kind, css) for widget_class, kind, css in KINDS if isinstance(widget, widget_class))


def field_context(bound: BoundField, *, label: str, hint: str | None, width: str) -> dict[str, Any]:
    """The context of `pagekit/field.html`; prepares the widget of this form's own copy of the field."""
    widget = bound.field.widget
    kind, css = kind_of(widget)
    # Django points a control to its help text by itself, so that both must agree on there being one.
    bound.help_text = bound.help_text if hint is None else hint
    limit = limit_in_words(bound.field, kind)
    context: dict[str, Any] = {
        "field": bound,
        "kind": kind,
        "group": kind in GROUPS,
        "id": bound.auto_id,
        "label": label or bound.label,
        "hint": bound.help_text,
        "limit": limit,
        "max_length": getattr(bound.field, "max_length", None) if kind == "textarea" else None,
        "errors": errors_in_words(bound),
        "required": bound.field.required,
        # A control that carries `required` is announced as such; the word would be said twice.
        "announced": "required" in bound.build_widget_attrs({}),
    }
    if kind != "hidden":
        use_native_dates(widget)
        dress(widget, css, f"mp-width-{width}" if width else "")
    context["described_by"] = described_by(context)
    if kind not in GROUPS | {"hidden"}:
        context["control"] = bound.as_widget(attrs=control_attrs(bound, context["described_by"]))
    return context


def dress(widget: forms.Widget, *classes: str) -> None:
    own = widget.attrs.get("class", "").split()
    widget.attrs["class"] = " ".join(dict.fromkeys(filter(None, [*own, *classes])))
    # A placeholder is gone when it is needed; label and hint stay.
    widget.attrs.pop("placeholder", None)


def use_native_dates(widget: forms.Widget) -> None:
    if isinstance(widget, forms.DateTimeInput):
        widget.input_type, widget.format = "datetime-local", MOMENT_FORMAT
    elif isinstance(widget, forms.DateInput):
        widget.input_type, widget.format = "date", DAY_FORMAT


def control_attrs(bound: BoundField, described: str) -> dict[str, str | bool]:
    attrs: dict[str, str | bool] = {"aria-describedby": described} if described else {}
    if bound.field.required and "required" not in bound.build_widget_attrs({}):
        attrs["aria-required"] = "true"
    return attrs


def described_by(context: dict[str, Any]) -> str:
    parts = (("hint", "helptext"), ("limit", "limit"), ("errors", "error"))
    return " ".join(f"{context['id']}_{suffix}" for key, suffix in parts if context[key])


def limit_in_words(field: forms.Field, kind: str) -> str:
    """The limit that a person can run into, said before they do."""
    longest = getattr(field, "max_length", None)
    if kind == "textarea" and longest:
        return gettext("Up to %(limit)s characters.") % {"limit": f"{longest:,}"}
    low, high = getattr(field, "min_value", None), getattr(field, "max_value", None)
    if kind == "input" and low is not None and high is not None:
        return gettext("Between %(low)s and %(high)s.") % {"low": f"{low:,}", "high": f"{high:,}"}
    return ""


def errors_in_words(bound: BoundField) -> list[str]:
    """What to do about each error; a missing answer says it in the words of its control."""
    kind, _css = kind_of(bound.field.widget)
    return [text for error in bound.errors.as_data() for text in _messages(error, kind)]


def _messages(error: ValidationError, kind: str) -> list[str]:
    if error.code == "required" and error.message == DJANGOS_REQUIRED:
        return [str(WHAT_TO_DO.get(kind, FILL_IN))]
    return list(error.messages)


def first_control_id(bound: BoundField) -> str:
    """The id that an error link leads to: of a group, its first choice."""
    if kind_of(bound.field.widget)[0] in GROUPS:
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id


def error_links(*forms_: BaseForm | BaseFormSet[Any] | None) -> list[ErrorLink]:
    """Everything that is wrong, in the order of the page."""
    return [link for form in forms_ if form is not None for link in _links_of(form)]


def _links_of(form: BaseForm | BaseFormSet[Any]) -> Iterator[ErrorLink]:
    if isinstance(form, BaseFormSet):
        yield from (ErrorLink(str(text)) for text in form.non_form_errors())
        for member in form.forms:
            yield from _links_of(member)
        return
    yield from (ErrorLink(str(text)) for text in form.non_field_errors())
    for bound in form:
        target = "" if bound.is_hidden else first_control_id(bound)
        label = str(bound.label) if str(bound.label).endswith("?") else f"{bound.label}:"
        yield from (ErrorLink(f"{label} {text}", target) for text in errors_in_words(bound))
