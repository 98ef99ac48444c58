"""The page of a piece of evidence, hostile uploads, and who may have what."""

import io
import os
import struct
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from certification.models import Evidence, Response
from certification.services import add_evidence, attach_evidence, replace_evidence
from core import files
from core.models import StoredFile
from tests.scenes import Scene
from tests.workflows.test_pages_assessment import answer_address, prove, sheet, typed


def archive(name: str, content: bytes, *, times: int = 1, beside: str = "") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        for number in range(times):
            packed.writestr(f"{name}{number}", content)
        if beside:
            packed.writestr(beside, b"MZ")
    return made.getvalue()


def claims_to_unpack_to(size: int) -> bytes:
    """A small document whose table of contents names a size beyond all measure."""
    made = bytearray(archive("word/document.xml", b"0" * 1000))
    at = made.rindex(b"PK\x01\x02")
    struct.pack_into("<L", made, at + 24, size)
    return bytes(made)


def too_many_entries() -> bytes:
    made = bytearray(archive("word/document.xml", b"0"))
    struct.pack_into("<L", made, made.rindex(b"PK\x05\x06") + 12, 2**30)
    return bytes(made)


HOSTILE = {
    "a page": ("page.html", lambda: b"<!doctype html><script>alert(1)</script>", "not accepted"),
    "a picture with script": ("map.svg", lambda: b"<svg><script>alert(1)</script></svg>", "not accepted"),
    "an svg after a declaration": ("map.svg", lambda: b"\n<?xml version='1.0'?><svg/>", "not accepted"),
    "a program named like a document": ("plan.pdf", lambda: b"MZ\x90\x00" + bytes(4000), "not accepted"),
    "a page named like a document": ("plan.pdf", lambda: b"<html><body>", "not accepted"),
    "text named like a document": ("plan.pdf", lambda: b"Nothing to see", "holds only text"),
    "an archive": ("all.zip", lambda: archive("a", b"a"), "not accepted"),
    "a bomb": ("bomb.docx", lambda: claims_to_unpack_to(2**32 - 2), "unpack"),
    "zeros that burst": ("bomb.xlsx", lambda: archive("xl/workbook.xml", bytes(30_000_000)), "unpack"),
    "macros": (
        "macro.docx",
        lambda: archive("word/a", b"a", beside="word/vbaProject.bin"),
        "macros or programs",
    ),
    "a program inside": (
        "plan.docx",
        lambda: archive("word/a", b"a", beside="word/evil.exe"),
        "macros or programs",
    ),
    "a way out": (
        "plan.docx",
        lambda: archive("word/a", b"a", beside="../../etc/passwd"),
        "macros or programs",
    ),
    "a table of contents without end": ("bomb.xlsx", too_many_entries, "unpack"),
    "a document cut off": ("cut.docx", lambda: archive("word/a", b"a" * 99)[:-30], "damaged"),
    "more than the limit": ("big.pdf", lambda: b"%PDF-1.7\n" + bytes(files.MAX_BYTES), "larger than 25 MB"),
    "nothing": ("empty.pdf", lambda: b"", "empty"),
}


@pytest.fixture
def incoming(settings: Settings, tmp_path: Path) -> list[Path]:
    """Where files lie while they come in."""
    folder = tmp_path / "incoming"
    folder.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = str(folder)
    return [folder, Path(settings.MEDIA_ROOT)]


def left_in(folders: list[Path]) -> list[str]:
    return [str(path) for folder in folders for path in folder.rglob("*") if path.is_file()]


def test_hostile_uploads_are_refused_in_words_and_leave_nothing(
    scene: Scene, client: Client, incoming: list[Path]
) -> None:
    scene.one("self_assess")
    scene.sign_in(client, scene.lead)
    before, kept_before = left_in(incoming), StoredFile.objects.count()
    told = {}

    for kind, (name, content, _words) in HOSTILE.items():
        upload = SimpleUploadedFile(name, content())
        fields = typed(scene.response("DM2").version, **{"evidence-file": upload, "action": "attach"})
        answer = client.post(answer_address(scene, "DM2"), fields)
        told[kind] = (answer.status_code, HOSTILE[kind][2] in answer.content.decode())

    assert told == dict.fromkeys(HOSTILE, (400, True))
    assert (left_in(incoming), StoredFile.objects.count()) == (before, kept_before)
    assert not Evidence.objects.exists()
    assert scene.response("DM2").narrative == typed()["narrative"]


