"""Static files."""

from collections.abc import Iterator

import httpx
import pytest

from dataplane.background import serve

from .conftest import options_in

FOREVER = "public, max-age=31536000, immutable"
FILES = {
    "rudderanalytics.js": ("text/javascript; charset=utf-8", "no-cache"),
    "rudderanalytics.js.map": ("application/json", "no-cache"),
    "rudderanalytics.sri": ("text/plain; charset=utf-8", "no-cache"),
    "rudderanalytics-0.1.0-py3-none-any.whl": ("application/zip", "no-cache"),
    "micropython/rudderanalytics.core.json": ("application/json", "no-cache"),
    "pyodide/pyodide-lock.json": ("application/json", "no-cache"),
    "pyodide/pyodide.mjs": ("text/javascript; charset=utf-8", FOREVER),
    "pyodide/pyodide.asm.wasm": ("application/wasm", FOREVER),
    "pyodide/python_stdlib.zip": ("application/zip", FOREVER),
    "pyodide/micropip-0.11.1-py3-none-any.whl": ("application/zip", FOREVER),
    "micropython/micropython.wasm": ("application/wasm", FOREVER),
    "pyodide-page.html": ("text/html; charset=utf-8", "no-cache"),
    "core.js": ("text/javascript; charset=utf-8", "no-cache"),
}


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("static")
    for name in FILES:
        file = folder / "dist" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"content of " + name.encode())
    extra = folder / "extra"
    extra.mkdir()
    (extra / "page.html").write_text("<!doctype html><title>mine</title>")
    for name, content in {"code.js": b"as it is", "code.js.br": b"brotli", "code.js.gz": b"gzip"}.items():
        (extra / name).write_bytes(content)
    (folder / "secret.txt").write_text("secret")
    more = {"/fixtures": extra, "/gone": folder / "gone"}
    options = options_in(folder, dist=folder / "dist", extra_static=more, isolated_static={"/isolated": extra})
    with serve(options) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("name", FILES)
def test_types_and_caching(name: str, static: httpx.Client) -> None:
    answer = static.get(f"/dist/{name}", headers={"Origin": "https://shop.example"})
    assert answer.content == b"content of " + name.encode()
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == FILES[name]
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    again = static.get(f"/dist/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, FILES[name][1])
    assert again.headers["access-control-allow-origin"] == "*"
    assert static.head(f"/dist/{name}").headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("br, gzip", "br"), ("gzip, deflate, br;q=0.5", "br"), ("gzip", "gzip"), ("br;q=0", None), ("deflate", None)],
)
def test_a_compressed_file_beside_it_is_sent_to_those_who_take_it(
    static: httpx.Client, accepted: str, encoding: str | None
) -> None:
    with static.stream("GET", "/fixtures/code.js", headers={"Accept-Encoding": accepted}) as answer:
        assert b"".join(answer.iter_raw()) == {"br": b"brotli", "gzip": b"gzip", None: b"as it is"}[encoding]
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding"
    same = {"If-None-Match": answer.headers["etag"], "Accept-Encoding": accepted}
    assert static.get("/fixtures/code.js", headers=same).status_code == 304


def test_extra_folders(static: httpx.Client) -> None:
    answer = static.get("/fixtures/page.html")
    assert answer.headers["content-type"] == "text/html; charset=utf-8" and "mine" in answer.text


@pytest.mark.parametrize(("path", "isolated"), [("/fixtures/page.html", False), ("/isolated/page.html", True)])
def test_pages_that_are_cross_origin_isolated(path: str, isolated: bool, static: httpx.Client) -> None:
    headers = static.get(path).raise_for_status().headers
    names = ("cross-origin-opener-policy", "cross-origin-embedder-policy")
    assert [headers.get(name) for name in names] == (["same-origin", "require-corp"] if isolated else [None, None])
    assert headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/dist/nothing.js",
        "/dist",
        "/dist/",
        "/dist/%2e%2e/secret.txt",
        "/dist/..%2fsecret.txt",
        "/gone/x",
        "/fixtures/",
    ],
)
def test_what_is_not_there(path: str, static: httpx.Client) -> None:
    answer = static.get(path)
    assert (answer.status_code, answer.text) == (404, "404 page not found\n")


def test_files_are_only_read(static: httpx.Client) -> None:
    assert static.post("/dist/rudderanalytics.js").status_code == 405


@pytest.mark.parametrize("path", ["/pyscript-core/core.js", "/pyscript-core/core.css", "/official/index.js"])
def test_pyscript_and_the_official_sdk_are_served(path: str, static: httpx.Client) -> None:
    assert static.get(path).status_code == 200
