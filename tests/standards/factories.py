"""Standards for tests: the real one, and small ones of any shape."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from people.services import system_user
from standards.fileformat import as_yaml, parse
from standards.models import Standard
from standards.services import load_standard

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
DATA = Path(__file__).resolve().parents[2] / "data"
WWC_V3 = DATA / "standards" / "wwc-v3.yaml"


def wwc_v3() -> Standard:
    """The real standard with its 43 criteria, published."""
    return load_standard(source=WWC_V3.read_bytes(), by=system_user(), now=NOW).standard


def small_source(slug: str = "small-v1", areas: dict[str, int] | None = None, **fields: Any) -> bytes:
    """A file with so many criteria in each area (DM1, DM2, …); `fields` replaces lines of the head."""
    head = {
        "slug": slug,
        "title": "A small standard",
        "effective_on": "2024-01-01",
        "eligibility": "{countries: [US], min_population: 30000}",
        "decision": "{quorum: 3, majority: 1/2}",
        "levels": "[{slug: silver, name: Silver, minimum: 50%}, {slug: gold, name: Gold, minimum: 100%}]",
        **fields,
    }
    lines = [f"{name}: {value}" for name, value in head.items()]
    lines.append("areas:")
    for code, count in (areas or {"DM": 2, "OD": 1}).items():
        lines += [f"  - code: {code}", f"    name: Area {code}", "    criteria:"]
        lines += [f"      - {{code: {code}{n}, statement: Statement {n}}}" for n in range(1, count + 1)]
    return "\n".join(lines).encode()


def small_standard(slug: str = "small-v1", areas: dict[str, int] | None = None, **fields: Any) -> Standard:
    """A small published standard: by default DM1, DM2 and OD1, silver at half, gold at all."""
    source = small_source(slug, areas, **fields)
    return load_standard(source=source, by=system_user(), now=NOW).standard


def same_again(source: bytes) -> bytes:
    """Another file that says the same."""
    return as_yaml(parse(source)).encode()
