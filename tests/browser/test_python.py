"""`import rudderanalytics` in the page: PyScript `py` and `mpy`, bare Pyodide after `micropip.install`, and the tag."""

import json

import pytest
from browser.site_under_test import (
    INTERPRETERS,
    PYSCRIPT,
    SEED,
    WRITE_KEY,
    Site,
    run_pyscript,
    stored_identity,
    until,
)
from playwright.sync_api import BrowserContext, Page, Route

RUNTIMES = {
    "py": "pyodide 0.29.5",
    "mpy": "micropython 1.27.0",
    "mpy 1.28": "micropython 1.28.0",
    "mpy 1.29": "micropython 1.29.0",
}


def test_the_seed_example(site: Site, page: Page, context: BrowserContext, version: str, wheel: str) -> None:
    result = run_pyscript(
        site,
        page,
        version,
        wheel,
        f"""
import rudderanalytics
rudderanalytics.load("{WRITE_KEY}", "{site.url}")
message_id = rudderanalytics.identify({SEED[0]!r}, {SEED[1]!r})
result = {{
    "id": message_id,
    "user_id": rudderanalytics.get_user_id(),
    "traits": rudderanalytics.get_user_traits(),
    "anonymous_id": rudderanalytics.get_anonymous_id(),
    "session_id": rudderanalytics.get_session_id(),
    "flushed": await rudderanalytics.flush(),
}}
""",
    )
    (event,) = site.events()
    message = event["message"]
    assert event["path"] == "/v1/identify"
    assert result == {
        "id": message["messageId"],
        "user_id": SEED[0],
        "traits": SEED[1],
        "anonymous_id": message["anonymousId"],
        "session_id": message["context"]["sessionId"],
        "flushed": {"delivered": 1, "dropped": 0, "pending": 0},
    }
    assert (message["userId"], message["context"]["traits"]) == (SEED[0], SEED[1])
    assert "traits" not in message
    library = message["context"]["library"]
    assert library["runtime"] == RUNTIMES[version]
    assert message["context"]["app"]["installType"] == "python"
    identity = stored_identity(context)
    assert (identity["rl_user_id"], identity["rl_trait"]) == (SEED[0], SEED[1])
    assert identity["rl_anonymous_id"] == message["anonymousId"]


def test_every_function(site: Site, page: Page, console: list[str], version: str, wheel: str) -> None:
    result = run_pyscript(
        site,
        page,
        version,
        wheel,
        f"""
import rudderanalytics as r
seen = []
r.on("message", lambda message: seen.append(message["type"]))
def before_send(message):
    if message["type"] == "track" and message["event"] == "Unwanted":
        return None
    if message["type"] == "track" and message["event"] == "Fails":
        raise KeyError("no")
    return message | {{"channel": "python"}}
r.load("{WRITE_KEY}", "{site.url}", log_level="ERROR", sessions={{"timeout": 60000}}, before_send=before_send,
       consent_management={{"enabled": True, "provider": "custom", "allowed_consent_ids": ["C1"]}})
r.set_anonymous_id("anonymous-1")
r.identify("u1", {{"plan": "free"}}, {{"integrations": {{"All": False}}}})
r.identify(traits={{"age": 36}})
r.track("Bought", {{"price": 9.5, "tags": ("a", "b")}})
r.page("Home", "Docs", {{"x": 1}})
r.page("Alone")
r.page(category="Only")
r.page()
r.group("g1", {{"size": 3}})
r.alias("u2", "u1")
r.track("Unwanted")
r.track("Fails")
r.consent(consent_management={{"provider": "custom", "denied_consent_ids": ["C2"]}}, track_consent=True)
await r.flush()
state = [r.get_user_id(), r.get_user_traits(), r.get_group_id(), r.get_group_traits(), r.get_anonymous_id()]
r.start_session(1234567890)
state.append(r.get_session_id())
r.end_session()
state.append(r.get_session_id())
r.reset()
state.append(r.get_user_id())
errors = []
for call in (lambda: r.identify("u1", {{"a": {{"b": {{1, 2}}}}}}), lambda: r.track("x", {{"f": float("nan")}})):
    try:
        call()
    except TypeError as error:
        errors.append(str(error))
await r.flush()
result = {{"state": state, "seen": seen, "errors": errors, "dropped": r.stats()["dropped"]}}
""",
    )
    messages = site.messages()[:9]
    kinds = ["identify", "identify", "track", "page", "page", "page", "page", "group", "alias"]
    assert [message["type"] for message in messages] == kinds and result["seen"] == [*kinds, "track"]
    consents = [message["context"]["consentManagement"] for message in (messages[0], site.messages()[9])]
    assert consents == [
        {"provider": "custom", "allowedConsentIds": ["C1"], "deniedConsentIds": []},
        {"provider": "custom", "allowedConsentIds": [], "deniedConsentIds": ["C2"]},
    ]
    assert result["state"] == [
        "u1",
        {"plan": "free", "age": 36},
        "g1",
        {"size": 3},
        "anonymous-1",
        1234567890,
        None,
        "",
    ]
    assert result["dropped"] == {"before_send": 1, "before_send_failed": 1}
    assert {message["channel"] for message in site.messages()} == {"python"}
    assert "beforeSend: KeyError" in console[0] and len(console) == 1
    assert "traits.a.b" in result["errors"][0]
    assert "properties.f" in result["errors"][1]
    assert messages[0]["integrations"] == {"All": False}
    assert messages[2]["properties"] == {"price": 9.5, "tags": ["a", "b"]}
    assert [(m.get("name"), m.get("category")) for m in messages[3:7]] == [
        ("Home", "Docs"),
        ("Alone", None),
        (None, None),
        (None, None),
    ]
    assert messages[5]["properties"]["category"] == "Only"
    assert (messages[8]["userId"], messages[8]["previousId"]) == ("u2", "u1")


