"""A page that finds 10,000 messages of earlier pages waiting, as many as no page stores by itself."""

import time

from bench.competitors import Competitor
from bench.visit import Opened, Stage, Visitor

MESSAGES = 10_000
_LONGEST = 120.0  # s

# Clones of the one that waits: another place in line, another id, and of its context only what a message must have, so
# that all of them fit into localStorage.
_CLONE = """([key, count]) => {
  const begin = `rudderanalytics.${key}.`;
  const line = /^[0-9a-f-]{36}[.][0-9]{10}[.][0-9]+$/;
  const isMessage = (name) => name.startsWith(begin) && line.test(name.slice(begin.length));
  const [name] = Object.keys(localStorage).filter(isMessage);
  const message = JSON.parse(localStorage.getItem(name));
  const [owner, first, at] = name.slice(begin.length).split(".");
  message.context = {library: message.context.library};
  for (let n = 1; n < count; n++) {
    message.messageId = crypto.randomUUID();
    const place = String(Number(first) + n).padStart(10, "0");
    localStorage.setItem(`${begin}${owner}.${place}.${at}`, JSON.stringify(message));
  }
  return Object.keys(localStorage).filter(isMessage).length;
}"""


def start(visitor: Visitor, competitor: Competitor) -> dict[str, float]:
    """ms to the first message and to all of them, the longest task until then, and seconds of the main thread."""
    stage = visitor.stage
    address, key = stage.write(competitor)
    stage.http.post("/api/faults", json={"status": 503, "times": 1_000_000}).raise_for_status()
    page = visitor.context.new_page()
    page.goto(address)
    page.wait_for_function(
        "(begin) => Object.keys(localStorage).some((key) => key.startsWith(begin) && /[.][0-9]+$/.test(key))",
        arg=f"rudderanalytics.{key}.",
    )
    page.wait_for_function("typeof rudderanalytics.stats === 'function' && rudderanalytics.stats().retried > 0")
    # On a page without the SDK, when its own has gone: no other page's lock or memory has a part in it.
    page.goto(f"{stage.url}/bench/empty.html")
    stored = page.evaluate(_CLONE, [key, MESSAGES])
    if stored != MESSAGES:
        raise RuntimeError(f"{stored} messages are stored, not {MESSAGES}")
    page.close()
    stage.calm()
    before = stage.last_seq()
    opened = visitor.at(address, key)
    return {"first": opened.milliseconds, **_all(stage, opened, before)}


def _all(stage: Stage, opened: Opened, before: int) -> dict[str, float]:
    end = time.monotonic() + _LONGEST
    while (arrived := stage.last_seq() - before) < MESSAGES + 1:  # and the new page's own
        if time.monotonic() > end:
            raise RuntimeError(f"{arrived} of {MESSAGES + 1} messages arrived in {_LONGEST:.0f} s")
        time.sleep(0.1)
    took = stage.arrived(stage.events()[-1]) - opened.page.evaluate("performance.timeOrigin")
    return {
        "all": took,
        "longest": opened.page.evaluate("Math.max(0, ...longTasks)"),
        "worked": opened.seconds_of_tasks() * 1000,
    }
