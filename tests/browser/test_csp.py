"""The Content-Security-Policies of docs/csp.md: each is enough, and nothing in it is too much."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browser.conftest import MODULES
from browser.site_under_test import PYSCRIPT, Site, until
from examples import Example, runs, under
from playwright.sync_api import BrowserContext, Page

DIST = Path(__file__).parents[2] / "dist"
PYSCRIPT_CORE = MODULES / "@pyscript/core/dist"
EXAMPLES = under("docs/csp.md")
POLICIES = {example.heading: " ".join(example.code.split()) for example in EXAMPLES}
SOURCES = [
    (title, directive.split()[0], source)
    for title, policy in POLICIES.items()
    for directive in policy.split(";")
    for source in directive.split()[1:]
    if source != "'none'"
]


class Host:
    """A static host that sends everything with one policy: a folder of pages, and dist/."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.policy = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(host) -> type[SimpleHTTPRequestHandler]:
        class Handler(SimpleHTTPRequestHandler):
            extensions_map = SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

            def translate_path(self, path: str) -> str:
                for prefix, folder in {"/dist/": DIST, "/pyscript-core/": PYSCRIPT_CORE}.items():
                    if path.startswith(prefix):
                        return str(folder / path.removeprefix(prefix))
                return str(host.folder / path.lstrip("/"))

            def end_headers(self) -> None:
                self.send_header("Content-Security-Policy", host.policy)
                super().end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = Host(tmp_path)
    yield host
    host.close()


@pytest.fixture
def forbidden(context: BrowserContext) -> list[str]:
    """What the browser says, and what we do: a worker's console is not the page's."""
    found: list[str] = []
    ours = ("Content Security Policy", "[rudderanalytics]")
    context.on("console", lambda line: found.append(line.text) if any(word in line.text for word in ours) else None)
    return found


def visit(title: str, policy: str, host: Host, site: Site, page: Page, wheel: str) -> None:
    """Open a page that identifies somebody, under this policy."""
    host.policy = policy.replace("https://dataplane.example.com", site.url)
    if "snippet" in title:
        text = (DIST / "snippet.html").read_text().replace("https://dataplane.example.com", site.url)
        html = text.replace("WRITE_KEY", site.write_key).replace("<script>", "<script nonce='R4nd0m'>")
    elif "PyScript" in title:
        call = f'rudderanalytics.load("{site.write_key}", "{site.url}")\nrudderanalytics.page()\n'
        host.write("main.py", f"import rudderanalytics\n{call}")
        config = {"interpreter": "/dist/micropython/micropython.mjs", "packages": [wheel]}
        host.write("pyscript.json", json.dumps(config))
        tag = "<script type='mpy' src='main.py' config='pyscript.json'></script>"
        html = f"<script src='/dist/rudderanalytics.js' data-runtime='host'></script>{PYSCRIPT}{tag}"
    else:
        host.write("calls.js", "(window.rudderanalytics = window.rudderanalytics || []).push(['page'])")
        html = site.tag("pyodide" if "Pyodide" in title else "micropython") + "<script src='calls.js'></script>"
    host.write("index.html", f"<!doctype html>{html}")
    page.goto(f"{host.url}/index.html")


@runs(EXAMPLES)
def test_a_policy_is_enough(
    host: Host, site: Site, page: Page, forbidden: list[str], wheel: str, example: Example
) -> None:
    visit(example.heading, POLICIES[example.heading], host, site, page, wheel)
    site.wait_for(1)
    page.evaluate("rudderanalytics.flush()")
    assert forbidden == []


@pytest.mark.page_errors
@pytest.mark.parametrize(("title", "directive", "source"), SOURCES)
def test_nothing_in_a_policy_is_too_much(
    host: Host, site: Site, page: Page, forbidden: list[str], wheel: str, title: str, directive: str, source: str
) -> None:
    policy = re.sub(rf"({directive}[^;]*) {re.escape(source)}(?=[; ]|$)", r"\1", POLICIES[title])
    assert policy != POLICIES[title]
    visit(title, policy, host, site, page, wheel)
    until(page, lambda: bool(forbidden))
