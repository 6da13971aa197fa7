"""Two clients in a page: own outbox and options, one visitor; the official SDK is the judge."""

import json

from browser.site_under_test import Site, basic, flush, until
from playwright.sync_api import BrowserContext, Page

TWO = """async ([url, key]) => {
    const second = rudderanalytics.getAnalyticsInstance(key);
    second.load(key, url, { useGlobalIntegrationsConfigInEvents: true, integrations: { All: false } });
    rudderanalytics.identify("u1", { plan: "pro" });
    second.track("second");
    rudderanalytics.track("first");
    window.second = second;
    return [second.getUserId(), second.getAnonymousId() === rudderanalytics.getAnonymousId()];
}"""


def other(site: Site) -> str:
    """Another write key: pages that an earlier test left may send on for a moment."""
    return site.write_key + "_SECOND"


def test_two_clients_have_an_outbox_each_and_one_visitor(
    site: Site, page: Page, context: BrowserContext, console: list[str], runtime: str
) -> None:
    site.open(page, runtime)
    assert page.evaluate(TWO, [site.url, other(site)]) == ["u1", True]
    flush(page)
    assert page.evaluate("second.flush()")["pending"] == 0
    found = {
        event["message"].get("event", event["message"]["type"]): (event["headers"]["authorization"], event["message"])
        for event in site.events()
    }
    first, second = basic(site.write_key), basic(other(site))
    assert {name: key for name, (key, _) in found.items()} == {"identify": first, "first": first, "second": second}
    messages = [message for _, message in found.values()]
    assert len({message["anonymousId"] for message in messages}) == 1
    assert len({message["context"]["sessionId"] for message in messages}) == 1
    assert {message["userId"] for message in messages} == {"u1"}
    assert found["second"][1]["integrations"] == {"All": False} != found["first"][1]["integrations"]
    assert {cookie["name"] for cookie in context.cookies() if cookie["name"] == "rl_user_id"} == {"rl_user_id"}
    assert console == []


def test_what_one_could_not_send_its_own_client_sends_on_the_next_page(site: Site, page: Page) -> None:
    site.open(page, "micropython")
    page.evaluate(TWO, [site.url, other(site)])
    flush(page)
    page.evaluate("second.flush()")
    site.faults(status=503, times=1000)
    page.evaluate("second.track('late'); rudderanalytics.track('later')")
    page.wait_for_function("second.stats().retried && rudderanalytics.stats().retried")
    before = len(site.messages())
    page.goto("about:blank")
    site.clear_faults()
    site.open(page, "micropython")
    site.wait_for(before + 1)
    assert [message["event"] for message in site.messages()[before:]] == ["later"]
    page.evaluate(TWO, [site.url, other(site)])
    until(page, lambda: "late" in [message.get("event") for message in site.messages()])
    late = [event for event in site.events() if event["message"].get("event") == "late"]
    assert [event["headers"]["authorization"] for event in late] == [basic(other(site))]


def test_the_official_sdk_loses_what_its_second_client_is_told(site: Site, page: Page) -> None:
    """[js 1.1]: only one instance works. It is why ours is no instance of that kind."""
    html = """<script src="/official/index.js"></script><script>
        const sdk = new rudderanalytics.RudderAnalytics();
        sdk.load(%s, location.origin, {configUrl: location.origin});
    </script>"""
    page.goto(site.write(html % json.dumps(site.write_key)))
    page.evaluate("new Promise((settle) => sdk.ready(() => settle()))")
    page.evaluate(
        """(url) => {
        const second = sdk.getAnalyticsInstance("SECOND");
        second.load("SECOND", url, {configUrl: url});
        try { second.track({name: "second"}); } catch {}
        sdk.track("first");
    }""",
        site.url,
    )
    site.wait(lambda messages: any(message.get("event") == "first" for message in messages))
    page.goto("about:blank")
    assert basic(other(site)) not in {event["headers"]["authorization"] for event in site.events()}
