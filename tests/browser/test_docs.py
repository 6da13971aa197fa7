"""The examples of README and documentation, run as they stand, each where a reader puts it.

HTML is a page, JavaScript a script of a page that has the loading snippet, Python a program on a page, in a worker or
in Pyodide's console. Only the addresses of data plane and wheel and the write key are changed. What a bundler builds is
in test_npm.py, what changes RudderStack's own snippet in test_snippet.py.
"""

import json
import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from browser.pyodide_console import arrives
from browser.site_under_test import SEED, Site, flush, stored_identity, until
from examples import Example, on_site, runs, under, with_wheel, written_in
from playwright.sync_api import BrowserContext, Page, Route

SNIPPET = Path(__file__).parents[2] / "dist" / "snippet.html"
BANNER = under("docs/recipes.md", "A consent banner", "html")
IN_WORKER = under("docs/hosts.md", "A worker without a document", "python")
ALONE = under("docs/hosts.md", "Without the script tag", "python")  # test_standalone.py
IN_CONSOLE = under("docs/hosts.md", "Pyodide's console", "python")
IN_NOTEBOOK = under("docs/hosts.md", "marimo", "python") + under("docs/hosts.md", "JupyterLite", "python")
IN_APP = under("docs/hosts.md", "stlite") + under("docs/hosts.md", "A button of a Streamlit app")
IN_APP += under("docs/hosts.md", "Panel") + under("docs/hosts.md", "A button of a Panel app")
IN_APP += under("docs/hosts.md", "shinylive")
SHOWS = under("docs/hosts.md", "A site that is not yours to change")
WHAT_PEOPLE_DO = under("docs/hosts.md", "A cell that is run") + under("docs/hosts.md", "A button of an app")
LOADS_PYODIDE = under("docs/hosts.md", "Pyodide on a page", "js")
VIEWS, ERRORS = under("docs/page-views.md"), under("docs/errors.md")
COOKIES = under("docs/cookies.md", language="html")
COOKIEBOT, OTHERS = under("docs/privacy.md", "Consent managers", "js")
ON_PAGE = [
    each
    for each in written_in("python")
    if each not in IN_WORKER + ALONE + IN_NOTEBOOK + IN_APP + SHOWS + WHAT_PEOPLE_DO + IN_CONSOLE + VIEWS + ERRORS
]
PYSCRIPT = [each for each in written_in("html") if "pyscript-core" in each.code]


def the_seed(messages: list[dict[str, Any]]) -> bool:
    (message,) = messages
    return (message["userId"], message["context"]["traits"]) == tuple(SEED)


@pytest.fixture
def printed(page: Page) -> list[str]:
    lines: list[str] = []
    page.on("console", lambda line: lines.append(line.text))
    return lines


def a_folder_of_a_version(route: Route, site: Site) -> None:
    """On a site that keeps each version in a folder of its own; what the script asks for, it asks there."""
    route.continue_(url=re.sub(r"/rudderanalytics-[\d.]+/", "/dist/", route.request.url))


@runs([each for each in written_in("html") if each not in BANNER + VIEWS + ERRORS + COOKIES])
def test_html(site: Site, page: Page, example: Example) -> None:
    page.route(re.compile(r"/rudderanalytics-[\d.]+/"), lambda route: a_folder_of_a_version(route, site))
    page.goto(site.write(on_site(example.code, site.url, site.write_key)))
    until(page, lambda: bool(site.messages()))
    messages = site.messages()
    assert the_seed(messages) if SEED[0] in example.code else messages[0]["type"] == "page"


