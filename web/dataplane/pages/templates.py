"""The pages' templates, and what every page knows."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ..options import PROJECT

FOLDER = PROJECT / "web" / "pages"


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

    def text(self, name: str, **values: Any) -> str:
        return self._templates.get_template(name).render(**values)

    def page(
        self,
        name: str,
        request: Request,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response:
        text = self.text(name, path=request.url.path, origin=origin(request), write_key=self.write_key, **values)
        return HTMLResponse(text, status, {"Cache-Control": "no-store", "Vary": "HX-Request", **(headers or {})})


def origin(request: Request) -> str:
    """The address of this data plane, as the browser knows it."""
    return str(request.base_url).rstrip("/")
