"""Names that must agree in two places: audit events, steps, pages, templates."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template.loader import get_template

from cases import transitions as of_cases
from cases.enums import WorkKind
from cases.steps import STEPS, WORK
from certification import transitions as of_certification
from coaching import transitions as of_coaching
from config.local import BASE_DIR
from core import audit
from core.audit import Audience
from people.permissions import Permission
from tests.architecture.test_imports import ROOMS, modules
from workflows import services
from workflows import transitions as of_claims
from workflows.flows import CertificationFlow, EngagementFlow
from workflows.flows.nodes import Step
from workflows.views.steps import PAGES

TABLES = (of_cases.TABLE, of_certification.TABLE, of_coaching.TABLE, of_claims.TABLE)
WITHOUT_A_FLOW = {"feedback"}
REGISTERED = set(audit.names_for(set(Audience)))


def sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in (BASE_DIR / room).rglob("*.py") if "migrations" not in path.parts)


def recorded() -> dict[str, Path]:
    """The first argument of every call of `audit.record`, where it is written out."""
    found = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            is_record = isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record"
            if is_record and node.args and isinstance(node.args[0], ast.Constant):
                found[str(node.args[0].value)] = path
    return found


def literals() -> set[str]:
    """Every string in the code, but for the modules that register events."""
    return {
        node.value
        for path in sources()
        if path.name != "events.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_recorded_action_is_registered() -> None:
    assert set(recorded()) <= REGISTERED
    assert {row.event for table in TABLES for row in table.values()} <= REGISTERED


def test_every_registered_action_is_recorded_somewhere() -> None:
    assert REGISTERED - literals() == set()


def test_every_action_of_a_table_has_a_permission_that_exists() -> None:
    assert {row.permission for table in TABLES for row in table.values()} <= set(Permission)


def steps_of_flows() -> set[str]:
    nodes = [node for flow in (CertificationFlow, EngagementFlow) for node in flow.instance.nodes()]
    return {node.step for node in nodes if isinstance(node, Step)}


def test_steps_of_the_flows_are_the_table_of_steps() -> None:
    assert steps_of_flows() | WITHOUT_A_FLOW == set(STEPS)
    assert not steps_of_flows() & WITHOUT_A_FLOW
    assert set(WorkKind.values) >= WITHOUT_A_FLOW


def test_every_step_has_a_deadline_and_a_page() -> None:
    assert {code for code, step in WORK.items() if step.working_days < 1} == set()
    assert set(PAGES) == set(WORK)


TEMPLATES = sorted(
    str(path.relative_to(folder))
    for room in ROOMS
    if (folder := BASE_DIR / room / "templates").is_dir()
    for path in folder.rglob("*.*")
)


@pytest.mark.parametrize("template", TEMPLATES)
def test_template_compiles(template: str) -> None:
    assert get_template(template)


# What alters no case enters here too, for the pages' sake.
NO_MATTER_OF_STATUS = {
    # Who of a party owes something is no part of the status; engagements handed over publish theirs.
    "change_role",
    "join_by_invitation",  # taking up a delegation publishes by itself
    "claim_city",  # a claim belongs to no case until it is confirmed
    "close_account",
    "decline_claim",
    "end_membership",
    "invite_again",
    "invite_by_mail",
    # Who stands in for whom; what that does to work publishes when the work is routed.
    "ask_after_absences",
    "end_absence",
    "set_absence",
    # One's own calendar address.
    "make_calendar_link",
    "note_calendar_read",
    "revoke_calendar_link",
    # A day in the city, and what somebody saw there.
    "plan_visit",
    "conclude_visit",
    "note_visit",
    # Sessions are coach and city's own; the status does not tell of them.
    "plan_session",
    "change_session",
    "call_off_session",
    "hold_session",
    "miss_session",
    "send_session_mail",
    "plan_meeting",
    "change_meeting",
    "hold_meeting",
    "call_off_meeting",
    "keep_finding",  # a draft of a review: nobody but its author learns of it
    "send_apply_link",
    "send_message",  # what city and program write to each other
    "sign_commitment",  # who signed is no part of the status
}
PUBLISHING = {
    "_assign",
    "open_case_and_start",
    "moving",
    "changing",
    "publish_status",
    "publish_due",
    "_writing_the_application",
    "_withdraw",
    "_acting_on",
    "_answering",
    "_engagement",
    "_transfer",
    "_apply",
    "_with_other_days",
}


def calls_of_services() -> dict[str, set[str]]:
    """What each function of the services' modules calls, by name."""
    found: dict[str, set[str]] = {}
    for path in modules("workflows", "services"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
                found[node.name] = {ast.unparse(call.func) for call in calls}
    return found


def test_every_service_of_the_flows_ends_with_the_published_status() -> None:
    calls = calls_of_services()
    silent = {name for name in services.__all__ if not calls[name] & PUBLISHING}

    assert silent - {"publish_status"} == NO_MATTER_OF_STATUS & set(services.__all__)