def test_flush_waits_for_seconds(site: Site, page: Page, wheel: str, kind: str) -> None:
    """And says what still waits then; stats() says why."""
    site.faults(status=503, times=1, retryAfter=2)
    result = run_pyscript(
        site,
        page,
        kind,
        wheel,
        f"""
import rudderanalytics as r
r.load("{WRITE_KEY}", "{site.url}")
r.track("a")
result = {{"flushed": [await r.flush(0.5), await r.flush(20)], "failure": r.stats()["lastFailure"]}}
""",
    )
    assert result == {
        "flushed": [{"delivered": 0, "dropped": 0, "pending": 1}, {"delivered": 1, "dropped": 0, "pending": 0}],
        "failure": "status 503",
    }


def test_dates(site: Site, page: Page, wheel: str) -> None:
    run_pyscript(
        site,
        page,
        "py",
        wheel,
        f"""
import datetime as d
import rudderanalytics as r
r.load("{WRITE_KEY}", "{site.url}")
made = d.datetime(2024, 2, 29, 10, 11, tzinfo=d.timezone.utc)
r.identify("u1", {{"createdAt": made, "birthday": d.date(1985, 12, 10)}})
result = await r.flush()
""",
    )
    assert site.messages()[0]["context"]["traits"] == {
        "createdAt": "2024-02-29T10:11:00+00:00",
        "birthday": "1985-12-10",
    }


@pytest.mark.parametrize(
    ("kind", "tag", "worker"),
    [
        ("py", "host", False),
        ("mpy", "host", False),
        ("mpy", "micropython", False),
        ("mpy", "host", True),
        ("mpy", "pyodide", True),
        ("mpy", "micropython", True),
    ],
)
def test_with_the_script_tag_both_are_one_client(
    site: Site, page: Page, console: list[str], kind: str, wheel: str, tag: str, worker: bool
) -> None:
    """`host`: the interpreter of the page or its worker is the tag's too; calls made before it is up wait, stored."""
    buffer = "<script>window.rudderanalytics = []; rudderanalytics.push(['identify', 'u1', {plan: 'free'}])</script>"
    result = run_pyscript(
        site,
        page,
        kind,
        wheel,
        """
import rudderanalytics
rudderanalytics.track("from Python")
await rudderanalytics.flush()
result = rudderanalytics.get_user_id()
""",
        before=buffer + site.tag(tag),
        worker=worker,
        isolated=worker,
    )
    page.evaluate("rudderanalytics.track('from JavaScript')")
    messages = site.wait_for(3)
    assert result == "u1"
    assert [message.get("event") for message in messages] == [None, "from Python", "from JavaScript"]
    assert {message["userId"] for message in messages} == {"u1"}
    assert len({message["context"]["library"]["runtime"] for message in messages}) == 1
    assert console == []


def test_bare_pyodide_with_micropip(site: Site, page: Page, wheel: str) -> None:
    page.goto(site.write("a page of its own"))
    result = page.evaluate(
        """async ([url, wheel]) => {
            const { loadPyodide } = await import("/dist/pyodide/pyodide.mjs");
            const pyodide = await loadPyodide();
            await pyodide.loadPackage("micropip");
            return await pyodide.runPythonAsync(`
import micropip
await micropip.install("${location.origin}${wheel}")
import json, rudderanalytics
rudderanalytics.load("WRITE_KEY", "${url}")
rudderanalytics.identify("27340af5c8819", {"name": "Richard Hendricks", "email": "", "logins": 2})
json.dumps(await rudderanalytics.flush())`);
        }""",
        [site.url, wheel],
    )
    assert json.loads(result) == {"delivered": 1, "dropped": 0, "pending": 0}
    (message,) = site.messages()
    assert (message["userId"], message["context"]["traits"]) == (SEED[0], SEED[1])


