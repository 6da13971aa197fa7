"""Static files: `dist/`, the runtimes, pages of tests; compressed where a `.br` or `.gz` lies beside them."""

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# Not the system's table, which differs between machines: browsers refuse modules and WebAssembly of a wrong type.
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript",
    ".snapshot": "application/octet-stream",
    ".py": "text/x-python",
    ".sri": "text/plain",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".ts": "text/plain",
    ".gz": "application/gzip",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".zip": "application/zip",
}
_ENCODINGS = {"br": ".br", "gzip": ".gz"}  # the smallest first
_NOT_TAKEN = re.compile(r";\s*q=0(\.0*)?\s*$")
_FOREVER = "public, max-age=31536000, immutable"
_PINNED = re.compile(
    r"""
    (?:pyodide|micropython|python_stdlib) [\w.]* \.(?:m?js|wasm|zip)  # the runtimes' own files
    | (?!rudderanalytics) .+ \.whl                                    # wheels of others: the version is in the name
    """,
    re.VERBOSE,
)
ISOLATED = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}


class Assets(StaticFiles):
    """A folder, open to pages of any origin. It may be missing at the start and come later."""

    def __init__(self, folder: Path, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(directory=folder, check_dir=False, html=True)
        self._headers = headers or {}

    async def check_config(self) -> None:
        """A folder that is not there has no files; it is no error of the server."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        name = PurePosixPath(full_path).name
        encoding, compressed = smaller(Path(full_path), Headers(scope=scope).get("accept-encoding", ""))
        if compressed is not None:
            full_path, stat_result = compressed, compressed.stat()
        response = super().file_response(full_path, stat_result, scope, status_code)
        if encoding and "content-type" in response.headers:  # an answer "not modified" has no content to speak of
            response.headers["Content-Encoding"] = encoding
        media_type = _TYPES.get(PurePosixPath(name).suffix)
        if media_type is not None and "content-type" in response.headers:
            charset = "; charset=utf-8" if media_type.startswith("text/") else ""
            response.headers["Content-Type"] = media_type + charset
        response.headers.update(headers_of(name))
        response.headers.update(self._headers)
        return response


def smaller(path: Path, accepted: str) -> tuple[str, Path | None]:
    """The compressed file beside it that the browser takes, under the name of its encoding."""
    takes = {part.split(";")[0].strip() for part in accepted.split(",") if not _NOT_TAKEN.search(part)}
    for encoding, suffix in _ENCODINGS.items():
        beside = path.with_name(path.name + suffix)
        if encoding in takes and beside.is_file():
            return encoding, beside
    return "", None


def headers_of(name: str) -> dict[str, str]:
    """By file name: what stays the same for ever under its name is kept for ever.

    Our own wheel is not, whatever its version: it is built again and again under one name, and Pyodide would refuse an
    old one whose hash is not the lock file's.
    """
    return {
        "Cache-Control": _FOREVER if _PINNED.fullmatch(name) else "no-cache",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Accept-Encoding",
    }
