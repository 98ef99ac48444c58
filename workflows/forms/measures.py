"""Input of objectives, measures and their figures."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certification.models import Story
from coaching.enums import Direction, MeasureKind, Undertaking
from coaching.figures import read_figure
from coaching.models import Measure, Objective, Observation
from coaching.periods import read_period
from coaching.services import Sighting, Terms
from coaching.services.observations import LONGEST_SOURCE
from core.words import plain_line, plain_text
from standards.models import Criterion

KINDS = [
    (MeasureKind.OUTCOME, gettext_lazy("Outcome: a change in people's lives or in how the city works")),
    (MeasureKind.OUTPUT, gettext_lazy("Output: what was done, delivered or counted on the way")),
]


class WrittenField(forms.CharField):
    """A value that is read from what somebody writes; what can't be read is told with examples."""

    def __init__(self, *, read: Callable[[str], Any], examples: Any, **options: Any) -> None:
        super().__init__(max_length=60, **options)
        self.read, self.examples = read, examples

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return self.read(text)
        except ValueError as error:
            raise forms.ValidationError(str(self.examples)) from error


def _when(label: Any, *, required: bool = True) -> WrittenField:
    hint = gettext_lazy("A day, month, quarter or year: 2018-03-15, 2018-03, 2018-Q1 or 2018.")
    return WrittenField(
        read=read_period,
        label=label,
        required=required,
        help_text=hint,
        examples=gettext_lazy("Write a day or period as 2018-03-15, 2018-03, 2018-Q1 or 2018."),
    )


def _figure(label: Any, *, required: bool = True) -> WrittenField:
    hint = gettext_lazy("Put > in front where only “more than” is known: >3000.")
    return WrittenField(
        read=read_figure,
        label=label,
        required=required,
        help_text=hint,
        examples=gettext_lazy("Write a number as 3000, 91.5 or >3000."),
    )


def _source(*, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Source"),
        max_length=LONGEST_SOURCE,
        required=required,
        validators=[plain_line],
        help_text=gettext_lazy("Who reports it, or where it can be looked up."),
    )


def _replace() -> forms.BooleanField:
    return forms.BooleanField(
        label=gettext_lazy(
            "Replace a figure that is there for the same day or period; the earlier one stays on record"
        ),
        required=False,
    )


class ObjectiveForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What shall change?"),
        max_length=300,
        validators=[plain_line],
        help_text=gettext_lazy(
            "For whom, and in which way: “Fewer people die of an overdose in the areas hit hardest.”"
        ),
    )
    criteria = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Criteria that it serves"),
        queryset=Criterion.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, criteria: QuerySet[Criterion]) -> None:
        super().__init__(data)
        field: Any = self.fields["criteria"]
        field.queryset = criteria
        field.label_from_instance = lambda one: f"{one.code} {one.statement}"


