"""Saving one answer: as a plain form, and by itself while somebody writes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certification.models import Response
from certification.services import add_evidence, attach_evidence, remove_evidence, save_answer
from core.errors import DomainError, EditConflict, InvalidInput, Text, WrongState
from workflows.forms.assessment import LONGEST, AnswerForm, TypedForm
from workflows.forms.evidence import EvidenceForm
from workflows.services import finish_answered_delegation
from workflows.views.assessment import SheetPage
from workflows.views.base import show_errors

UNSAVED = "unsaved_answer"
TYPED_PROOF = ("title", "link", "speaks_for_on", "existing")


# Not for strangers: `dispatch` turns them away itself, after keeping what they had typed.
@method_decorator(login_not_required, name="dispatch")
class AnswerSave(SheetPage):
    """What is typed is never lost: not by a mistake, not by a colleague, not by a session that ran out."""

    answer: Response

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.signed_out(request, kwargs["response_id"])
        if request.method == "POST" and _is_autosave(request):
            return self.autosave(kwargs["response_id"])
        self.answer = self.find_answer(kwargs["response_id"])
        return super().dispatch(request, *args, **kwargs)

    def signed_out(self, request: HttpRequest, response_id: UUID) -> HttpResponse:
        """Keep what was typed until the person has signed in again."""
        if _is_autosave(request):
            return _said(request, _("You are signed out. Sign in in another tab, then go on here."), 401)
        typed = {
            name: request.POST.getlist(name)
            for name in ("version", "ticked", "narrative", "self_rating", "rating_reason")
        }
        if request.method == "POST" and len(request.POST.get("narrative", "")) <= LONGEST:
            request.session[UNSAVED] = {"response": str(response_id), "typed": typed}
        return redirect_to_login(request.path)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Back from signing in: what was typed before, to be looked at and saved."""
        kept = request.session.get(UNSAVED, {})
        row = self.find_row(self.answer.criterion.code)
        if kept.get("response") != str(self.answer.pk) or not self.may_write(row.response):
            return HttpResponseRedirect(self.address())
        typed = request.POST.copy()
        for name, values in kept["typed"].items():
            typed.setlist(name, values)
        return self.show(row, form=AnswerForm(typed, response=row.response), recovered=True)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return self.save()
        except WrongState as error:
            return self.refused(error)

    def autosave(self, response_id: UUID) -> HttpResponse:
        """Often, and by everyone who writes: it reads no more than it needs."""
        form = TypedForm(self.request.POST)
        if not form.is_valid():
            return _said(self.request, _all(form.errors), 400)
        try:
            saved = self.keep(response_id, form)
        except EditConflict as error:
            who = error.stored.saved_by
            text = _("%(name)s saved this criterion meanwhile. Press Save to compare both texts.")
            return _said(self.request, text % {"name": who}, 409)
        except DomainError as error:
            return _said(self.request, error.detail, error.status)
        unexplained = form.cleaned_data["self_rating"] not in {"", saved.self_rating}
        return render(
            self.request, "workflows/assessment/saved.html", {"response": saved, "unexplained": unexplained}
        )

    def save(self) -> HttpResponse:
        """The answer and the evidence sent with it, each by itself: a mistake in one keeps the other."""
        form = AnswerForm(self.request.POST, response=self.answer)
        if self.request.POST.get("action") == "preview":
            return self.preview(form)
        evidence_form = self.change_evidence()
        try:
            if form.is_valid():
                self.keep(self.answer.pk, form)
        except EditConflict as error:
            return self.conflict(form, error)
        except InvalidInput as error:
            show_errors(form, error)
        wrong = form.errors or (evidence_form is not None and evidence_form.errors)
        if wrong:
            again = {"form": form, "evidence_form": evidence_form or self.evidence_form()}
            return self.show(self.find_row(self.answer.criterion.code), status=400, **again)
        self.request.session.pop(UNSAVED, None)
        clock = date_format(timezone.localtime(), "H:i")
        messages.success(self.request, _("%(code)s: saved %(time)s.") % {"code": self.code, "time": clock})
        if self.request.POST.get("action") == "next":
            self.finish()
        return HttpResponseRedirect(self.next_address())

    def preview(self, form: AnswerForm) -> HttpResponse:
        """The narrative as others will read it; nothing is saved, and what was typed stays in its fields."""
        proof = {name: self.request.POST.get(f"{EvidenceForm.prefix}-{name}", "") for name in TYPED_PROOF}
        row = self.find_row(self.code)
        again = EvidenceForm(existing=self.existing(row), initial=proof)
        narrative = self.request.POST.get("narrative", "")
        return self.show(row, form=form, evidence_form=again, preview=narrative[:LONGEST], previewing=True)

    def finish(self) -> None:
        """Going on from the last open criterion of a delegation says that it is done."""
        done = finish_answered_delegation(response_id=self.answer.pk, by=self.reader, now=timezone.now())
        if done is not None:
            text = _("Everything delegated to you is answered. The lead has been told; you can still write.")
            messages.info(self.request, text)

    def keep(self, response_id: UUID, form: TypedForm) -> Response:
        now = timezone.now()
        return save_answer(response_id=response_id, by=self.reader, now=now, **form.answer())

    def change_evidence(self) -> EvidenceForm | None:
        """Add or remove a piece if asked to; the form comes back when one was added, with what is wrong."""
        posted = self.request.POST
        if piece := posted.get("remove"):
            self.remove(piece)
            return None
        form = self.evidence_form(posted, self.request.FILES)
        if posted.get("action") != "attach" and not _has_something(form):
            return None
        if form.is_valid():
            self.attach(form)
        return form

    def remove(self, piece: str) -> None:
        for evidence in self.answer.evidence.all():
            if str(evidence.pk) == piece:
                remove_evidence(
                    response_id=self.answer.pk,
                    evidence_id=evidence.pk,
                    by=self.reader,
                    now=timezone.now(),
                )

    def evidence_form(self, *typed: Any) -> EvidenceForm:
        return EvidenceForm(*typed, existing=self.existing(self.find_row(self.code)))

    def attach(self, form: EvidenceForm) -> None:
        whose: dict[str, Any] = {"response_id": self.answer.pk, "by": self.reader, "now": timezone.now()}
        try:
            if form.chosen:
                attach_evidence(evidence_id=UUID(form.chosen), **whose)
            else:
                add_evidence(**whose, **form.piece())
        except InvalidInput as error:
            show_errors(form, error)

    def refused(self, error: WrongState) -> HttpResponse:
        """The round was submitted meanwhile: the page as it is now, and what was typed, to take along."""
        typed = self.request.POST.get("narrative", "")
        return self.show(self.find_row(self.code), status=409, refused=error, typed=typed)

    def conflict(self, form: AnswerForm, error: EditConflict) -> HttpResponse:
        """Both texts side by side; the writer chooses what stands."""
        theirs = self.find_row(self.answer.criterion.code).response
        typed = self.request.POST.copy()
        typed["version"] = str(theirs.version)
        mine = AnswerForm(typed, response=theirs)
        context = {"case": self.case, "theirs": theirs, "form": mine, "title": error.title}
        return render(self.request, "workflows/assessment/conflict.html", context, status=409)

    @property
    def code(self) -> str:
        return self.answer.criterion.code

    def address(self, code: str = "") -> str:
        base = reverse("workflows:assessment", args=[self.case.pk])
        return f"{base}?{self.query}criterion={code or self.code}"

    def next_address(self) -> str:
        if self.request.POST.get("action") != "next":
            return self.address()
        row = self.find_row(self.code)
        wanted = self.narrowed.with_row(row, self.sheet)
        following = wanted.next_waiting(row) or wanted.beside(row)[1]
        return self.address(following.code if following else "")


def _is_autosave(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _all(errors: ErrorDict) -> str:
    return " ".join(one["message"] for texts in errors.get_json_data().values() for one in texts)


def _said(request: HttpRequest, text: Text, status: int) -> HttpResponse:
    return render(request, "workflows/assessment/unsaved.html", {"text": text}, status=status)


def _has_something(form: EvidenceForm) -> bool:
    return any(form[name].value() for name in form.fields)
