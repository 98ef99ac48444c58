"""A frozen packet for reading: the same facts, grouped by practice area and with names for codes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from certification.enums import AppealStatus, Outcome, Rating
from certification.models import Decision, Evidence
from coaching.enums import EngagementStatus, SessionKind
from people.models import Organization, User


@dataclass(frozen=True)
class AreaChapter:
    """One practice area's part of the packet."""

    code: str
    name: str
    met: int
    of: int
    criteria: list[dict[str, Any]]


@dataclass(frozen=True)
class ReadablePacket:
    facts: dict[str, Any]
    chapters: list[AreaChapter]
    coaching: list[dict[str, Any]]
    visits: list[dict[str, Any]]


def readable(decision: Decision, *, user: User) -> ReadablePacket:
    """The packet as its pages show it; files are linked as far as this reader may open them."""
    packet = decision.packet
    names = dict(decision.case.standard.areas.values_list("code", "name"))
    files = _files(packet, user)
    chapters = [_chapter(area, packet, names, files) for area in packet["result"]["by_area"]]
    visits = [one | {"visit_on": date.fromisoformat(one["visit_on"])} for one in packet.get("visits", [])]
    return ReadablePacket(packet, chapters, _coaching(packet["coaching"], names), visits)


def _files(packet: dict[str, Any], user: User) -> dict[str, Evidence]:
    ids = [piece["id"] for one in packet["criteria"] for piece in one["evidence"] if piece["sha256"]]
    found = Evidence.objects.visible_to(user).filter(pk__in=ids).select_related("file")
    return {str(piece.pk): piece for piece in found}


def _chapter(
    area: dict[str, Any], packet: dict[str, Any], names: dict[str, str], files: dict[str, Evidence]
) -> AreaChapter:
    criteria = [_criterion(one, files) for one in packet["criteria"] if one["area"] == area["code"]]
    return AreaChapter(area["code"], names.get(area["code"], area["code"]), area["met"], area["of"], criteria)


def _criterion(one: dict[str, Any], files: dict[str, Evidence]) -> dict[str, Any]:
    return one | {
        "met": one["validated"] == Rating.MET,
        "validated": Rating(one["validated"]).label,
        "self_rating": Rating(one["self_rating"]).label if one["self_rating"] else "",
        "appeal": _appeal(one.get("appeal")),
        "findings": [finding | {"outcome": Outcome(finding["outcome"]).label} for finding in one["findings"]],
        "evidence": [_piece(piece, files) for piece in one["evidence"]],
    }


def _appeal(told: dict[str, str] | None) -> dict[str, Any] | None:
    return told | {"outcome": AppealStatus(told["outcome"]).label} if told else None


def _piece(piece: dict[str, Any], files: dict[str, Evidence]) -> dict[str, Any]:
    day = piece["speaks_for_on"]
    return piece | {
        "speaks_for_on": date.fromisoformat(day) if day else None,
        "stored": files.get(piece["id"]),
    }


def _coaching(engagements: list[dict[str, Any]], names: dict[str, str]) -> list[dict[str, Any]]:
    slugs = [one["partner"] for one in engagements]
    partners = dict(Organization.objects.filter(slug__in=slugs).values_list("slug", "name"))
    return [_engagement(one, partners, names) for one in engagements]


def _engagement(one: dict[str, Any], partners: dict[str, str], names: dict[str, str]) -> dict[str, Any]:
    return one | {
        "partner": partners.get(one["partner"], one["partner"]),
        "areas": [names.get(code, code) for code in one["areas"]],
        "status": EngagementStatus(one["status"]).label,
        "sessions": [
            session
            | {"held_on": date.fromisoformat(session["held_on"]), "kind": SessionKind(session["kind"]).label}
            for session in one["sessions"]
        ],
    }
