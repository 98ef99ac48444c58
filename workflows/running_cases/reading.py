"""One line of a spreadsheet, field by field: what it would become, or every reason why not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cases.enums import Party
from cases.models import Case
from cases.services import RunningCase
from cases.steps import STEPS, Step
from cities.models import City
from core.errors import Text
from core.imports import Row
from people.enums import Role
from people.models import User
from people.roles import OFFICE_ROLES, PROGRAM_ROLES
from standards.levels import Score, score
from workflows.running_cases.ground import Ground

ENTRIES = ("confirm", "self_assess", "assign_assessors", "plan_coaching", "reassess", "open_packet")
WITH_RESULT = frozenset({"plan_coaching", "reassess", "open_packet"})
WITHOUT_ANSWERS = frozenset({"confirm", "self_assess"})
NONE_MET = "none"
SHOWN = 60
LONGEST = timedelta(days=10 * 365)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class Line:
    """One line of the file: `running` when it is sound, else `problems` by field; `notes` say what else."""

    number: int
    values: dict[str, str]
    running: RunningCase | None = None
    invitee: str = ""
    score: Score | None = None
    problems: list[tuple[str, Text]] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    case: Case | None = None

    @property
    def reason(self) -> str:
        return " ".join(f"{name}: {text}" if name else str(text) for name, text in self.problems)

    @property
    def step(self) -> Step | None:
        return STEPS[self.running.step] if self.running else None

    def refuse(self, name: str, text: Text) -> None:
        self.running = None
        self.problems.append((name, text))


class Reading:
    """One line held against the ground, field by field, so that every problem is named at once."""

    def __init__(self, row: Row, ground: Ground) -> None:
        self.row, self.ground = row, ground
        self.line = Line(row.line, row.values)
        city, step, since, due_on = self.city(), self.step(), self.since(), self.due_on()
        if since and due_on and due_on < since:
            self.refuse("due_on", _("The step would be due before it opened. Correct one of the two days."))
        if city and since:
            self.require_room(city, since)
        owner = self.owner(step, city) if step and city else None
        met = self.met(step) if step else ()
        if not self.line.problems and city and step and since and due_on:
            self.line.running = RunningCase(city, step.code, since, due_on, owner, met)
            self.note_what_is_missing(step, city)

    def refuse(self, name: str, text: Text) -> None:
        self.line.refuse(name, text)

    def shown(self, name: str) -> str:
        value = self.row[name]
        return f"“{value[:SHOWN]}…”" if len(value) > SHOWN else f"“{value}”"

    def city(self) -> City | None:
        city = self.ground.cities.get(self.row["slug"])
        if city is None:
            self.refuse("slug", self._no_city())
        return city

    def _no_city(self) -> str:
        meant = self.ground.cities.get(slugify(self.row["slug"]))
        if not self.row["slug"]:
            return _("Name the city by its slug, such as paterson-nj.")
        if meant is not None:
            values = {"slug": self.shown("slug"), "meant": meant.slug}
            return _("There is no city %(slug)s. Write %(meant)s if you mean that one.") % values
        text = _("There is no city %(slug)s. Look its slug up under Cases, Open a case; or import the city.")
        return text % {"slug": self.shown("slug")}

    def step(self) -> Step | None:
        if self.row["step"] in ENTRIES:
            return STEPS[self.row["step"]]
        values = {"step": self.shown("step"), "known": ", ".join(ENTRIES)}
        self.refuse("step", _("No case can be taken over at %(step)s. Write one of %(known)s.") % values)
        return None

    def since(self) -> date | None:
        day = self.day("since")
        if day and day > self.ground.today:
            self.refuse("since", _("This day is in the future. Write the day on which the step opened."))
            return None
        return day

    def due_on(self) -> date | None:
        return self.day("due_on")

    def day(self, name: str) -> date | None:
        try:
            day = date.fromisoformat(self.row[name]) if DAY.fullmatch(self.row[name]) else None
        except ValueError:
            day = None
        if day is None:
            text = _("%(value)s is no day. Write year, month and day, such as 2026-05-29.")
            self.refuse(name, text % {"value": self.shown(name)})
        elif abs(day - self.ground.today) > LONGEST:
            self.refuse(name, _("This day is more than ten years away. Correct the year."))
            return None
        return day

    def require_room(self, city: City, since: date) -> None:
        """One case at a time, also in the past: what has ended meanwhile is not taken over again."""
        running, closed = self.ground.open_cases.get(city.pk), self.ground.closed_cases.get(city.pk)
        if running is not None:
            text = _("%(city)s has an open case at “%(stage)s” already. Take this line out.")
            self.refuse("slug", text % {"city": city, "stage": running.get_stage_display()})
        elif closed is not None and closed.closed_at is not None and closed.closed_at.date() >= since:
            text = _(
                "The last case of %(city)s ended after this day. Correct the day, or take this line out."
            )
            self.refuse("since", text % {"city": city})

    def owner(self, step: Step, city: City) -> User | None:
        """Whoever owes the step now: a lead of the city, or somebody of the program."""
        email = self.row["owner_email"].lower()
        person = self.ground.people.get(email)
        try:
            validate_email(email)
        except ValidationError:
            self.refuse("owner_email", _("Write the e-mail address of whoever owes the step."))
            return None
        if person is not None and not person.is_active:
            self.refuse("owner_email", _("This account is closed. Name somebody else."))
            return None
        if step.party == Party.CITY:
            return self._lead(person, city, email)
        return self._of_the_program(person)

    def _of_the_program(self, person: User | None) -> User | None:
        if person and {role for one, role, _at in self.ground.held if one == person.pk} & PROGRAM_ROLES:
            return person
        text = _(
            "%(email)s belongs to nobody who manages the program, and the program owes this step. Name a "
            "program manager; invite them first under People."
        )
        self.refuse("owner_email", text % {"email": self.shown("owner_email")})
        return None

    def _lead(self, person: User | None, city: City, email: str) -> User | None:
        if person and (person.pk, Role.CITY_LEAD, city.organization_id) in self.ground.held:
            return person
        values = {"email": email, "city": city}
        if person and {role for one, role, _at in self.ground.held if one == person.pk} & OFFICE_ROLES:
            text = _(
                "%(email)s works for the program or judges cities, and can't lead %(city)s. Name somebody of "
                "the city."
            )
            self.refuse("owner_email", text % values)
            return None
        if self.ground.invite:
            self.line.invitee = email
            text = _("%(email)s is invited as lead of %(city)s; until somebody joins, the work has no owner.")
            self.line.notes.append(text % values)
            return None
        text = _(
            "%(email)s is no lead of %(city)s, who owes this step. Invite them first under People, or let "
            "the import invite them."
        )
        self.refuse("owner_email", text % values)
        return None

    def met(self, step: Step) -> tuple[str, ...]:
        """The codes of round 1, in the order of the standard."""
        words = [word.upper() for word in re.split(r"[;,\s]+", self.row["met"]) if word]
        if step.code in WITHOUT_ANSWERS:
            if words:
                self.line.notes.append(_("What stands under “met” is left out: nothing is answered yet."))
            return ()
        if not words and step.code in WITH_RESULT:
            text = _("Name the criteria that round 1 found met, divided by semicolons; or write %s.")
            self.refuse("met", text % NONE_MET)
        if words == [NONE_MET.upper()]:
            words = []
        return self._known(step, words)

    def _known(self, step: Step, words: Sequence[str]) -> tuple[str, ...]:
        unknown = [word for word in words if word not in self.ground.codes]
        if unknown:
            values = {"codes": ", ".join(unknown)[:SHOWN], "standard": self.ground.standard.slug}
            text = _("%(standard)s has no criteria %(codes)s. Write its codes, divided by semicolons.")
            self.refuse("met", text % values)
            return ()
        codes = tuple(code for word, code in self.ground.codes.items() if word in words)
        if step.code in WITH_RESULT:
            self.line.score = score(self.ground.rules, codes)
            self._require_level(step, self.line.score)
        return codes

    def _require_level(self, step: Step, result: Score) -> None:
        if step.code == "open_packet" and result.level is None and not self.line.problems:
            values = {"met": result.met, "of": result.of, "more": result.missing.criteria}
            text = _(
                "%(met)s of %(of)s reach no level, and the committee would have nothing to decide; at least "
                "%(more)s more are needed. Add what is missing, or take the case over at plan_coaching."
            )
            self.refuse("met", text % values)

    def note_what_is_missing(self, step: Step, city: City) -> None:
        if city.organization_id not in self.ground.led and not self.line.invitee:
            text = _("%(city)s has no lead yet. Invite one under People before a step of the city opens.")
            self.line.notes.append(text % {"city": city})
        if step.code == "assign_assessors" and not self.row["met"]:
            self.line.notes.append(
                _("Nothing is rated by the city; the assessors judge by its papers alone.")
            )
