"""What a first visit downloads: over the wire as our data plane serves it, and its files compressed."""

import gzip
import hashlib
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.visit import ROOT, Opened, Stage

_KNOWN = ROOT / "build" / "bench" / "brotli.json"
"""Sizes by hash: the largest file takes Brotli's best quality 20 s."""

_BROTLI = """
const zlib = require("zlib"), fs = require("fs");
console.log(JSON.stringify(process.argv.slice(1).map((path) => zlib.brotliCompressSync(fs.readFileSync(path)).length)));
"""


@dataclass(frozen=True, slots=True)
class Download:
    wire: int
    """Bytes of all answers, headers included."""
    files: list[bytes]

    def sizes(self) -> dict[str, float]:
        """On the wire, and the files alone: as they are, gzip -9, Brotli 11. Takes long: nothing is timed meanwhile."""
        return {
            "wire": self.wire,
            "files": sum(map(len, self.files)),
            "gzip": sum(len(gzip.compress(file, 9, mtime=0)) for file in self.files),
            "brotli": sum(brotli(self.files)),
        }


def download(stage: Stage, opened: Opened) -> Download:
    """What a page fetched."""
    wire = 0
    for request in opened.requests:
        sizes, response = request.sizes(), request.response()
        # The browser does not say for a worker's own script.
        body = sizes["responseBodySize"] or int((response and response.headers.get("content-length")) or 0)
        wire += body + sizes["responseHeadersSize"]
    urls = [request.url for request in opened.requests if request.method == "GET"]
    paths = sorted({urlsplit(url).path for url in urls if url.startswith(stage.url) and not url.endswith(".html")})
    return Download(wire, [stage.http.get(path).raise_for_status().content for path in paths])


def brotli(files: list[bytes]) -> list[int]:
    """Each one's size after Node's Brotli at its best."""
    known: dict[str, int] = json.loads(_KNOWN.read_text()) if _KNOWN.is_file() else {}
    hashes = [hashlib.sha256(file).hexdigest() for file in files]
    fresh = {mark: file for mark, file in zip(hashes, files, strict=True) if mark not in known}
    if fresh:
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / mark for mark in fresh]
            for path, file in zip(paths, fresh.values(), strict=True):
                path.write_bytes(file)
            run = subprocess.run(["node", "-e", _BROTLI, *paths], check=True, capture_output=True, text=True)
        known |= dict(zip(fresh, json.loads(run.stdout), strict=True))
        _KNOWN.parent.mkdir(parents=True, exist_ok=True)
        _KNOWN.write_text(json.dumps(known))
    return [known[mark] for mark in hashes]
