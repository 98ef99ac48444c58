import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from config.local import BASE_DIR

ROOTS = sorted(BASE_DIR.glob("*/templates"))
TEMPLATES = sorted(
    (path for root in ROOTS for path in root.rglob("*") if path.is_file()), key=lambda path: path.as_posix()
)
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
SCRIPTS = sorted(path for path in BASE_DIR.glob("*/static/**/*.js"))
STYLES = sorted(path for path in BASE_DIR.glob("*/static/**/*.css"))

# What a strict content policy refuses: the page would look or work differently from what was written.
REFUSED = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an htmx handler": re.compile(r"\shx-(on|vals|vars)[:=-]?[^>]*js:|\shx-on", re.IGNORECASE),
    "a data address": re.compile(r"(src|href)\s*=\s*['\"]data:", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "another site": re.compile(r"<(script|link|img)\b[^>]*(src|href)\s*=\s*['\"](https?:)?//", re.IGNORECASE),
}


def named(path: Path) -> str:
    return path.relative_to(BASE_DIR).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_template_compiles(path):
    root = next(root for root in ROOTS if root in path.parents)

    assert get_template(path.relative_to(root).as_posix())


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_template_keeps_the_content_policy(path):
    source = path.read_text()

    assert [name for name, pattern in REFUSED.items() if pattern.search(source)] == []


@pytest.mark.parametrize("path", STYLES, ids=named)
def test_style_sheet_holds_no_data_address(path):
    assert "data:" not in path.read_text()


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_script_sets_no_style_and_evaluates_nothing(path):
    assert not re.search(r"\.style\b|setAttribute\(.style|\beval\(|new Function|innerHTML", path.read_text())


@pytest.mark.parametrize(
    "refused",
    [
        '<p style="color: red">',
        "<style>p{}</style>",
        "<script>x()</script>",
        '<a onclick="x()">',
        '<a hx-on:click="x()">',
        '<img src="data:image/png;base64,AA">',
        '<a href="javascript:x()">',
        '<script src="https://cdn.example/x.js">',
    ],
)
def test_sweep_would_find(refused):
    assert any(pattern.search(refused) for pattern in REFUSED.values())
