"""What the committee decides on: one frozen document, with the checksum that shows it never moved."""

import hashlib
import json
from typing import Any

from certification.enums import VisitStatus
from certification.models import Appeal, Assessment, Finding, Response
from standards.levels import Score


def build_packet(assessment: Assessment, score: Score, coaching: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything a member reads: facts, result with its arithmetic, every criterion, the shared coaching."""
    case = assessment.case
    organization = case.city.organization
    return {
        "city": {
            "slug": organization.slug,
            "name": organization.name,
            "state": organization.state,
            "country": organization.country,
            "population": case.city.population,
        },
        "case": {"id": str(case.pk), "kind": case.kind, "cohort_year": case.cohort_year},
        "standard": case.standard.slug,
        "round": assessment.round,
        "taken_over": assessment.taken_over_at is not None,
        "result": score.as_data()
        | {"by_area": [{"code": area.code, "met": area.met, "of": area.of} for area in score.by_area]},
        "criteria": _criteria(assessment),
        "visits": _visits(assessment),
        "coaching": coaching,
    }


def _visits(assessment: Assessment) -> list[dict[str, Any]]:
    """Site visits that took place, with the notes; like findings, without who wrote them."""
    held = assessment.visits.filter(status=VisitStatus.HELD).prefetch_related("notes")
    return [
        {
            "visit_on": visit.visit_on.isoformat(),
            "people": visit.people,
            "notes": [note.text for note in visit.notes.all()],
        }
        for visit in held
    ]


def canonical(packet: dict[str, Any]) -> bytes:
    """The packet as canonical JSON (sorted keys, no spaces, UTF-8): the bytes of the checksum."""
    return json.dumps(packet, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def checksum(packet: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON."""
    return hashlib.sha256(canonical(packet)).hexdigest()


def _criteria(assessment: Assessment) -> list[dict[str, Any]]:
    findings: dict[object, list[dict[str, str]]] = {}
    for finding in Finding.objects.current().filter(response__assessment=assessment).order_by("pk"):
        row = {"outcome": finding.outcome, "comment": finding.comment}
        findings.setdefault(finding.response_id, []).append(row)
    responses = assessment.responses.select_related(
        "criterion__area", "settlement", "appeal"
    ).prefetch_related("evidence__file", "evidence__story")
    return [_criterion(response, findings.get(response.pk, [])) for response in responses]


def _appeal(response: Response) -> dict[str, str] | None:
    appeal: Appeal | None = getattr(response, "appeal", None)
    if appeal is None:
        return None
    return {"outcome": appeal.status, "reasons": appeal.reasons, "answer": appeal.answer}


def _criterion(response: Response, findings: list[dict[str, str]]) -> dict[str, Any]:
    criterion = response.criterion
    return {
        "code": criterion.code,
        "area": criterion.area.code,
        "statement": criterion.statement,
        "validated": response.settlement.outcome,
        "settled": response.settlement.reason,
        "appeal": _appeal(response),
        "self_rating": response.self_rating,
        "narrative": response.narrative,
        "findings": findings,
        "evidence": [
            {
                "id": str(piece.pk),
                "title": piece.title,
                "link": piece.story.link if piece.story else piece.link,
                "story": piece.story.text if piece.story else None,
                "sha256": piece.file.sha256 if piece.file else None,
                "speaks_for_on": piece.speaks_for_on.isoformat() if piece.speaks_for_on else None,
            }
            for piece in response.evidence.all()
        ],
    }
