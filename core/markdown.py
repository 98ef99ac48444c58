"""What people write in Markdown, as harmless HTML: no tags of theirs, no pictures, links to the web only."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "a", "h4"}
SCHEMES = ("http://", "https://", "mailto:")
# Indented text is what people make of lists, not code. A picture from elsewhere would tell who reads.
_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["code", "image"])


def rendered(text: str) -> SafeString:
    """The text as HTML for a page; headings become those of the fourth order, whatever they were."""
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "h4"
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_only_to_the_web,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 -- cleaned in the line before


def _only_to_the_web(tag: str, attribute: str, value: str) -> str | None:
    return value if attribute != "href" or value.lower().startswith(SCHEMES) else None