def test_document_of_an_office_is_taken_and_never_unpacked(
    scene: Scene, client: Client, incoming: list[Path]
) -> None:
    scene.one("self_assess")
    scene.sign_in(client, scene.lead)
    document = SimpleUploadedFile("plan.docx", archive("word/document", b"<w/>" * 1000, times=20))

    client.post(answer_address(scene, "DM1"), typed(**{"evidence-file": document, "action": "attach"}))

    piece = Evidence.objects.get()
    assert piece.file is not None
    assert piece.file.content_type.endswith("wordprocessingml.document")
    assert left_in(incoming[:1]) == []


def test_name_with_a_path_and_line_breaks_becomes_harmless(scene: Scene, client: Client) -> None:
    scene.one("self_assess")
    scene.sign_in(client, scene.lead)
    body = (
        b"--x\r\nContent-Disposition: form-data; name=version\r\n\r\n0\r\n"
        b"--x\r\nContent-Disposition: form-data; name=action\r\n\r\nattach\r\n"
        b'--x\r\nContent-Disposition: form-data; name="evidence-file"; '
        b"filename*=UTF-8''..%2F..%2Fetc%2Fa%0D%0ASet-Cookie%3A%20b.txt\r\n\r\nMinutes\n\r\n--x--\r\n"
    )

    client.post(answer_address(scene, "DM1"), body, content_type="multipart/form-data; boundary=x")

    piece = Evidence.objects.get()
    assert piece.file is not None
    assert not set("/\\\r\n") & set(piece.title + piece.file.name)
    assert ".." not in piece.file.content.name
    served = client.get(reverse("workflows:file-evidence", args=[piece.pk]))
    assert "Set-Cookie" not in served
    assert served.getvalue() == b"Minutes\n"
    assert "attachment" in served["Content-Disposition"]


def test_piece_is_replaced_and_used_again_on_its_page(scene: Scene, client: Client) -> None:
    scene.one("self_assess")
    piece = prove(scene, "DM1")
    scene.sign_in(client, scene.lead)
    address = reverse("workflows:evidence", args=[piece.pk])
    page = client.get(address).content.decode()
    wrong = client.post(address, {"evidence-link": "ftp://nowhere"})

    client.post(address, {"deed": "attach", "response": str(scene.response("OD1").pk)})
    answer = client.post(address, {"evidence-title": "", "evidence-link": "https://paterson.example/2"})

    assert piece.file is not None
    assert piece.file.sha256 in page
    assert wrong.status_code == 400
    newer = Evidence.objects.get(version=2)
    assert answer["Location"] == reverse("workflows:evidence", args=[newer.pk])
    assert {one.criterion.code for one in newer.responses.select_related("criterion")} == {"DM1", "OD1"}
    earlier = client.get(address).content.decode()
    assert "This is an earlier version" in earlier
    assert client.post(address, {"evidence-link": "https://paterson.example/3"}).status_code == 409
    assert client.get(reverse("workflows:file-evidence", args=[piece.pk])).getvalue() == b"Minutes\n"
    assert "version 2, earlier ones" in client.get(sheet(scene, "DM1")).content.decode()


def test_piece_that_is_there_is_chosen_on_the_page_of_another_criterion(scene: Scene, client: Client) -> None:
    scene.one("self_assess")
    piece = prove(scene, "DM1")
    scene.sign_in(client, scene.lead)
    offered = client.get(sheet(scene, "DM2")).content.decode()
    chosen = {"evidence-existing": str(piece.pk), "action": "attach"}

    client.post(answer_address(scene, "DM2"), typed(**chosen))
    both = client.post(
        answer_address(scene, "OD1"), typed(**chosen, **{"evidence-link": "https://paterson.example/a"})
    )
    foreign = client.post(
        answer_address(scene, "OD1"), typed(1, **{"evidence-existing": os.urandom(4).hex()})
    )

    assert "Proof 0 (DM1)" in offered
    assert list(scene.response("DM2").evidence.all()) == [piece]
    assert (both.status_code, foreign.status_code) == (400, 400)
    assert "serves DM1, DM2" in client.get(sheet(scene, "DM1")).content.decode()


