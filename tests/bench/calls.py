"""What calls cost the page's main thread once the runtime is up, and what becomes of them."""

import time
from statistics import median

from bench.visit import Opened, Stage

ROW = 1000
EARLIER = 10_000
WAITING = 5000

_WARM = 200
_SAMPLES = 10
_SAMPLE = 20
_CHUNK = 500
_QUIET = 10.0  # s without an arrival: nothing more is on its way; a worker goes through the whole row first
_LONGEST = 60.0  # s

_IDENTIFY = """([count, from]) => {
  const sdk = window.sdk || window.rudderanalytics;
  const start = performance.now();
  for (let n = 1; n <= count; n++) sdk.identify("u-1", {name: "Richard Hendricks", email: "", logins: from + n});
  return (performance.now() - start) / count;
}"""
_ACCEPTED = """async (count) => {
  while (rudderanalytics.stats().accepted < count) await new Promise((settle) => setTimeout(settle, 20));
}"""


def identify(opened: Opened, count: int, after: int = 0) -> float:
    """Calls in a row; ms per call, of the calling code's own time."""
    return float(opened.page.evaluate(_IDENTIFY, [count, after]))


def sample(opened: Opened) -> float:
    """The same for a few: the median of several short rows, which other work on the machine moves less."""
    return median(identify(opened, _SAMPLE) for _ in range(_SAMPLES))


def row(stage: Stage, opened: Opened) -> dict[str, float]:
    """A row of 1,000 in one go: ms per call, the same with all that follows on the main thread, how many arrive."""
    before, started = opened.seconds_of_tasks(), stage.last_seq()
    cost = identify(opened, ROW)
    _drain(stage, started + ROW)
    worked = (opened.seconds_of_tasks() - before) * 1000 / ROW
    arrived = {event["message"]["context"]["traits"]["logins"] for event in stage.events()} - {0}
    return {"call": cost, "call_in_all": worked, "arrived": len(arrived)}


def growth(opened: Opened) -> float:
    """Ours: the cost of a call after 10,000 delivered ones, as a ratio to the first ones'."""
    identify(opened, _WARM)
    _flush(opened)
    first = sample(opened)
    for done in range(0, EARLIER, _CHUNK):
        _flush(opened)
        identify(opened, _CHUNK, done)
    _flush(opened)
    return sample(opened) / first


def waiting(stage: Stage, opened: Opened) -> float:
    """Ours: the cost of a call while 5,000 wait for a data plane that is down, as a ratio to one while none waits."""
    identify(opened, _WARM)
    _flush(opened)
    accepted = int(opened.page.evaluate("rudderanalytics.stats().accepted"))
    stage.http.post("/api/faults", json={"status": 503, "times": 1_000_000}).raise_for_status()
    none = sample(opened)
    for done in range(_SAMPLE * _SAMPLES, WAITING, _CHUNK):
        identify(opened, min(_CHUNK, WAITING - done), done)
    opened.page.evaluate(_ACCEPTED, accepted + WAITING)
    return sample(opened) / none


def _flush(opened: Opened) -> None:
    became = opened.page.evaluate("rudderanalytics.flush()")
    if became["pending"] or became["dropped"]:
        raise RuntimeError(f"not all were delivered: {became}")


def _drain(stage: Stage, wanted: int) -> None:
    """Wait until so many arrived, or nothing does any more."""
    end = time.monotonic() + _LONGEST
    last, since = stage.last_seq(), time.monotonic()
    while last < wanted and time.monotonic() < min(end, since + _QUIET):
        time.sleep(0.1)
        if (now := stage.last_seq()) != last:
            last, since = now, time.monotonic()
