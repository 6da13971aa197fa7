"""`/readme`: the documentation of this data plane, for the links of the checks."""

import re
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..options import PROJECT
from .templates import Templates


def render(text: str) -> Markup:
    """As HTML, its headings with the anchors that GitHub gives them. HTML in the text is shown, not taken."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", _anchor(inline))
        if opening.type in ("fence", "table_open"):  # wide ones scroll, and do by keyboard too
            opening.attrSet("tabindex", "0")
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))


def _anchor(heading: Token) -> str:
    return re.sub(r"[^\w\- ]", "", heading.content.lower()).replace(" ", "-")


def routes(templates: Templates) -> list[Route]:
    async def readme(request: Request) -> Response:
        return templates.page("readme.html", request, text=render((PROJECT / "docs" / "dataplane.md").read_text()))

    return [Route("/readme", readme)]
