"""The pages' templates, and what every page knows."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ..options import PROJECT

FOLDER = PROJECT / "web" / "pages"
STRICT = "; ".join(
    [
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "connect")),
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
"""The Content-Security-Policy of pages that show what others sent: nothing runs but our own files, nothing leaves."""
OF_THE_DEMO = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
"""That of pages that run Python, in which others' messages are only ever text: PyScript needs the rest."""


class Templates:
    """Looked at again at each request, so that what is changed meanwhile shows."""

    def __init__(self, write_key: str) -> None:
        self.write_key = write_key
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["cut"] = cut

    def text(self, name: str, **values: Any) -> str:
        return self._templates.get_template(name).render(**values)

    def page(
        self,
        name: str,
        request: Request,
        *,
        status: int = 200,
        policy: str = STRICT,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response:
        text = self.text(name, path=request.url.path, origin=origin(request), write_key=self.write_key, **values)
        own = {
            "Cache-Control": "no-store",
            "Vary": "HX-Request",
            "Content-Security-Policy": policy,
            "X-Frame-Options": "DENY",
            "X-Content-Type-Options": "nosniff",
        }
        return HTMLResponse(text, status, {**own, **(headers or {})})


def cut(text: str, most: int) -> str:
    """The beginning of a text."""
    return text if len(text) <= most else text[:most] + "…"


def origin(request: Request) -> str:
    """The address of this data plane, as the browser knows it."""
    return str(request.base_url).rstrip("/")
