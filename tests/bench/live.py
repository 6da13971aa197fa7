"""How soon `/live` shows what the data plane took."""

import time

from bench.visit import Stage

_MESSAGES = 8
_WATCH = """() => {
  window.seen = {};
  new MutationObserver(() => requestAnimationFrame(() => {
    for (const what of document.querySelectorAll(".row .what")) seen[what.textContent] ??= Date.now();
  })).observe(document.getElementById("rows"), {childList: true});
}"""

# The page's policy lets no text become code, as Playwright's wait_for_function would while it waits.
_SEEN = """(name) => new Promise((settle) => {
  const look = () => (seen[name] ? settle(seen[name]) : setTimeout(look, 5));
  look();
})"""


def rows(stage: Stage) -> list[float]:
    """ms from a POST to its row in an open `/live`, by the machine's one clock, for some messages one by one."""
    took = []
    with stage.visitor() as visitor:
        page = visitor.context.new_page()
        page.goto(f"{stage.url}/live")
        page.locator("#connection", has_text="live").wait_for()
        page.evaluate(_WATCH)
        for n in range(_MESSAGES):
            began = time.time() * 1000
            message = {"type": "track", "event": f"Event {n}", "userId": "u-1"}
            stage.http.post("/v1/track", json=message, auth=("KEY", "")).raise_for_status()
            took.append(page.evaluate(_SEEN, f"Event {n}") - began)
    return took
