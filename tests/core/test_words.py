import pytest
from django.core.exceptions import ValidationError
from django.forms import CharField, Form

from core.words import plain_line, plain_text
from workflows.forms.application import ApplicationForm, ChangesForm, SignatureForm
from workflows.forms.apply import ClaimForm
from workflows.forms.people import NewPersonForm

TURNED = "Anna \u202egnihton"


@pytest.mark.parametrize(
    "char",
    ["\x07", "\x1b", "\x85", "\u00ad", "\u200b", "\u200e", "\u202a", "\u202e", "\u2066", "\u2069", "\ufeff"],
)
def test_what_can_not_be_seen_is_refused_and_named(char: str) -> None:
    for validator in (plain_line, plain_text):
        with pytest.raises(ValidationError, match=rf"can't be seen \(U\+{ord(char):04X}\)"):
            validator(f"Anna{char}Smith")


@pytest.mark.parametrize("words", ["Zoë Ngũgĩ", "محمد", "می\u200cخواهم", "👩\u200d🔬", "Łódź, Poland", ""])
def test_names_of_the_world_are_fine(words: str) -> None:
    plain_line(words)
    plain_text(words)


def test_only_long_texts_have_lines() -> None:
    plain_text("One\r\n\tTwo")
    for char in "\n\r\t\u2028":
        with pytest.raises(ValidationError):
            plain_line(f"One{char}Two")


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        (ApplicationForm(), {"signer_name", "signer_title", "motivation"}),
        (SignatureForm(), {"name", "title"}),
        (NewPersonForm(address=""), {"name"}),
        (ClaimForm(address="", on_record=False, known=False), {"name", "job", "city_in_words"}),
        (ChangesForm(), {"reason"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_forms_refuse_them_at_the_field(form: Form, fields: set[str]) -> None:
    asked = {name: field for name, field in form.fields.items() if type(field) is CharField}

    refused = {name for name, field in asked.items() if _refuses(field)}

    assert refused == fields


def _refuses(field: CharField) -> bool:
    try:
        field.clean(TURNED)
    except ValidationError:
        return True
    return False