def test_city_reads_on_the_criterion_and_in_a_list_what_will_be_too_old(scene: Scene, client: Client) -> None:
    item = scene.one("self_assess")
    scene.sign_in(client, scene.lead)
    response = scene.response("DM1")
    response.ticked.set(response.criterion.checks.filter(within_months__isnull=False))
    Response.objects.filter(pk=response.pk).update(self_rating="met")
    undated = client.get(sheet(scene, "DM1")).content.decode()
    add_evidence(
        response_id=response.pk,
        title="Minutes",
        link="https://paterson.example/minutes",
        speaks_for_on=scene.today - timedelta(days=900),
        by=scene.lead,
        now=scene.tick(),
    )

    page = client.get(sheet(scene, "DM1")).content.decode()
    listed = client.get(sheet(scene, show="aging")).content.decode()
    overview = client.get(item.get_absolute_url()).content.decode()

    assert "Say which day the evidence speaks for" in undated
    assert "will be too old when the assessment is due" in page
    assert "Nothing fits" not in listed
    assert "One criterion rests on evidence that will be too old" in overview


def areas_and_versions(scene: Scene) -> dict[str, Evidence]:
    """A piece for both areas, one for each, and an earlier version that was handed in with neither."""
    found = {code: prove(scene, code) for code in ("DM1", "OD1")}
    found["both"] = prove(scene, "DM2")
    attach_evidence(
        response_id=scene.response("OD1").pk, evidence_id=found["both"].pk, by=scene.lead, now=scene.tick()
    )
    found["earlier"] = prove(scene, "DM1")
    replace_evidence(
        evidence_id=found["earlier"].pk,
        title="Newer",
        upload=SimpleUploadedFile("minutes.txt", b"Minutes\n"),
        speaks_for_on=None,
        by=scene.lead,
        now=scene.tick(),
    )
    found["newer"] = Evidence.objects.get(version=2)
    return found


def test_guessed_or_leaked_address_is_404_and_a_coach_has_the_coached_area_only(
    scene: Scene, client: Client
) -> None:
    scene.engagements = 1
    scene.one("self_assess")
    pieces = areas_and_versions(scene)
    drafts = _found(scene, client, pieces, "coach", "partner_lead", "assessor", "manager", "other_lead")
    scene.one("work")

    found = _found(scene, client, pieces, "coach", "partner_lead", "assessor", "other_lead", "other_coach")

    assert not any(drafts.values())
    assert found["coach"] == found["partner_lead"] == {"DM1", "both", "newer"}
    assert found["assessor"] == {"DM1", "OD1", "both", "newer"}
    assert found["other_lead"] == found["other_coach"] == set()
    scene.sign_in(client, scene.partner.coach)
    pages = [client.get(reverse("workflows:evidence", args=[pieces["both"].pk]))]
    pages.append(client.get(reverse("workflows:case-documents", args=[scene.case.pk])))
    assert ["OD1" in page.content.decode() for page in pages] == [False, False]


def _found(scene: Scene, client: Client, pieces: dict[str, Evidence], *people: str) -> dict[str, set[str]]:
    """Whose file and page each person gets; the two always agree."""
    found: dict[str, set[str]] = {}
    for who in people:
        scene.sign_in(client, scene.everyone[who])
        found[who] = set()
        for name, piece in pieces.items():
            codes = set()
            for address in ("workflows:evidence", "workflows:file-evidence"):
                answer = client.get(reverse(address, args=[piece.pk]))
                codes.add(answer.status_code)
                if answer.streaming:
                    answer.getvalue()  # which closes the file
            assert codes in ({200}, {404})
            if codes == {200}:
                found[who].add(name)
    return found
