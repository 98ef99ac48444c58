from datetime import date

import pytest
from django import forms

from tests.core.rendering import render

NASTY = "<script>alert(1)</script>"


class Sample(forms.Form):
    name = forms.CharField(label="Name", max_length=50, help_text="As on the letter.")
    note = forms.CharField(label="Note", required=False, max_length=1200, widget=forms.Textarea)
    on = forms.DateField(label="On", required=False)
    at = forms.DateTimeField(label="At", required=False)
    count = forms.IntegerField(label="Count", required=False, min_value=0, max_value=1000)
    pick = forms.ChoiceField(label="Pick?", choices=[("a", "A"), ("b", NASTY)], widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(label="Many", choices=[("a", "A")], widget=forms.CheckboxSelectMultiple)
    one = forms.ChoiceField(label="One", choices=[("", "-"), ("a", "A")])
    paper = forms.FileField(label="Paper")
    sure = forms.BooleanField(label="Sure")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def drawn(name: str, form: forms.Form | None = None, options: str = "") -> str:
    return render("{% field bound " + options + " %}", bound=(form or Sample())[name])


def test_field_connects_label_hint_and_control():
    html = drawn("name")

    assert '<label class="mp-field__label" for="id_name">Name' in html
    assert '<div class="mp-field__hint" id="id_name_helptext">As on the letter.</div>' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert 'class="usa-input"' in html


def test_field_says_required_once():
    html = drawn("name")

    assert "required id=" in html
    assert '<span class="mp-field__required" aria-hidden="true">required</span>' in html
    assert "mp-field__required" not in drawn("note")


def test_field_of_a_form_without_browser_checks_is_announced_as_required():
    html = drawn("name", Sample(use_required_attribute=False))

    assert 'aria-required="true"' in html
    assert '<span class="mp-field__required">required</span>' in html


def test_field_shows_its_error_and_points_to_it():
    html = drawn("name", Sample(data={"name": "x" * 51}))

    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert "at most 50 characters" in html
    assert 'value="' + "x" * 51 in html


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("name", "Fill this in."),
        ("pick", "Choose one."),
        ("many", "Choose at least one."),
        ("one", "Choose one."),
        ("paper", "Choose a file."),
        ("sure", "Tick this to go on."),
    ],
)
def test_field_left_empty_says_what_to_do(name, words):
    assert words in drawn(name, Sample(data={}))


def test_field_keeps_a_message_of_its_own():
    class Own(forms.Form):
        name = forms.CharField(error_messages={"required": "Who signed?"})

    assert "Who signed?" in drawn("name", Own(data={}))


def test_field_tells_the_limit_of_a_long_text():
    html = drawn("note")

    assert "Up to 1,200 characters." in html
    assert 'aria-describedby="id_note_limit"' in html
    assert 'data-limit="1200"' in html


def test_field_tells_the_range_of_a_number():
    assert "Between 0 and 1,000." in drawn("count")


def test_field_for_a_day_uses_the_browsers_picker():
    html = drawn("on", Sample(initial={"on": date(2026, 5, 11)}))

    assert 'type="date"' in html
    assert 'value="2026-05-11"' in html
    assert 'type="datetime-local"' in drawn("at")


def test_field_of_choices_is_a_group_with_a_legend():
    html = drawn("pick", Sample(data={"pick": "b"}))

    assert '<legend class="mp-field__label">Pick?' in html
    assert '<label class="usa-radio__label" for="id_pick_0">A</label>' in html
    assert html.count('class="usa-radio__input"') == 2
    assert "checked" in html


def test_field_escapes_what_people_wrote():
    html = drawn("pick") + drawn("name", Sample(data={"name": NASTY}), "label=nasty hint=nasty")

    assert NASTY not in html
    assert "&lt;script&gt;" in html


def test_field_takes_a_label_a_hint_and_a_width():
    html = drawn("name", options="label='Signer' hint='' width='small'")

    assert ">Signer " in html
    assert "helptext" not in html
    assert 'class="usa-input mp-width-small"' in html


def test_hidden_field_has_no_label():
    assert drawn("token") == '<input type="hidden" name="token" id="id_token">'


def test_field_shows_no_placeholder():
    class Login(forms.Form):
        email = forms.EmailField(widget=forms.EmailInput(attrs={"placeholder": "you@city.gov"}))

    assert "placeholder" not in drawn("email", Login())


def test_error_summary_links_to_the_first_control_of_each_field():
    html = render("{% error_summary form %}", form=Sample(data={}))

    assert "6 things need correcting" in html
    assert '<a href="#id_name">Name: Fill this in.</a>' in html
    assert '<a href="#id_pick_0">Pick? Choose one.</a>' in html
    assert '<a href="#id_sure">Sure: Tick this to go on.</a>' in html
    assert 'role="alert"' in html


def test_error_summary_is_absent_when_nothing_is_wrong():
    assert render("{% error_summary form %}", form=Sample()) == ""


def test_error_summary_names_what_is_wrong_with_the_whole_form():
    form = Sample(data={"token": "x"})
    form.add_error(None, NASTY)
    form.add_error("token", "Stale.")

    html = render("{% error_summary form other %}", form=form, other=None)

    assert "<li>&lt;script&gt;alert(1)&lt;/script&gt;</li>" in html
    assert "<li>Token: Stale.</li>" in html


def test_error_summary_reads_every_form_of_a_set():
    formset = forms.formset_factory(Sample, extra=0, min_num=2, validate_min=True)
    bound = formset(data={"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": "x" * 51})

    html = render("{% error_summary formset %}", formset=bound)

    assert "Please submit at least 2 forms." in html
    assert 'href="#id_form-0-name"' in html
