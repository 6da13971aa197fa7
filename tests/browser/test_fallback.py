"""An interpreter that stops because something was left out of it: nothing is lost or doubled, in any phase of a page.

Where it really lacks something, it is a module that was trimmed after what a few inputs need. Where it must stop at one
input and no other, the page's WebAssembly is made to: it does all that there is to do, and then it stops.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from browser.site_under_test import Site, flush, until
from playwright.sync_api import BrowserContext, Page, Route

from distribution import micropython, pyodide
from toolchain.step import run

pytestmark = pytest.mark.falls_back

LEAN, WHOLE = "**/micropython/rudderanalytics.wasm", "**/micropython/micropython.wasm"
LEAN_PYODIDE, WHOLE_PYODIDE = "**/pyodide/rudderanalytics.wasm", "**/pyodide/pyodide.asm.wasm"
HOT = Path(micropython.__file__).with_name("hot.mjs")
EMPTIED = Path(__file__).parents[1] / "distribution" / "emptied.mjs"

# The first instance of WebAssembly stops as soon as it has acted on an input of this type.
STOPS = """([type]) => {
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (module, imports) => {
        WebAssembly.instantiate = instantiate;
        const { exports } = await instantiate(module, imports);
        const act = (number, count, given, answered) => {
            const [, size, at] = new Int32Array(exports.memory.buffer, given, 3);
            const input = JSON.parse(new TextDecoder().decode(new Uint8Array(exports.memory.buffer, at, size)));
            exports.proxy_c_to_js_call(number, count, given, answered);
            if (input.type === type) throw new WebAssembly.RuntimeError("unreachable");
        };
        return { exports: { ...exports, proxy_c_to_js_call: act } };
    };
}"""


def stop_at(page: Page, type: str) -> None:
    page.add_init_script(f"({STOPS})({json.dumps([type])})")


@pytest.fixture(scope="module")
def trimmed_after(
    dist: Path, recorded_sessions: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Path]:
    """Makes a module that has what inputs of these types need, and no more."""
    made: dict[tuple[str, ...], Path] = {}

    def trim(*types: str) -> Path:
        if types not in made:
            folder = tmp_path_factory.mktemp("-".join(types) or "nothing")
            of = [
                [text for text in session if any(f'"type":"{type}"' in text for type in types)]
                for session in recorded_sessions
            ]
            (folder / "sessions.json").write_text(json.dumps([session for session in of if session]))
            sorry = "no list could be made"
            run("node", HOT, micropython.IMAGE, folder / "sessions.json", folder / "hot.json", "0", otherwise=sorry)
            micropython.lean(folder / "hot.json", folder / "made.wasm")
            made[types] = folder / "made.wasm"
        return made[types]

    return trim


def use(page: Page, module: Path, lean: str = LEAN) -> None:
    page.route(lean, lambda route: route.fulfill(body=module.read_bytes(), content_type="application/wasm"))


def asked_for_the_whole(page: Page, whole: str = WHOLE) -> list[str]:
    asked: list[str] = []
    name = whole.removeprefix("**")
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith(name) else None)
    return asked


def track(page: Page, first: int, last: int) -> None:
    page.evaluate(
        "([first, last]) => { for (let n = first; n <= last; n++) rudderanalytics.track('n', {n}); }", [first, last]
    )


def arrived(site: Site) -> list[int]:
    return [message["properties"]["n"] for message in site.messages("track")]


PHASES = [
    pytest.param((), id="boot"),
    pytest.param(("load", "adopted"), id="call"),
    pytest.param(("load", "adopted", "track"), id="response"),
]


@pytest.mark.parametrize("types", PHASES)
def test_what_really_lacks(
    site: Site, page: Page, console: list[str], trimmed_after: Callable[..., Path], types: tuple[str, ...]
) -> None:
    use(page, trimmed_after(*types))
    asked = asked_for_the_whole(page)
    site.open(page, "micropython")
    track(page, 1, 3)
    page.evaluate("rudderanalytics.identify('u1', {plan: 'free'})")
    track(page, 4, 6)
    assert flush(page) == {"delivered": 7, "dropped": 0, "pending": 0}
    page.evaluate("rudderanalytics.reset()")
    track(page, 7, 9)
    assert flush(page) == {"delivered": 3, "dropped": 0, "pending": 0}
    assert arrived(site) == list(range(1, 10))
    assert [message["userId"] for message in site.messages()] == [""] * 3 + ["u1"] * 4 + [""] * 3
    assert len(asked) == 1
    assert page.evaluate("Object.keys(localStorage).length") == 0
    assert [line for line in console if "failed" in line] == []


@pytest.mark.parametrize("type", ["load", "adopted", "track", "response", "identify", "flush"])
def test_one_that_stops(site: Site, page: Page, type: str) -> None:
    stop_at(page, type)
    asked = asked_for_the_whole(page)
    site.open(page, "micropython")
    track(page, 1, 3)
    page.evaluate("rudderanalytics.identify('u1')")
    track(page, 4, 6)
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")  # Python hears of no flush before
    assert flush(page) == {"delivered": 7, "dropped": 0, "pending": 0}
    assert arrived(site) == list(range(1, 7))
    page.wait_for_function("rudderanalytics.stats().fallbacks === 1")  # the whole one may still be on its way
    assert len(asked) == 1
    assert page.evaluate("Object.keys(localStorage).length") == 0


@pytest.mark.parametrize("type", ["load", "adopted", "track", "response", "hidden"])
def test_a_page_that_is_left_meanwhile(site: Site, context: BrowserContext, type: str) -> None:
    """The whole one never comes there. The next page delivers what was called, with the same ids."""
    page = context.new_page()
    stop_at(page, type)
    asked = asked_for_the_whole(page)
    page.route(WHOLE, lambda route: None)
    site.open(page, "micropython")
    ids = page.evaluate("[1, 2, 3].map((n) => rudderanalytics.track('n', {n}))")
    if type == "response":
        until(page, lambda: len(asked) == 1)
    elif type == "hidden":
        page.wait_for_function("rudderanalytics.stats().accepted === 3")
        site.wait_for(1)  # while a test routes requests the browser cancels those of a page that is left
    page.goto("about:blank")
    again = context.new_page()
    site.open(again, "micropython")
    track(again, 4, 4)
    flush(again)
    messages = site.wait(lambda messages: len({message["messageId"] for message in messages}) == 4)
    first = list(dict.fromkeys(message["messageId"] for message in messages))
    assert first[:3] == ids or type == "hidden"
    assert set(ids) < set(first)
    # What was on its way is held apart, until it is clear that it arrived (web/src/leaving.js).
    again.wait_for_function("Object.keys(localStorage).every((key) => /\\.(held|run)$/.test(key))")


def test_the_whole_one_is_asked_for_until_it_comes(site: Site, page: Page) -> None:
    stop_at(page, "track")
    tries: list[Route] = []

    def answer(route: Route) -> None:
        tries.append(route)
        if len(tries) == 1:
            route.abort()
        elif len(tries) == 2:
            route.fulfill(status=503)
        else:
            route.continue_()

    page.route(WHOLE, answer)
    site.open(page, "micropython")
    track(page, 1, 3)
    until(page, lambda: len(tries) == 1)
    page.evaluate("dispatchEvent(new Event('online'))")
    assert flush(page)["delivered"] == 3
    assert len(tries) == 3
    assert arrived(site) == [1, 2, 3]


def stays_stored(site: Site, page: Page, console: list[str], runtime: str, whole: str) -> None:
    """What this page, which needs the whole one, cannot deliver without it, the next one does."""
    page.route(whole, lambda route: route.fulfill(status=404, body="not here"))
    site.open(page, runtime)
    track(page, 1, 3)
    assert flush(page) == {"delivered": 0, "dropped": 0, "pending": 3}
    assert len(console) == 1 and "404" in console[0]
    site.open(page.context.new_page(), runtime)
    site.wait_for(3)
    assert arrived(site) == [1, 2, 3]


def test_where_there_is_no_whole_one_calls_stay_stored(site: Site, page: Page, console: list[str]) -> None:
    stop_at(page, "track")
    stays_stored(site, page, console, "micropython", WHOLE)


def test_much_that_was_given_before(site: Site, page: Page) -> None:
    """More than is kept to be given again: the memory was copied meanwhile, and has grown."""
    stop_at(page, "identify")
    site.open(page, "micropython")
    page.evaluate("for (let n = 1; n <= 40; n++) rudderanalytics.track('n', {n, text: 'x'.repeat(20_000)})")
    page.evaluate("rudderanalytics.identify('u1')")
    track(page, 41, 50)
    assert flush(page) == {"delivered": 51, "dropped": 0, "pending": 0}
    assert arrived(site) == list(range(1, 51))


# Pyodide, in a worker

BEYOND_LATIN = re.compile(r"[^\x00-\xff]|\\u")


@pytest.fixture(scope="module")
def pyodide_after(
    dist: Path, recorded_sessions: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """Makes a module that can start, or answer those inputs that have Latin letters only."""
    made: dict[str, Path] = {}

    def trim(what: str) -> Path:
        if what not in made:
            folder = tmp_path_factory.mktemp(what)
            given = [] if what == "boot" else recorded_sessions
            known = [[text for text in session if not BEYOND_LATIN.search(text)] for session in given]
            (folder / "sessions.json").write_text(json.dumps(known))
            watch, whole = pyodide.HOT.with_name("pyodideHot.mjs"), pyodide.RUNTIME / pyodide.WHOLE
            hot, sorry = folder / "hot.json", "no list could be made"
            run("node", watch, whole, pyodide.MADE, folder / "sessions.json", hot, "0", otherwise=sorry)
            made[what] = folder / "made.wasm"
            run("node", EMPTIED, whole, hot, made[what], otherwise=sorry)
        return made[what]

    return trim


def test_pyodide_that_can_only_start(
    site: Site, page: Page, console: list[str], pyodide_after: Callable[[str], Path]
) -> None:
    use(page, pyodide_after("boot"), LEAN_PYODIDE)
    asked = asked_for_the_whole(page, WHOLE_PYODIDE)
    site.open(page, "pyodide")
    track(page, 1, 3)
    page.evaluate("rudderanalytics.identify('u1', {plan: 'free'})")
    assert flush(page) == {"delivered": 4, "dropped": 0, "pending": 0}
    track(page, 4, 6)
    assert flush(page) == {"delivered": 3, "dropped": 0, "pending": 0}
    assert arrived(site) == list(range(1, 7))
    assert page.evaluate("rudderanalytics.stats().fallbacks") == 1
    assert len(asked) == 1
    assert page.evaluate("Object.keys(localStorage).length") == 0
    assert console == []


def test_pyodide_that_is_given_much_before_it_stops(
    site: Site, page: Page, console: list[str], pyodide_after: Callable[[str], Path]
) -> None:
    """More than is kept to be given again: the memory was copied meanwhile, and has grown."""
    use(page, pyodide_after("Latin only"), LEAN_PYODIDE)
    asked = asked_for_the_whole(page, WHOLE_PYODIDE)
    site.open(page, "pyodide")
    page.evaluate("for (let n = 1; n <= 120; n++) rudderanalytics.track('n', {n, text: 'x'.repeat(20_000)})")
    assert flush(page)["delivered"] == 120
    assert asked == []
    page.evaluate("rudderanalytics.track('n', {n: 121, text: '\u2713'})")
    track(page, 122, 130)
    assert flush(page) == {"delivered": 10, "dropped": 0, "pending": 0}
    assert arrived(site) == list(range(1, 131))
    assert len(asked) == 1
    assert console == []


def test_pyodide_that_is_left_meanwhile(
    site: Site, context: BrowserContext, pyodide_after: Callable[[str], Path]
) -> None:
    page = context.new_page()
    use(page, pyodide_after("boot"), LEAN_PYODIDE)
    asked = asked_for_the_whole(page, WHOLE_PYODIDE)
    page.route(WHOLE_PYODIDE, lambda route: None)
    site.open(page, "pyodide")
    ids = page.evaluate("[1, 2, 3].map((n) => rudderanalytics.track('n', {n}))")
    until(page, lambda: len(asked) == 1)
    page.goto("about:blank")
    again = context.new_page()
    site.open(again, "pyodide")
    track(again, 4, 4)
    assert flush(again)["delivered"] == 4
    assert arrived(site) == [1, 2, 3, 4]
    assert [message["messageId"] for message in site.messages("track")][:3] == ids


def test_where_there_is_no_whole_pyodide_calls_stay_stored(
    site: Site, page: Page, console: list[str], pyodide_after: Callable[[str], Path]
) -> None:
    use(page, pyodide_after("boot"), LEAN_PYODIDE)
    stays_stored(site, page, console, "pyodide", WHOLE_PYODIDE)


def test_where_there_is_no_trimmed_pyodide_the_whole_one_runs(site: Site, page: Page) -> None:
    page.route(LEAN_PYODIDE, lambda route: route.fulfill(status=404, body="not here"))
    site.open(page, "pyodide")
    track(page, 1, 3)
    assert flush(page) == {"delivered": 3, "dropped": 0, "pending": 0}
    assert arrived(site) == [1, 2, 3]
