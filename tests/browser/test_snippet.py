"""The loading snippet: calls of the page never throw, whether the script is late, blocked, or there twice."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from browser.site_under_test import SEED, Site, flush, until
from examples import Example, runs, under
from playwright.sync_api import Page, Route

SNIPPET = Path(__file__).parents[2] / "dist" / "snippet.html"
SCRIPT = "**/dist/rudderanalytics.js"

# What a page may call, with what it gives. All of the client's methods: a test compares.
CALLS = {
    "ready": "() => {}",
    "identify": '"u2", {plan: "pro"}',
    "track": '"Bought", {price: 3}',
    "page": '"Docs", "Home"',
    "group": '"g1"',
    "alias": '"u3"',
    "reset": "",
    "setAnonymousId": '"anonymous-1"',
    "startSession": "",
    "endSession": "",
    "setAuthToken": '"token"',
    "consent": "{}",
    "revoke": "",
    "load": '"KEY", "https://dataplane.example.com"',
    "on": '"message", () => {}',
    "push": '["track", "Pushed"]',
    "stats": "",
    "debug": "",
    "getUserId": "",
    "getUserTraits": "",
    "getAnonymousId": "",
    "getGroupId": "",
    "getGroupTraits": "",
    "getSessionId": "",
    "flush": "",
}


def snippet(site: Site, runtime: str = "micropython") -> str:
    text = (
        SNIPPET.read_text().replace("https://dataplane.example.com", site.url).replace('"micropython"', f'"{runtime}"')
    )
    return text.replace("WRITE_KEY", site.write_key)


def code(site: Site) -> str:
    """The snippet without its tag."""
    return snippet(site).replace("<script>", "").replace("</script>", "")


class Held:
    """The script, which comes when it is let go."""

    def __init__(self, page: Page) -> None:
        self.routes: list[Route] = []
        self.asked = 0
        page.route(SCRIPT, self._ask)

    def _ask(self, route: Route) -> None:
        self.asked += 1
        self.routes.append(route)

    def let_go(self) -> None:
        for route in self.routes:
            route.continue_()
        self.routes.clear()


@pytest.fixture
def errors(page: Page) -> list[str]:
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_page_from_the_first_line(site: Site, page: Page, errors: list[str], runtime: str) -> None:
    called = f"<script>rudderanalytics.identify(...{json.dumps(SEED)})</script>"
    page.goto(site.write(called, head=snippet(site, runtime)))
    opened, identify = site.wait_for(2)
    assert (opened["type"], identify["userId"], identify["context"]["traits"]) == ("page", *SEED)
    assert errors == []


def test_all_calls_of_a_late_script_arrive_in_order(site: Site, page: Page, errors: list[str]) -> None:
    held = Held(page)
    page.goto(site.write("", head=snippet(site)), wait_until="commit")
    page.wait_for_function("window.rudderanalytics")
    page.evaluate("for (let i = 0; i < 20; i++) rudderanalytics.track(`Clicked ${i}`)")
    flushed = page.evaluate_handle("({ promise: rudderanalytics.flush() })")
    until(page, lambda: bool(held.routes))
    assert site.messages() == []
    held.let_go()
    said = flushed.evaluate("({ promise }) => promise")
    assert (said["dropped"], said["pending"]) == (0, 0)
    messages = site.messages()
    assert [message.get("event", message["type"]) for message in messages] == ["page"] + [
        f"Clicked {i}" for i in range(20)
    ]
    assert errors == []


def test_who_kept_the_array_reaches_the_client(site: Site, page: Page) -> None:
    page.goto(site.write("<script>kept = rudderanalytics</script>", head=snippet(site)))
    page.wait_for_function("rudderanalytics !== kept")
    page.evaluate('kept.setAnonymousId("anonymous-1"); kept.track("Kept")')
    assert site.wait_for(2)[1]["event"] == "Kept"
    assert page.evaluate("kept.getAnonymousId()") == page.evaluate("rudderanalytics.getAnonymousId()") == "anonymous-1"
    assert page.evaluate("kept.flush()")["pending"] == 0


@pytest.mark.parametrize("known", [True, False], ids=["a visitor who is known", "a new one"])
def test_no_call_throws_where_the_script_is_blocked(site: Site, page: Page, errors: list[str], known: bool) -> None:
    if known:
        page.goto(site.write("", head=snippet(site)))
        page.evaluate("""rudderanalytics.identify("u1", {name: "Zoë ✓", plan: "a; b=c"})""")
        page.evaluate("""rudderanalytics.group("g1", {seats: 3})""")
        flush(page)
        page.wait_for_function("rudderanalytics.getGroupId() === 'g1' && document.cookie.includes('rl_group_trait')")
    getters = [name for name in CALLS if name.startswith("get")]
    ask = f"Object.fromEntries({json.dumps(getters)}.map((name) => [name, rudderanalytics[name]()]))"
    before = page.evaluate(ask) if known else {"getUserTraits": {}, "getGroupTraits": {}, "getSessionId": None}
    page.route(SCRIPT, lambda route: route.abort())
    page.goto(site.write("", head=snippet(site)))
    assert page.evaluate(ask) == {name: before.get(name, "") for name in getters}
    calls = [f"rudderanalytics.{name}({given})" for name, given in CALLS.items()]
    page.evaluate(f"() => {{ {'; '.join(calls)} }}")
    flushed = page.evaluate("rudderanalytics.flush()")
    assert (flushed["delivered"], flushed["dropped"]) == (0, 0)
    assert flushed["pending"] > 0
    assert errors == []


def test_traits_too_large_for_a_cookie_are_read_too(site: Site, page: Page) -> None:
    page.goto(site.write("", head=snippet(site)))
    page.evaluate("rudderanalytics.identify('u1', {text: 'x'.repeat(5000)})")
    flush(page)
    page.wait_for_function("localStorage.rl_trait")
    page.route(SCRIPT, lambda route: route.abort())
    page.goto(site.write("", head=snippet(site)))
    assert len(page.evaluate("rudderanalytics.getUserTraits().text")) == 5000


@pytest.mark.parametrize(
    ("session", "answer"),
    [
        ({"id": 1234567890, "manualTrack": True}, 1234567890),
        ({"id": 1234567890123, "expiresAt": 4e12, "timeout": 1800000, "autoTrack": True}, 1234567890123),
        ({"id": 1234567890123, "expiresAt": 1, "timeout": 1800000, "autoTrack": True}, None),
        ({}, None),
    ],
)
def test_a_session_that_is_over_is_none(site: Site, page: Page, session: dict, answer: int | None) -> None:
    page.route(SCRIPT, lambda route: route.abort())
    page.goto(site.write("", head=snippet(site)))
    page.evaluate("(session) => document.cookie = `rl_session=RS_ENC_v3_${btoa(JSON.stringify(session))}`", session)
    assert page.evaluate("rudderanalytics.getSessionId()") == answer


@pytest.mark.parametrize("storage", ["{", "RS_ENC_v3_", "RS_ENC_v3_e30", "RS_ENC_v3_//8=", "RudderEncrypt:U2FsdGVk"])
def test_storage_that_cannot_be_read_is_as_if_there_were_none(site: Site, page: Page, storage: str) -> None:
    page.route(SCRIPT, lambda route: route.abort())
    page.goto(site.write("", head=snippet(site)))
    page.evaluate("(text) => { document.cookie = `rl_group_id=${text}`; localStorage.rl_trait = text }", storage)
    assert page.evaluate("[rudderanalytics.getUserTraits(), typeof rudderanalytics.getGroupId()]")[0] == {}


HOW: dict[str, Callable[[Site], str]] = {
    "in the body": snippet,
    "as a module": lambda site: snippet(site).replace("<script>", '<script type="module">'),
    "in a file": lambda site: _file(site, "<script src='snippet.js'></script>"),
    "in a file, async": lambda site: _file(site, "<script async src='snippet.js'></script>"),
    "in a file, deferred": lambda site: _file(site, "<script defer src='snippet.js'></script>"),
    "by a tag manager": lambda site: (
        "<script>document.body.append(Object.assign(document.createElement('script'), "
        f"{{text: {json.dumps(code(site))}}}))</script>"
    ),
    "after the page is there": lambda site: (
        f"<script>addEventListener('load', () => setTimeout(() => (0, eval)({json.dumps(code(site))})))</script>"
    ),
    "after the page's own array": lambda site: (
        "<script>(window.rudderanalytics = window.rudderanalytics || []).push(['track', 'Early'])</script>"
        + snippet(site)
    ),
    "beside an element of that name": lambda site: "<p id='rudderanalytics'></p>" + snippet(site),
}


def _file(site: Site, tag: str) -> str:
    (site.folder / "snippet.js").write_text(code(site))
    return tag


@pytest.mark.parametrize("how", HOW)
def test_wherever_it_stands(site: Site, page: Page, errors: list[str], how: str) -> None:
    page.goto(site.write(HOW[how](site)))
    messages = site.wait(lambda found: any(message["type"] == "page" for message in found))
    assert [message.get("event", message["type"]) for message in messages] == ["Early"] * ("array" in how) + ["page"]
    assert errors == []


def test_twice(site: Site, page: Page, errors: list[str], console: list[str]) -> None:
    held = Held(page)
    page.goto(site.write(snippet(site), head=snippet(site)), wait_until="commit")
    until(page, lambda: bool(held.routes))
    held.let_go()
    site.wait_for(2)
    page.evaluate(code(site))
    assert [message["type"] for message in site.wait_for(3)] == ["page"] * 3
    assert held.asked == 1
    assert errors == []
    assert [line for line in console if "load" not in line] == []


def test_every_method_of_the_client_is_there_before_it(site: Site, page: Page) -> None:
    page.goto(site.write("", head=snippet(site)))
    page.wait_for_function("rudderanalytics.version")
    methods = page.evaluate(
        "Object.keys(rudderanalytics).filter((name) => typeof rudderanalytics[name] === 'function')"
    )
    methods.remove("getAnalyticsInstance")  # it gives a client, and there is none
    assert set(methods) == set(CALLS)
    page.route(SCRIPT, lambda route: route.abort())
    page.goto(site.write("", head=snippet(site)))
    assert [name for name in methods if page.evaluate(f"typeof rudderanalytics.{name}") != "function"] == []


def test_it_is_at_most_1_kb() -> None:
    (loader,) = [line for line in SNIPPET.read_text().splitlines() if line.startswith("{")]
    bare = re.sub(r'"(/dist/rudderanalytics\.js|micropython)"', '""', loader)
    assert len(bare) <= 1024


# RudderStack's own snippet, 3.x, in our words: its methods push while the global is an array, and it composes the
# address of its script of four parts [js 1.11].
OFFICIAL = """<script>
(function () {
  window.RudderSnippetVersion = "3.2.0";
  var identifier = "rudderanalytics";
  if (!window[identifier]) window[identifier] = [];
  var rudderanalytics = window[identifier];
  if (!Array.isArray(rudderanalytics) || rudderanalytics.snippetExecuted === true) return;
  rudderanalytics.snippetExecuted = true;
  window.rudderAnalyticsBuildType = "legacy";
  var sdkBaseUrl = "https://cdn.rudderlabs.com";
  var sdkVersion = "v3";
  var sdkFileName = "rsa.min.js";
  var scriptLoadingMode = "async";
  ["setDefaultInstanceKey", "load", "ready", "page", "track", "identify", "alias", "group", "reset", "setAnonymousId",
   "startSession", "endSession", "consent", "addCustomIntegration"].forEach(function (method) {
    rudderanalytics[method] = function () {
      var given = [method].concat(Array.prototype.slice.call(arguments));
      if (Array.isArray(window[identifier])) rudderanalytics.push(given);
      else window[identifier][method].apply(window[identifier], arguments);
    };
  });
  try {
    new Function('class Test{field=()=>{};test({prop=[]}={}){return prop?(prop?.property??[...prop]):import("");}}');
    window.rudderAnalyticsBuildType = "modern";
  } catch (error) {}
  var head = document.head || document.getElementsByTagName("head")[0];
  window.rudderAnalyticsAddScript = function (url, attribute, value) {
    var script = document.createElement("script");
    script.src = url;
    script.setAttribute("data-loader", "RS_JS_SDK");
    if (attribute && value) script.setAttribute(attribute, value);
    if (scriptLoadingMode === "async") script.async = true;
    else if (scriptLoadingMode === "defer") script.defer = true;
    head.insertBefore(script, head.firstChild);
  };
  window.rudderAnalyticsMount = function () {
    var address = "".concat(sdkBaseUrl, "/").concat(sdkVersion, "/").concat(window.rudderAnalyticsBuildType, "/");
    rudderAnalyticsAddScript(address.concat(sdkFileName), "data-rsa-write-key", "WRITE_KEY");
  };
  window.rudderAnalyticsMount();
  rudderanalytics.load("WRITE_KEY", "https://dataplane.example.com", {});
})();
rudderanalytics.page();
</script>"""


@pytest.mark.parametrize("mode", ["async", "defer"])
@pytest.mark.parametrize("build", ["modern", "legacy"])
@runs(under("docs/migrate.md", "From RudderStack's loading snippet, 3.x"))
def test_the_official_snippet_with_the_change_that_the_documentation_says(
    site: Site, page: Page, errors: list[str], mode: str, build: str, example: Example
) -> None:
    official = OFFICIAL
    text = (Path(__file__).parents[2] / "docs" / "migrate.md").read_text()
    parts = re.findall(r"^(var \w+ = )(\".*\");$", example.code, re.MULTILINE)
    assert len(parts) == 3
    for name, value in parts:
        official, found = re.subn(rf'{name}"[^"]*"', name + value, official)
        assert found == 1
    (arguments,) = re.findall(r"change\n`(.+)` to `(.+)`\.", text)
    official = official.replace(*arguments)
    official = official.replace('scriptLoadingMode = "async"', f'scriptLoadingMode = "{mode}"')
    if build == "legacy":
        official = official.replace("new Function(", "new Missing(")
    official = official.replace("WRITE_KEY", site.write_key).replace("https://dataplane.example.com", site.url)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.write("<script>rudderanalytics.track('Bought')</script>", head=official))
    messages = site.wait_for(2)
    assert [message.get("event", message["type"]) for message in messages] == ["page", "Bought"]
    assert f"{site.url}/dist/rudderanalytics.js" in asked
    assert errors == []
