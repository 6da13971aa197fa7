"""A page that the browser opens before the visitor asks for it: nothing of ours is sent or stored until they do."""

from pathlib import Path
from types import SimpleNamespace

from browser.site_under_test import Site
from browser.undriven import chromium
from playwright.sync_api import Playwright

# What it calls in any case, and what it finds of ours, said to the page that the visitor is on still.
PRERENDERED = """<script>
window.rudderanalytics ||= [];
const say = () => {
    const stored = [...Object.keys(localStorage), ...Object.keys(sessionStorage), ...document.cookie.split("; ")];
    localStorage.said = JSON.stringify({ prerendering: document.prerendering, stored: stored.filter(Boolean) });
};
rudderanalytics.push(["identify", "u1"]);
rudderanalytics.push(["track", "Rendered"]);
addEventListener("load", () => setTimeout(say, 1000));
</script>"""

FIRST = """<a id="link" href="second.html">Next</a>
<script type="speculationrules">{"prerender": [{"urls": ["second.html"], "eagerness": "immediate"}]}</script>
<script>
window.onstorage = async ({ key, newValue }) => {
    if (key !== "said") return;
    const said = JSON.parse(newValue);
    await fetch("/v1/track", {
        method: "POST",
        headers: { Authorization: "Basic " + btoa("EVIDENCE:"), "Content-Type": "application/json" },
        body: JSON.stringify({ type: "track", event: "Evidence", anonymousId: "test", properties: said }),
    });
    if (said.prerendering) document.querySelector("#link").click();
};
</script>"""


def test_nothing_is_sent_or_stored_before_a_visitor_sees_the_page(
    site: Site, playwright: Playwright, config: SimpleNamespace, runtime: str, tmp_path: Path
) -> None:
    site.write(PRERENDERED + site.tag(runtime), "second.html")
    with chromium(playwright, config, tmp_path, site.write(FIRST, "first.html")):
        messages = site.wait_for(3)
    assert [message.get("event", message["type"]) for message in messages] == ["Evidence", "identify", "Rendered"]
    assert messages[0]["properties"] == {"prerendering": True, "stored": []}
