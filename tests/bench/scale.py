"""Ours, when there is much of everything: what a call costs, what Python and the page remember, what lies in storage.

Each part is bounded in time; where that was too short, the table says how far it came.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bench import calls, waiting
from bench.competitors import OURS, Competitor
from bench.results import Measure, Results
from bench.turns import Clock, in_turn
from bench.visit import Opened, Stage, Visitor

CALLS = 100_000
TABS = 50
CALLS_IN_A_TAB = 10
HOURS = 24
LONG = 1_000_000
"""Characters of the long trait."""

MEASURES = {
    "calls": Measure("calls in one page", "calls"),
    "call_early": Measure("one of them, after 10,000", "ms per call"),
    "call_late": Measure("after all", "ms per call"),
    "python_early": Measure("Python's memory on the main thread, after 10,000", "bytes"),
    "python_late": Measure("after all", "bytes"),
    "heap_early": Measure("JavaScript's memory, after 10,000", "bytes"),
    "heap_late": Measure("after all", "bytes"),
    "stored_early": Measure("localStorage, all delivered, after 10,000", "characters"),
    "stored_late": Measure("after all", "characters"),
    "hours": Measure("hours of one page's life, a call a minute", "hours"),
    "day_arrived": Measure("of each 1,000 calls arrive", "calls"),
    "hour_early": Measure("the main thread's work for a call, in the second hour", "ms per call"),
    "hour_late": Measure("in the last hour", "ms per call"),
    "day_python_early": Measure("Python's memory on the main thread, after the second hour", "bytes"),
    "day_python_late": Measure("after the last", "bytes"),
    "day_stored_early": Measure("localStorage after the second hour", "characters"),
    "day_stored_late": Measure("after the last", "characters"),
    "waiting_first": Measure("10,000 wait at start: navigation to the first message", "ms"),
    "waiting_all": Measure("to all of them", "ms"),
    "waiting_longest": Measure("longest task of the main thread", "ms"),
    "waiting_worked": Measure("all tasks of the main thread", "ms"),
    "tab_alone": Measure("a call where one tab is open", "ms per call"),
    "tab_among": Measure("where 50 are", "ms per call"),
    "tabs_missing": Measure("550 calls of 50 tabs: how many do not arrive", "calls"),
    "tabs_repeated": Measure("how many arrive again", "calls"),
    "tabs_stored": Measure("localStorage of all tabs, all delivered", "characters"),
    "long": Measure("identify with 1 MB of traits", "ms"),
    "long_all": Measure("all tasks of the main thread for it", "ms"),
    "long_python": Measure("Python's memory on the main thread afterwards", "bytes"),
    "long_stored": Measure("localStorage once it is delivered", "characters"),
    "long_delivered": Measure("is it delivered", "of 1"),
    "long_next": Measure("a track call after it, whose message has these traits too", "ms per call"),
}

_STORED = "Object.entries(localStorage).reduce((sum, [key, value]) => sum + key.length + value.length, 0)"
_CHUNK = 500
_EARLY = 10_000


def results() -> Results:
    return Results(MEASURES, tuple(each.name for each in OURS), ())


@dataclass
class Scale:
    stage: Stage
    results: Results
    clock: Clock
    seconds: float
    """Of each part."""

    def run(self, rounds: int) -> int:
        """As many rounds as there is time for; how many there were."""
        parts: dict[str, Callable[[Visitor, Competitor], dict[str, float]]] = {
            "1 MB of traits": self._long_trait,
            "10,000 waiting": self._waiting,
            "50 tabs": self._tabs,
            "24 hours": self._day,
            "100,000 calls": self._many_calls,
        }
        done = 0
        while done < rounds and self.clock.has_time("round"):
            with self.clock.round("round"):
                for what, part in parts.items():
                    with self.clock.round(what):
                        in_turn(OURS, done, self.results, what, lambda each, part=part: self._visit(part, each))
            done += 1
        return done

    def _visit(self, part: Callable[[Visitor, Competitor], dict[str, float]], competitor: Competitor) -> None:
        with self.stage.visitor() as visitor:
            visitor.context.add_init_script(calls.WATCH)
            self.results.add_all(competitor.name, part(visitor, competitor))

    def _many_calls(self, visitor: Visitor, competitor: Competitor) -> dict[str, float]:
        opened = visitor.open(competitor)
        end = time.monotonic() + self.seconds
        found: dict[str, float] = {}
        done = 0
        while done < CALLS and time.monotonic() < end:
            calls.identify(opened, _CHUNK, done)
            calls.flush(opened)
            done += _CHUNK
            if done == _EARLY:
                found |= _state(opened, "early")
        return found | {"calls": done} | _state(opened, "late")

    def _day(self, visitor: Visitor, competitor: Competitor) -> dict[str, float]:
        visitor.context.clock.install()
        opened = visitor.open(competitor)
        self.stage.calm()
        before = self.stage.last_seq()
        end = time.monotonic() + self.seconds
        found: dict[str, float] = {}
        hour = 0
        while hour < HOURS and time.monotonic() < end:
            worked = opened.seconds_of_tasks()
            for minute in range(60):
                opened.page.evaluate("(n) => void rudderanalytics.track('Minute', {n})", hour * 60 + minute)
                # Delivered before the clock goes on: a minute without an answer is a lost request.
                _settle(opened)
                opened.page.clock.run_for(60_000)
            hour += 1
            if hour in (2, HOURS):
                when = "early" if hour == 2 else "late"
                found[f"hour_{when}"] = (opened.seconds_of_tasks() - worked) * 1000 / 60
                found[f"day_python_{when}"] = calls.memory(opened)
                found[f"day_stored_{when}"] = float(opened.page.evaluate(_STORED))
        arrived = self.stage.last_seq() - before
        return found | {"hours": hour, "day_arrived": arrived * 1000 / (hour * 60)}

    def _waiting(self, visitor: Visitor, competitor: Competitor) -> dict[str, float]:
        return {f"waiting_{name}": value for name, value in waiting.start(visitor, competitor).items()}

    def _tabs(self, visitor: Visitor, competitor: Competitor) -> dict[str, float]:
        address, key = self.stage.write(competitor)
        before = self.stage.last_seq()
        first = visitor.at(address, key)
        alone = calls.sample(first)
        calls.flush(first)
        self.stage.calm()
        before = self.stage.last_seq()
        tabs = [first.page]
        for _ in range(TABS - 1):
            tabs.append(visitor.context.new_page())
            tabs[-1].goto(address, wait_until="commit")
        for tab in tabs:
            # What it called first another tab may have taken over (web/src/tabs.js): that is not in its own counts.
            tab.wait_for_function("window.rudderanalytics?.ready")
            tab.evaluate("new Promise((settle) => rudderanalytics.ready(() => settle()))")
        for number, tab in enumerate(tabs):
            tab.evaluate(_TRACK, [number * CALLS_IN_A_TAB, CALLS_IN_A_TAB])
        wanted = TABS * CALLS_IN_A_TAB + TABS - 1
        end = time.monotonic() + min(self.seconds, 60)
        while self.stage.last_seq() - before < wanted and time.monotonic() < end:
            first.page.wait_for_timeout(200)
        events = [event["message"]["messageId"] for event in self.stage.events()]
        among = calls.sample(first)
        calls.flush(first)
        return {
            "tab_alone": alone,
            "tab_among": among,
            "tabs_missing": wanted - len(set(events)),
            "tabs_repeated": len(events) - len(set(events)),
            "tabs_stored": float(first.page.evaluate(_STORED)),
        }

    def _long_trait(self, visitor: Visitor, competitor: Competitor) -> dict[str, float]:
        opened = visitor.open(competitor)
        calls.identify(opened, _CHUNK)
        calls.flush(opened)
        before = opened.seconds_of_tasks()
        cost = float(opened.page.evaluate(_LONG, LONG))
        became = opened.page.evaluate("rudderanalytics.flush()")
        worked = (opened.seconds_of_tasks() - before) * 1000
        found = {"long_python": calls.memory(opened), "long_stored": float(opened.page.evaluate(_STORED))}
        after = float(opened.page.evaluate(_TRACK, [0, 20]))
        return {
            "long": cost,
            "long_all": worked,
            **found,
            "long_delivered": float(became["delivered"]),
            "long_next": after,
        }


_TRACK = """([from, count]) => {
  const start = performance.now();
  for (let n = from; n < from + count; n++) rudderanalytics.track("Order Completed", {n});
  return (performance.now() - start) / count;
}"""
_LONG = """(length) => {
  const bio = "x".repeat(length);
  const start = performance.now();
  rudderanalytics.identify("u-1", {bio});
  return performance.now() - start;
}"""


def _state(opened: Opened, when: str) -> dict[str, float]:
    cost = calls.sample(opened)
    calls.flush(opened)
    opened.session.send("HeapProfiler.collectGarbage")
    metrics = {metric["name"]: metric["value"] for metric in opened.session.send("Performance.getMetrics")["metrics"]}
    return {
        f"call_{when}": cost,
        f"python_{when}": calls.memory(opened),
        f"heap_{when}": float(metrics["JSHeapUsedSize"]),
        f"stored_{when}": float(opened.page.evaluate(_STORED)),
    }


def _settle(opened: Opened) -> None:
    """Until all is delivered; the page's timers come due meanwhile, and its answers in their own time."""
    end = time.monotonic() + 30
    while opened.page.evaluate("rudderanalytics.stats().pending"):
        if time.monotonic() > end:
            raise RuntimeError("not all was delivered in 30 s")
        opened.page.clock.run_for(20)
