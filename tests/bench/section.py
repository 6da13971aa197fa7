"""One of the things that `make bench` measures, and its part of `bench.json`, which keeps the other ones'."""

import json
import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.results import Results
from bench.visit import CONFIG, ROOT
from playwright.sync_api import Playwright

REPORT = ROOT / "bench.json"


@dataclass
class Section:
    """`name` is its name in `bench.json`."""

    name: str
    rounds: int
    """How many are wanted."""
    chromium: str
    when: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    load: tuple[float, ...] = field(default_factory=os.getloadavg)

    def put(self, results: Results, done: int, path: Path = REPORT, **more: Any) -> None:
        machine = {"system": platform.platform(), "cpus": os.cpu_count(), "load": [self.load[0], os.getloadavg()[0]]}
        about = {"when": self.when, "machine": machine, "chromium": self.chromium, "rounds": done}
        report = json.loads(path.read_text()) if path.is_file() else {}
        report[self.name] = about | more | results.json()
        path.write_text(json.dumps(report, indent=2) + "\n")

    def closing(self, done: int) -> str:
        text = f"Medians of {done} rounds [smallest-largest]; Chromium {self.chromium}, {os.cpu_count()} CPUs, "
        text += f"load {self.load[0]:.1f} before and {os.getloadavg()[0]:.1f} after."
        if done < self.rounds:
            text += f"\nOnly {done} of {self.rounds} rounds fit into the time: SECONDS gives more."
        return text


def about_chromium(playwright: Playwright) -> tuple[str, str]:
    """Its version, and the User-Agent that it sends when it has a window."""
    chromium = playwright.chromium.launch(executable_path=CONFIG["CHROMIUM"], args=CONFIG["LAUNCH_ARGS"])
    user_agent = str(chromium.new_page().evaluate("navigator.userAgent"))
    version = chromium.version
    chromium.close()
    return version, user_agent.replace("HeadlessChrome", "Chrome")