@runs([each for each in under("docs/script-tag.md", language="html") if "preload" in each.code])
def test_what_is_asked_for_ahead_is_asked_for_once(
    site: Site, page: Page, console: list[str], example: Example
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    page.goto(site.write(on_site(example.code, site.url, site.write_key)))
    until(page, lambda: bool(site.messages()))
    ours = [name for name in asked if name.startswith("rudderanalytics.")]
    assert sorted(ours) == ["rudderanalytics.js", "rudderanalytics.mjs", "rudderanalytics.wasm"]
    assert console == []


@runs(PYSCRIPT)
def test_html_with_the_other_interpreter(site: Site, page: Page, example: Example) -> None:
    """ "The same source runs in `<script type="mpy">`", and the other way round."""
    change = {'type="py"': 'type="mpy"', 'type="mpy"': 'type="py"', "pyodide": "micropython", "micropython": "pyodide"}
    code = re.sub("|".join(change), lambda found: change[found[0]], example.code)
    page.goto(site.write(on_site(code, site.url)))
    assert the_seed(site.wait_for(1))


def open_with_banner(site: Site, page: Page, example: Example) -> None:
    page.goto(site.write(on_site(example.code, site.url, site.write_key)))
    page.wait_for_function("!!rudderanalytics.flush")
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")


def left_in(page: Page) -> tuple[list[str], list[str]]:
    """The names of what is stored."""
    names = [str(cookie.get("name")) for cookie in page.context.cookies()]
    return sorted(names), page.evaluate("Object.keys(localStorage).sort()")


@runs(BANNER)
def test_the_banner_is_said_yes_to(site: Site, page: Page, example: Example) -> None:
    open_with_banner(site, page, example)
    assert page.locator("#banner").is_visible()
    assert (site.messages(), left_in(page)) == ([], ([], []))
    page.click("#yes")
    flush(page)
    open_with_banner(site, page, example)
    assert page.locator("#banner").is_hidden()
    flush(page)
    first, second = site.messages()
    assert first["anonymousId"] == second["anonymousId"]
    said = [message["context"]["consentManagement"]["allowedConsentIds"] for message in (first, second)]
    assert said == [["analytics"], ["analytics"]]


@runs(BANNER)
def test_the_banner_takes_no_for_an_answer(site: Site, page: Page, example: Example) -> None:
    open_with_banner(site, page, example)
    page.click("#no")
    for _ in range(2):  # the same page, and the next
        page.evaluate("rudderanalytics.track('Bought'); rudderanalytics.identify('u1', { plan: 'pro' })")
        page.evaluate("rudderanalytics.flush(500)")
        assert (site.messages(), left_in(page)) == ([], ([], ["consent"]))
        open_with_banner(site, page, example)
        assert page.locator("#banner").is_hidden()


@runs(BANNER)
def test_a_yes_that_is_taken_back(site: Site, page: Page, example: Example) -> None:
    open_with_banner(site, page, example)
    page.click("#yes")
    flush(page)
    assert "rl_anonymous_id" in left_in(page)[0]
    page.click("#again")
    page.locator("#banner").wait_for()
    page.click("#no")
    page.evaluate("rudderanalytics.track('Bought')")
    open_with_banner(site, page, example)
    page.evaluate("rudderanalytics.track('Bought'); rudderanalytics.flush(500)")
    assert [message["type"] for message in site.messages()] == ["page"]
    assert left_in(page) == ([], ["consent"])


def open_with_snippet(site: Site, page: Page, code: str) -> None:
    """A page with the loading snippet in its head; the code is its script."""
    snippet = on_site(SNIPPET.read_text(), site.url, site.write_key)
    if ".load(" in code:
        snippet = re.sub(r"rudderanalytics\.(load|page)\(.*\n", "", snippet)
    page.goto(site.write(f"<script>{on_site(code, site.url, site.write_key)}</script>", head=snippet))


@runs(under("docs/recipes.md", "Pages of an app that has one page"))
def test_addresses_that_change(site: Site, page: Page, example: Example) -> None:
    open_with_snippet(site, page, example.code)
    page.evaluate("history.pushState(null, '', '?second')")
    page.evaluate("(document.title = 'The third', history.pushState(null, '', '?third'))")
    site.wait_for(3)
    page.go_back()
    opened = [message["context"]["page"] for message in site.wait_for(4)]
    assert [each["search"] for each in opened] == ["", "?second", "?third", "?second"]
    assert opened[2]["title"] == "The third"


@runs(under("docs/recipes.md", "Login and logout"))
def test_login_and_logout(site: Site, page: Page, context: BrowserContext, example: Example) -> None:
    open_with_snippet(site, page, example.code)
    _, identify = site.wait_for(2)
    assert identify["userId"] == SEED[0]
    assert identify["context"]["traits"] == {"name": "Richard Hendricks", "email": "richard@example.com"}
    flush(page)
    page.wait_for_function("rudderanalytics.getUserId() === ''")
    assert page.evaluate("rudderanalytics.getUserTraits()") == {}
    assert page.evaluate("rudderanalytics.getAnonymousId()") == identify["anonymousId"]


@runs(under("docs/recipes.md", "Ad blockers"))
def test_a_reverse_proxy(site: Site, page: Page, example: Example) -> None:
    asked: list[str] = []

    def pass_on(route: Route) -> None:
        """What a site's own server does."""
        asked.append(route.request.url)
        route.continue_(url=route.request.url.replace("/e/", "/"))

    page.route("**/e/**", pass_on)
    open_with_snippet(site, page, example.code + "rudderanalytics.track('Bought');")
    flush(page)
    assert [message["event"] for message in site.messages()] == ["Bought"]
    assert asked == [f"{site.url}/e/v1/track"]


@runs(under("docs/debugging.md", "Debugging", "js"))
def test_debugging(site: Site, page: Page, printed: list[str], example: Example) -> None:
    open_with_snippet(site, page, example.code)
    assert [message["type"] for message in site.wait_for(2)] == ["page", "track"]
    until(page, lambda: any(line.startswith("[rudderanalytics] state") for line in printed))


@runs(under("docs/migrate.md", "From Segment", "js"))
def test_a_visitor_whom_segment_knew(site: Site, page: Page, context: BrowserContext, example: Example) -> None:
    known = "b3c1d9a4-0000-4000-8000-5e9a3e000001"
    context.add_cookies([{"name": "ajs_anonymous_id", "value": known, "url": site.url}])
    open_with_snippet(site, page, example.code + "rudderanalytics.track('Bought');")
    (message,) = site.wait_for(1)
    assert message["anonymousId"] == known


@runs(under("docs/destinations.md", "The example", "js"))
def test_every_trait(site: Site, page: Page, example: Example) -> None:
    open_with_snippet(site, page, example.code)
    _, identify = site.wait_for(2)
    assert (identify["userId"], len(identify["context"]["traits"])) == ("user-123", 17)


PYODIDE = """async (source) => {
    const { loadPyodide } = await import("/dist/pyodide/pyodide.mjs");
    const pyodide = await loadPyodide({ packages: ["micropip"] });
    await pyodide.runPythonAsync(source);
}"""


@runs(ON_PAGE)
def test_python(site: Site, page: Page, printed: list[str], example: Example) -> None:
    page.goto(site.write("a page"))
    page.evaluate(PYODIDE, on_site(example.code, site.url))
    messages = site.wait_for(1)
    assert messages[0]["userId"] in (SEED[0], "u-1")
    if "flush" in example.code:
        assert [message["type"] for message in messages] == ["identify", "track"]
        assert messages[0]["context"]["traits"]["name"] == "Ada Lovelace"
        assert messages[1]["properties"] == {"cells": 12}
        assert printed[-1] == "{'delivered': 2, 'dropped': 0, 'pending': 0}"


WORKER = """
import { loadPyodide } from "/dist/pyodide/pyodide.mjs";
onmessage = async ({ data: [first, source] }) => {
    const pyodide = await loadPyodide({ indexURL: "/dist/pyodide/" });
    await pyodide.loadPackage(first);
    postMessage(await pyodide.runPythonAsync(source + "\\n'done'").catch(String));
};
"""


def shape(value: Any) -> Any:
    """Names and types: what is in lists is as the first."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    return [shape(value[0])] if isinstance(value, list) else type(value).__name__


@runs(under("docs/cookies.md", language="json"), "request_")
@runs(COOKIES)
def test_cookies_that_a_server_sets(site: Site, page: Page, example: Example, request_: Example) -> None:
    asked: list[Any] = []
    page.on("request", lambda request: asked.append(request) if request.url.endswith("/rsaRequest") else None)
    address = site.write(on_site(example.code, site.url, site.write_key))
    page.goto(address.replace("127.0.0.1", "www.example.test"))
    until(page, lambda: bool(asked))
    page.wait_for_function("document.cookie.includes('rl_anonymous_id=RS_ENC_v3_')")
    assert asked[0].url == f"http://example.test:{site.port}/rsaRequest"
    sent, said = asked[0].post_data_json, json.loads(request_.code)
    assert shape(sent) == shape(said)
    assert sent["data"]["options"] == said["data"]["options"] | {"domain": ".example.test"}


WAITS = """{
    consentManagement: { enabled: true, provider: "%s" },
    preConsent: { enabled: true, events: { delivery: "buffer" } },
}"""


def open_with_consent(site: Site, page: Page, provider: str, code: str) -> None:
    """A page that waits for a decision, and the code of the example."""
    snippet = on_site(SNIPPET.read_text(), site.url, site.write_key)
    snippet = snippet.replace(f'"{site.url}")', f'"{site.url}", {WAITS % provider})')
    page.goto(site.write(f"<script>{code}</script>", head=snippet))
    page.wait_for_function("!!rudderanalytics.version")
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
    assert (site.messages(), left_in(page)) == ([], ([], []))


def ids_of(message: dict[str, Any]) -> tuple[list[str], list[str]]:
    said = message["context"]["consentManagement"]
    return said["allowedConsentIds"], said["deniedConsentIds"]


@runs([COOKIEBOT])
def test_a_banner_of_cookiebot(site: Site, page: Page, example: Example) -> None:
    manager = "Cookiebot = { consent: { necessary: true, preferences: false, statistics: true, marketing: false } };"
    open_with_consent(site, page, "cookiebot", manager + example.code)
    page.evaluate("dispatchEvent(new Event('CookiebotOnAccept'))")
    (message,) = site.wait_for(1)
    allowed, denied = ids_of(message)
    assert ("statistics" in allowed, "marketing" in denied) == (True, True)
    page.evaluate("dispatchEvent(new Event('CookiebotOnDecline'))")
    page.evaluate("rudderanalytics.track('Bought')")
    page.evaluate("rudderanalytics.flush(500)")
    assert (len(site.messages()), left_in(page)) == (1, ([], []))


@pytest.mark.parametrize("manager", ["Usercentrics", "TCF"])
@runs([OTHERS])
def test_a_banner_that_says_its_ids_itself(site: Site, page: Page, example: Example, manager: str) -> None:
    managers = """
        const service = (name, given) => ({ name, consent: { given } });
        const services = { a: service("Ours", true), b: service("Theirs", false) };
        __ucCmp = { getConsentDetails: async () => ({ services }) };
        __tcfapi = (command, version, listener) => void (tcf = (...said) => listener(...said));
    """
    open_with_consent(site, page, "custom", managers + example.code)
    page.evaluate("tcf({ purpose: { consents: { 1: true } }, eventStatus: 'cmpuishown' }, true)")
    page.evaluate("tcf({}, false)")
    assert site.messages() == []
    if manager == "TCF":
        page.evaluate("tcf({ purpose: { consents: { 1: true, 7: false } }, eventStatus: 'useractioncomplete' }, true)")
    else:
        page.evaluate("dispatchEvent(new Event('UC_UI_INITIALIZED'))")
    (message,) = site.wait_for(1)
    assert ids_of(message) == ((["1"], ["7"]) if manager == "TCF" else (["Ours"], ["Theirs"]))


def run_in_worker(site: Site, page: Page, first: str, code: str) -> None:
    """In Pyodide, once it has loaded the `first` package, in a worker of this page."""
    (site.folder / "docs_worker.js").write_text(WORKER)
    said = page.evaluate(
        """given => new Promise((settle) => {
            window.worker = new Worker("/site/docs_worker.js", { type: "module" });
            worker.onmessage = ({ data }) => settle(data);
            worker.postMessage(given);
        })""",
        [first, on_site(code, site.url, site.write_key)],
    )
    assert said == "done"


def of_notebook(code: str, wheel: str) -> str:
    """As a worker runs it without the notebook: its `%pip` is micropip. tests/hosts has the notebooks themselves."""
    return re.sub(r"^%pip install (.+)", r"import micropip; await micropip.install('\1')", with_wheel(code, wheel))


def the_notebook_opened(messages: list[dict[str, Any]]) -> bool:
    identify, track = messages
    assert (identify["userId"], identify["context"]["traits"]) == (SEED[0], {"name": "Richard Hendricks"})
    return (track["event"], track["properties"]) == ("Notebook opened", {"cells": 12})


@runs(IN_NOTEBOOK)
def test_python_in_a_notebook(site: Site, page: Page, wheel: str, example: Example) -> None:
    page.goto(site.write(site.tag("micropython")))
    run_in_worker(site, page, "micropip", of_notebook(example.code, site.url + wheel))
    assert the_notebook_opened(site.messages())


@runs(SHOWS)
def test_a_notebook_that_shows_the_tag(site: Site, page: Page, wheel: str, example: Example) -> None:
    """What its last line gives is put into the page, as a notebook does; the page has no tag before."""
    page.goto(site.write("a notebook"))
    code = of_notebook(example.code, site.url + wheel).replace("https://www.example.com", site.url)
    *before, last = code.splitlines()
    assert last.startswith("rudderanalytics.show(")
    display = f"import js; js.BroadcastChannel.new('display').postMessage(({last})._repr_html_())"
    page.evaluate("""() => {
        new BroadcastChannel("display").onmessage = ({ data }) =>
            document.body.append(document.createRange().createContextualFragment(data));
    }""")
    run_in_worker(site, page, "micropip", "\n".join([*before, display]))
    assert the_notebook_opened(site.wait_for(2))
    assert page.evaluate("rudderanalytics.getUserId()") == SEED[0]


@runs(WHAT_PEOPLE_DO)
def test_what_people_do_in_a_notebook(site: Site, page: Page, wheel: str, example: Example) -> None:
    """Beside names that stand for those of IPython and marimo; `make test-hosts` runs it in JupyterLite and marimo."""
    host = """
        import sys, types
        heard = []
        events = types.SimpleNamespace(register=lambda name, function: heard.append(function))
        get_ipython = lambda: types.SimpleNamespace(events=events)
        marimo = sys.modules["marimo"] = types.ModuleType("marimo")
        marimo.ui = types.SimpleNamespace(button=lambda label, on_click: heard.append(on_click))
    """
    happens = "for function in heard: function(types.SimpleNamespace(raw_cell='1 + 1'))\nawait rudderanalytics.flush()"
    page.goto(site.write(site.tag("micropython")))
    code = of_notebook(example.code, site.url + wheel)
    run_in_worker(site, page, "micropip", "\n".join([dedent(host), code, happens]))
    (message,) = site.messages()
    done = {
        "A cell that is run": ("Cell run", {"lines": 1}),
        "A button of an app": ("Button clicked", {"label": "Buy"}),
    }
    assert (message["event"], message["properties"]) == done[example.heading]


@runs(IN_APP)
def test_python_of_an_app(site: Site, page: Page, wheel: str, example: Example) -> None:
    """Beside names that stand for those of Streamlit and Panel; `make test-hosts` runs it in stlite and Panel."""
    host = """
        import sys, types
        opened, pressed = [], []
        class State(dict):
            __setattr__ = dict.__setitem__
        streamlit = sys.modules["streamlit"] = types.ModuleType("streamlit")
        streamlit.session_state = State()
        streamlit.button = lambda label, on_click, args: pressed.append(lambda event: on_click(*args))
        panel = sys.modules["panel"] = types.ModuleType("panel")
        panel.state = types.SimpleNamespace(onload=opened.append)
        button = types.SimpleNamespace(on_click=pressed.append, servable=lambda: None)
        panel.widgets = types.SimpleNamespace(Button=lambda name: button)
    """
    app = example.code * (2 if "streamlit" in example.code else 1)  # Streamlit runs it again and again
    happens = """
        for function in opened: await function()
        for function in pressed[:1]: function(None)
        await rudderanalytics.flush()
    """
    page.goto(site.write(site.tag("micropython")))
    run_in_worker(site, page, site.url + wheel, "\n".join([dedent(host), app, dedent(happens)]))
    if example.heading in ("stlite", "Panel", "shinylive"):
        assert the_notebook_opened(site.messages())
    else:
        (message,) = site.messages()
        assert (message["event"], message["properties"]) == ("Button clicked", {"label": "Buy"})


@runs(IN_WORKER)
def test_python_in_a_worker(site: Site, page: Page, context: BrowserContext, wheel: str, example: Example) -> None:
    page.goto(site.write(site.tag("micropython")))
    run_in_worker(site, page, site.url + wheel, example.code)
    (message,) = site.messages()
    assert (message["event"], message["properties"]) == ("Notebook opened", {"cells": 12})
    assert message["context"]["page"]["path"] == "/site/page.html"
    assert stored_identity(context)["rl_anonymous_id"] == message["anonymousId"]


@runs(LOADS_PYODIDE)
def test_javascript_that_loads_pyodide(site: Site, page: Page, wheel: str, example: Example) -> None:
    load = 'import { loadPyodide } from "/dist/pyodide/pyodide.mjs";'
    code = on_site(example.code, site.url, site.write_key).replace("WHEEL", json.dumps(site.url + wheel), 1)
    page.goto(site.write(f'<script type="module">{load}\n{code}</script>'))
    (message,) = site.wait_for(1)
    assert (message["event"], message["properties"]) == ("Notebook opened", {"cells": 12})


@runs(IN_CONSOLE)
def test_python_in_the_console(site: Site, page: Page, context: BrowserContext, wheel: str, example: Example) -> None:
    arrives(site, page, context, "npm/pyodide", wheel, example)
