"""What `load` takes where a page alone can show it, and RudderStack's loading snippet. The rest is in vectors."""

from browser.site_under_test import Site, flush, stored_identity
from playwright.sync_api import BrowserContext, Page

# As the official snippet's stub behaves [js 1.11]: each method pushes while the global is an array, else it forwards.
STUB = """<script>
const methods = ["setDefaultInstanceKey", "load", "ready", "page", "track", "identify", "alias", "group", "reset",
  "setAnonymousId", "startSession", "endSession", "consent", "addCustomIntegration"];
window.rudderanalytics = [];
window.RudderSnippetVersion = "3.2.0";
window.rudderanalytics.snippetExecuted = true;
for (const method of methods) {
  window.rudderanalytics[method] = (...given) => {
    if (Array.isArray(window.rudderanalytics)) window.rudderanalytics.push([method, ...given]);
    else window.rudderanalytics[method]?.(...given);
  };
}
const { track, addCustomIntegration } = window.rudderanalytics;
window.rudderanalytics.track("before load");
window.rudderanalytics.load("%s", "%s", {logLevel: "NONE", onLoaded: (client) => client.track("loaded")});
window.rudderanalytics.setAnonymousId("me");
window.rudderanalytics.identify("u1", {a: 1});
window.rudderanalytics.ready(() => (window.isReady = true));
window.rudderanalytics.setDefaultInstanceKey("x");
window.rudderanalytics.page("Category", "Name");
</script>"""


def test_the_official_snippets_calls_in_order(site: Site, page: Page, runtime: str) -> None:
    nobody = {"data-write-key": "", "data-data-plane-url": ""}
    site.open(page, runtime, before=STUB % (site.write_key, site.url), **nobody)
    page.evaluate("track('by a stub kept from before'); addCustomIntegration('x', {})")
    page.wait_for_function("window.isReady")
    flush(page)
    messages = site.messages()
    assert [message.get("event", message["type"]) for message in messages][:3] == ["before load", "identify", "page"]
    assert {message.get("event") for message in messages[3:]} == {"by a stub kept from before", "loaded"}
    assert messages[0]["anonymousId"] != messages[1]["anonymousId"] == "me"
    assert (messages[2]["category"], messages[2]["userId"]) == ("Category", "u1")


def test_hints_storage_and_cookies(site: Site, page: Page, context: BrowserContext, runtime: str) -> None:
    site.open(page, runtime, **{"data-write-key": "", "data-data-plane-url": ""})
    page.evaluate(
        """([key, url]) => new Promise((settle) => rudderanalytics.load(key, url, {
          uaChTrackLevel: "full",
          storage: {
            entries: {userTraits: {type: "sessionStorage"}, groupId: {type: "memoryStorage"}, userId: {type: "none"}},
            cookie: {maxage: 0},
          },
          onLoaded: settle,
        }))""",
        [site.write_key, site.url],
    )
    page.evaluate("navigator.userAgentData.getHighEntropyValues(['model'])")  # asked later, answered later
    page.evaluate("rudderanalytics.identify('u1', {a: 1}); rudderanalytics.group('g1'); rudderanalytics.track('a')")
    flush(page)
    getters = "[rudderanalytics.getUserId(), rudderanalytics.getUserTraits(), rudderanalytics.getGroupId()]"
    assert page.evaluate(getters) == ["", {"a": 1}, "g1"]
    first, _, last = site.messages()
    assert (first["userId"], last["userId"], last["context"]["traits"]) == ("u1", "", {"a": 1})
    assert {"fullVersionList", "platformVersion"} < first["context"]["ua-ch"].keys()
    assert page.evaluate("Object.keys(sessionStorage)") == ["rl_trait"]
    assert "rl_anonymous_id" in stored_identity(context)
    assert {cookie["expires"] for cookie in context.cookies()} == {-1}
