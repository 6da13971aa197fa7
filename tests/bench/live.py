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


def rows(stage: Stage) -> list[float]:
    """ms from a POST to its row in an open `/live`, by the machine's one clock, for some messages one by one."""
    took = []
    with stage.visitor() as visitor:
        page = visitor.context.new_page()
        page.goto(f"{stage.url}/live")
        page.wait_for_function("document.getElementById('connection').textContent === 'live'")
        page.evaluate(_WATCH)
        for n in range(_MESSAGES):
            began = time.time() * 1000
            message = {"type": "track", "event": f"Event {n}", "userId": "u-1"}
            stage.http.post("/v1/track", json=message, auth=("KEY", "")).raise_for_status()
            took.append(page.wait_for_function(f"seen['Event {n}']").json_value() - began)
    return took
