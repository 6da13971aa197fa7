"""The pages that show the client at work: the demo with the script tag, and the PyScript page."""

import json
from collections.abc import Iterable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from ..options import Options
from ..store.database import Store
from .assets import Assets
from .templates import FOLDER, OF_THE_DEMO, Templates

_RUNTIMES = {"py": "pyodide/pyodide.mjs", "mpy": "micropython/micropython.mjs"}


class Pages:
    """Rendered at each request, so that what is built meanwhile shows."""

    def __init__(self, store: Store, options: Options, templates: Templates) -> None:
        self._store = store
        self._dist = options.dist
        self._templates = templates

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self._demo),
            Route("/pyscript", self._pyscript),
            Mount("/pages", Assets(FOLDER / "static")),
        ]

    async def _demo(self, request: Request) -> Response:
        built = (self._dist / "rudderanalytics.js").is_file()
        return self._templates.page(
            "demo.html", request, policy=OF_THE_DEMO, built=built, last_seq=self._store.last_seq
        )

    async def _pyscript(self, request: Request) -> Response:
        type_ = "mpy" if request.query_params.get("type") == "mpy" else "py"
        runtime, wheel = self._dist / _RUNTIMES[type_], _newest(self._dist.glob("rudderanalytics-*-py3-none-any.whl"))
        config = {
            "interpreter": f"/dist/{_RUNTIMES[type_]}",
            "packages": [f"{request.base_url}dist/{wheel.name}"] if wheel else [],
        }
        return self._templates.page(
            "pyscript.html",
            request,
            policy=OF_THE_DEMO,
            type=type_,
            built=runtime.is_file() and wheel is not None,
            config=json.dumps(config),
            last_seq=self._store.last_seq,
        )


def _newest(files: Iterable[Path]) -> Path | None:
    return max(files, key=lambda file: file.stat().st_mtime, default=None)
