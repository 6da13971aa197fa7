"""What the core is given, recorded: sessions, each the inputs of one page, as texts.

They come from what says how the core behaves already, the vectors and the state machine, so that new behaviour is in
them as soon as it is tested. The fuzz (web/distribution/fuzz.mjs) begins where they end.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import own_process
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from machine.test_pages import SETTINGS, Pages
from vectors import run as runner

from rudderanalytics.core.analytics import Analytics

VECTORS = Path(__file__).parent / "vectors"
MACHINES = 80  # runs of the state machine; the first are short


def sessions() -> list[list[str]]:
    """Recorded now: the same ones for the same sources."""
    with recording() as heard:
        for path in sorted(VECTORS.glob("*.json")):
            if runner.is_of_the_core(path.name):
                runner.run(path.read_text())
    of_the_machine: list[list[str]] = json.loads(own_process.run("import inputs; inputs.print_those_of_the_machine()"))
    return heard + of_the_machine


def print_those_of_the_machine() -> None:
    """What its pages gave MicroPython, as JSON."""
    heard: list[list[str]] = []

    class Recorded(Pages):
        def teardown(self) -> None:
            super().teardown()
            if hasattr(self, "browser"):
                heard.extend([text for text, _ in tab.record] for tab in self.browser.tabs if tab.record)

    some = settings(SETTINGS, max_examples=MACHINES, phases=[Phase.generate])
    run_state_machine_as_test(seed(0)(Recorded), settings=some)
    print(json.dumps(heard))


@contextmanager
def recording() -> Iterator[list[list[str]]]:
    """A list that fills with the inputs of every core that is given any meanwhile."""
    heard: list[list[str]] = []
    of: dict[Analytics, list[str]] = {}
    handle = Analytics.handle

    def hear(core: Analytics, given: dict[str, Any]) -> list[dict[str, Any]]:
        if core not in of:
            of[core] = []
            heard.append(of[core])
        of[core].append(json.dumps(given, ensure_ascii=False, separators=(",", ":")))  # as JSON.stringify
        return handle(core, given)

    Analytics.handle = hear  # type: ignore[method-assign]
    try:
        yield heard
    finally:
        Analytics.handle = handle  # type: ignore[method-assign]
