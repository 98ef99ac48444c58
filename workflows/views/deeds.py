"""Work that can be ended in more than one way: a form for each, told apart by the field `deed`."""

from typing import Any, ClassVar

from django import forms

from workflows.views.base import WorkPage


class DeedsPage(WorkPage):
    """Subclasses name their deeds, the usual one first; each form stands in the page as `<deed>_form`."""

    deeds: ClassVar[dict[str, type[forms.Form]]]

    @property
    def deed(self) -> str:
        posted = self.request.POST.get("deed", "")
        return posted if posted in self.deeds else next(iter(self.deeds))

    def get_form(self, form_class: type[forms.Form] | None = None) -> forms.Form:
        return self._form_of(self.deed, **self.get_form_kwargs())

    def _form_of(self, deed: str, **given: Any) -> forms.Form:
        """Forms of one page share names but not ids."""
        return self.deeds[deed](auto_id=f"id_{deed}_%s", **self.form_options(deed), **given)

    def form_options(self, deed: str) -> dict[str, Any]:
        """What a form needs to know beyond its input."""
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        for deed in self.deeds:
            context[f"{deed}_form"] = context["form"] if deed == self.deed else self._form_of(deed)
        return context | {"deed": self.deed}
