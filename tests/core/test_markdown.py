"""Markdown becomes harmless HTML, whatever is written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.markdown import rendered
from core.pagekit_dates import minutes_in_words

SAYS = {
    "**bold** and *soft*": "<strong>bold</strong> and <em>soft</em>",
    "one\ntwo": "one<br",
    "- a\n- b": "<li>a</li>",
    "# Title": "<h4>Title</h4>",
    "[minutes](https://paterson.example/a)": (
        '<a href="https://paterson.example/a" rel="noopener noreferrer nofollow">minutes</a>'
    ),
    "    indented": "<p>indented</p>",
    "a < b & c": "a &lt; b &amp; c",
}
NEVER = (
    "<script",
    "<img",
    "<svg",
    "<iframe",
    "javascript:",
    "data:",
    "onerror=",
    "onclick=",
    "style=",
    "class=",
)
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![map](https://elsewhere.example/pixel.png)",
    "[a](javascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](/accounts/logout/)",
    "[a](//elsewhere.example)",
    "<a href='https://a.example' onclick='x()' style='y' class='z'>a</a>",
    "<https://a.example/<script>>",
    "[a]: javascript:alert(1)\n\n[a]",
    "`<svg onload=alert(1)>`",
]


@pytest.mark.parametrize(("written", "html"), SAYS.items())
def test_what_is_written_reads_as_meant(written: str, html: str) -> None:
    assert html in rendered(written)


@pytest.mark.parametrize("written", HOSTILE)
def test_nothing_that_is_written_acts_on_the_page(written: str) -> None:
    html = rendered(written)

    tags = "".join(part.split(">")[0] for part in html.split("<")[1:]).lower()
    assert [bad for bad in NEVER if bad.strip("<") in tags] == []
    assert 'href="/' not in html


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="<>[]()!`*_#-=\\/:;\"'& \nahrefjvscit", max_size=80))
def test_no_text_makes_a_tag_that_is_not_allowed(written: str) -> None:
    html = rendered(written)

    names = {part.lstrip("/").split(">")[0].split()[0] for part in html.split("<")[1:]}
    assert names <= {
        "p",
        "br",
        "em",
        "strong",
        "ul",
        "ol",
        "li",
        "blockquote",
        "code",
        "pre",
        "hr",
        "a",
        "h4",
    }


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "about 10 minutes"),
        (44, "about 40 minutes"),
        (56, "about 1 hour"),
        (100, "about 1½ hours"),
        (185, "about 3 hours"),
    ],
)
def test_time_left_is_told_roughly(minutes: int, words: str) -> None:
    assert minutes_in_words(minutes) == words
