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

# Before the page's scripts: its Python's memory is seen from outside, and that of the whole MicroPython, where the page
# needs it. One in a worker is not.
WATCH = """(() => {
  const { instantiate } = WebAssembly;
  window.pythonMemories = [];
  WebAssembly.instantiate = async (...given) => {
    const made = await instantiate(...given);
    window.pythonMemories.push(new WeakRef((made.instance || made).exports.memory));
    return made;
  };
})();"""
_TOUCHED = """(page) => {
  let touched = 0;
  for (const memory of window.pythonMemories.map((reference) => reference.deref())) {
    const words = new BigUint64Array(memory?.buffer || 0);
    for (let at = 0; at < words.length; at += page / 8) {
      if (words.subarray(at, at + page / 8).some((word) => word)) touched += page;
    }
  }
  return touched;
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


def memory(opened: Opened) -> float:
    """Ours, on the main thread: bytes in pages of 4 KiB that ever held anything, of all that Python and its C have."""
    return float(opened.page.evaluate(_TOUCHED, 4096))


def growth(opened: Opened) -> dict[str, float]:
    """Ours: a call after 10,000 delivered ones, as a ratio to the first ones; memory after 1,000 and after them all."""
    identify(opened, _WARM)
    flush(opened)
    first = sample(opened)
    early = 0.0
    for done in range(0, EARLIER, _CHUNK):
        flush(opened)
        early = memory(opened) if done == ROW else early
        identify(opened, _CHUNK, done)
    flush(opened)
    return {"growth": sample(opened) / first, "memory": early, "memory_later": memory(opened)}


def waiting(stage: Stage, opened: Opened) -> float:
    """Ours: the cost of a call while 5,000 wait for a data plane that is down, as a ratio to one while none waits."""
    identify(opened, _WARM)
    flush(opened)
    accepted = int(opened.page.evaluate("rudderanalytics.stats().accepted"))
    stage.http.post("/api/faults", json={"status": 503, "times": 1_000_000}).raise_for_status()
    none = sample(opened)
    for done in range(_SAMPLE * _SAMPLES, WAITING, _CHUNK):
        identify(opened, min(_CHUNK, WAITING - done), done)
    opened.page.evaluate(_ACCEPTED, accepted + WAITING)
    return sample(opened) / none


def flush(opened: Opened) -> None:
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