def test_two_imports_of_the_lock_files_package(site: Site, page: Page) -> None:
    """dist/pyodide's lock file lists the package too; and a second interpreter on the page shares the client."""
    page.goto(site.write("a page of its own"))
    page.evaluate(
        """async (url) => {
            const { loadPyodide } = await import("/dist/pyodide/pyodide.mjs");
            for (const n of [1, 2]) {
                const pyodide = await loadPyodide({ packages: ["rudderanalytics"] });
                pyodide.globals.set("n", n);
                await pyodide.runPythonAsync(`
import rudderanalytics
if n == 1: rudderanalytics.load("WRITE_KEY", "${url}")
rudderanalytics.track(f"interpreter {n}")
await rudderanalytics.flush()`);
            }
        }""",
        site.url,
    )
    assert [message["event"] for message in site.messages()] == ["interpreter 1", "interpreter 2"]


@pytest.mark.parametrize(("kind", "worker"), [("py", False), ("mpy", False), ("mpy", True)])
def test_an_import_takes_over(site: Site, page: Page, kind: str, wheel: str, worker: bool) -> None:
    """Beside a tag that waits for the page's Python; the page's JavaScript makes the calls."""
    buffer = "<script>window.rudderanalytics = []; rudderanalytics.push(['identify', 'u1', {plan: 'free'}])</script>"
    source = "import rudderanalytics\nresult = True"
    run_pyscript(site, page, kind, wheel, source, before=buffer + site.tag("host"), worker=worker, isolated=worker)
    page.evaluate("rudderanalytics.track('from JavaScript')")
    assert [message["type"] for message in site.wait_for(2, seconds=10)] == ["identify", "track"]


def test_an_import_takes_over_from_a_tag_that_comes_later(site: Site, page: Page, wheel: str) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/dist/rudderanalytics.js", hold)
    imported: list[str] = []
    page.on("console", lambda line: imported.append(line.text))
    config = json.dumps({"interpreter": INTERPRETERS["mpy"], "packages": [wheel]})
    source = "import rudderanalytics, js; js.console.log('imported')"
    script = f"<script type='mpy' config='{config}'>{source}</script>"
    address = site.write(f"{site.tag('host')}{PYSCRIPT}{script}")
    page.goto(address, wait_until="commit")
    until(page, lambda: "imported" in imported and bool(held))
    held[0].continue_()
    page.wait_for_function("!!window.rudderanalytics?.track")
    page.evaluate("rudderanalytics.track('from JavaScript')")
    assert [message["event"] for message in site.wait_for(1, seconds=10)] == ["from JavaScript"]


def test_an_import_alone_leaves_a_page_as_it_is(site: Site, page: Page, context: BrowserContext, wheel: str) -> None:
    run_pyscript(site, page, "mpy", wheel, "import rudderanalytics\nresult = True")
    assert page.evaluate("[typeof rudderanalytics, localStorage.length]") == ["undefined", 0]
    assert context.cookies() == []


def test_a_policy_that_forbids_inline_scripts_is_explained(site: Site, page: Page, wheel: str) -> None:
    policy = "<meta http-equiv='Content-Security-Policy' content=\"script-src 'self' 'unsafe-eval'\">"
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text))
    page.goto(site.write("", head=policy))
    page.add_script_tag(url=f"{site.url}/dist/pyodide/pyodide.js")
    failed = page.evaluate("""async () => {
        const pyodide = await loadPyodide({ packages: ["rudderanalytics"] });
        try {
            pyodide.runPython("import rudderanalytics; rudderanalytics.load('k', 'http://127.0.0.1')");
        } catch (error) {
            return String(error);
        }
    }""")
    until(page, lambda: bool(errors))
    assert "content security policy" in failed
    assert 'data-runtime="host"' in failed


def test_values_of_javascript_are_the_same_on_py_and_mpy(site: Site, page: Page, version: str, wheel: str) -> None:
    result = run_pyscript(
        site,
        page,
        version,
        wheel,
        f"""
import js
import rudderanalytics as r
r.load("{WRITE_KEY}", "{site.url}")
nothing = js.localStorage.getItem("nothing")
given = js.JSON.parse('{{"a": {{"b": [1, null]}}, "é": "✓", "n": 9007199254740991}}')
r.identify(js.BigInt("12345678901234567890"), {{"first": nothing, "given": given, "at": js.Date.new(0)}}, nothing)
r.identify(nothing, {{"absent": js.undefined, "in": [nothing, given]}})
try:
    r.track("x", {{"a": {{"f": js.Map.new()}}}})
except TypeError as error:
    refused = str(error)
result = {{"refused": refused, "flushed": await r.flush()}}
""",
    )
    assert result["refused"] == "properties.a.f: a JavaScript Map cannot be sent as JSON"
    first, second = (event["message"] for event in site.events())
    given = {"a": {"b": [1, None]}, "é": "✓", "n": 9007199254740991}
    assert (first["userId"], second["userId"]) == ("12345678901234567890", "12345678901234567890")
    traits = {"given": given, "at": "1970-01-01T00:00:00.000Z"}
    assert first["context"]["traits"] == traits
    assert second["context"]["traits"] == traits | {"in": [None, given]}