class MeasureForm(forms.Form):
    objective = forms.ModelChoiceField(
        label=gettext_lazy("Objective"),
        queryset=Objective.objects.none(),
        required=False,
        empty_label=gettext_lazy("the engagement as a whole"),
    )
    name = forms.CharField(label=gettext_lazy("What is measured"), max_length=200, validators=[plain_line])
    kind = forms.ChoiceField(
        label=gettext_lazy("Outcome or output?"), choices=KINDS, widget=forms.RadioSelect
    )
    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        max_length=60,
        validators=[plain_line],
        help_text=gettext_lazy("“households”, “days”; of a share say of what: “% of beds”."),
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("Which way is better?"), choices=Direction, widget=forms.RadioSelect
    )
    baseline_value = forms.DecimalField(
        label=gettext_lazy("Baseline"), required=False, max_digits=19, decimal_places=6
    )
    baseline_on = forms.DateField(
        label=gettext_lazy("Baseline as of"), required=False, widget=forms.DateInput()
    )
    target_value = forms.DecimalField(
        label=gettext_lazy("Target"), required=False, max_digits=19, decimal_places=6
    )
    target_on = forms.DateField(
        label=gettext_lazy("To be reached by"), required=False, widget=forms.DateInput()
    )
    targeted = forms.CharField(
        label=gettext_lazy("Areas or groups that the effort is aimed at"),
        required=False,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One on each line; they are marked as targeted."),
    )
    compared = forms.CharField(
        label=gettext_lazy("Other areas or groups to compare with"),
        required=False,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One on each line."),
    )
    about_kind = forms.ChoiceField(
        label=gettext_lazy("Judges a contract or program of the city?"),
        choices=[("", gettext_lazy("neither")), *Undertaking.choices],
        required=False,
    )
    about = forms.CharField(
        label=gettext_lazy("Its name"), max_length=200, required=False, validators=[plain_line]
    )
    story = forms.ModelChoiceField(
        label=gettext_lazy("Story of the city that it belongs to"),
        queryset=Story.objects.none(),
        required=False,
        empty_label=gettext_lazy("none"),
    )

    def __init__(
        self, data: Any = None, *, objectives: QuerySet[Objective], stories: QuerySet[Story], **options: Any
    ) -> None:
        super().__init__(data, **options)
        choices: dict[str, Any] = {"objective": objectives, "story": stories}
        for name, queryset in choices.items():
            field: Any = self.fields[name]
            field.queryset = queryset

    def clean_targeted(self) -> list[str]:
        return _names(self.cleaned_data["targeted"])

    def clean_compared(self) -> list[str]:
        return _names(self.cleaned_data["compared"])

    @property
    def terms(self) -> Terms:
        values = dict(self.cleaned_data)
        for name in ("objective", "story"):
            values[name] = values[name] and values[name].pk
        return Terms(**values)


def _names(text: str) -> list[str]:
    names = [line.strip() for line in text.splitlines() if line.strip()]
    if any(len(name) > 120 for name in names):
        raise forms.ValidationError(_("Up to 120 characters for each name."))
    return names


class ObservationForm(forms.Form):
    when = _when(gettext_lazy("When"))
    value = _figure(gettext_lazy("Value"))
    group = forms.ChoiceField(label=gettext_lazy("Area or group"), required=False)
    source = _source()
    change = _figure(gettext_lazy("Reported change"), required=False)
    since = _when(gettext_lazy("Change since"), required=False)
    replace = _replace()

    def __init__(self, data: Any = None, *, measure: Measure) -> None:
        super().__init__(data, auto_id="id_one_%s")
        names = [(one.name, _name_of(one)) for one in measure.groups.all()]
        field: Any = self.fields["group"]
        field.choices = [("", _("all together")), *names]
        if not names:
            del self.fields["group"]
        self.fields["value"].label = _("Value, in %(unit)s") % {"unit": measure.unit}

    @property
    def seen(self) -> Sighting:
        values = self.cleaned_data
        return Sighting(
            period=values["when"],
            figure=values["value"],
            source=values["source"],
            group=values.get("group", ""),
            change=values["change"],
            since=values["since"],
        )


def _name_of(group: Any) -> str:
    return _("%(name)s (targeted)") % {"name": group.name} if group.is_targeted else group.name


class WithdrawForm(forms.Form):
    """One of the figures that stand, to be taken back."""

    figure = forms.ChoiceField(label=gettext_lazy("Figure"))

    def __init__(self, data: Any = None, *, figures: Sequence[Observation]) -> None:
        super().__init__(data, auto_id="id_withdraw_%s")
        field: Any = self.fields["figure"]
        field.choices = [(str(one.pk), _figure_in_words(one)) for one in figures]


def _figure_in_words(one: Observation) -> str:
    return f"{one.period}{f', {one.group.name}' if one.group else ''}: {one.figure}"


class ObservationsForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Spreadsheet as CSV"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or paste the lines, the one with the column names first"),
        required=False,
        strip=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("when,value and, where you have them, group, source, change, since."),
    )
    source = _source(required=False)
    replace = _replace()

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(data, files, auto_id="id_many_%s", **options)

    def clean(self) -> dict[str, Any]:
        """`lines`: the file, else the pasted text."""
        values = super().clean() or {}
        upload = values.pop("file", None)
        pasted = values.pop("text", "") or ""
        values["lines"] = upload.read() if upload else pasted.encode()
        if not values["lines"].strip():
            raise forms.ValidationError(_("Choose a file, or paste lines with the column names first."))
        return values
