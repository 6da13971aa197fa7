"""The tables of docs/performance.md, from `bench.json`: what stands between a section's two marks is written anew."""

import json
import re
from pathlib import Path
from typing import Any

from bench.results import Measure, spread
from bench.section import REPORT
from bench.visit import ROOT

PAGE = ROOT / "docs" / "performance.md"
_MARKED = r"(<!-- bench: {name} -->\n).*?(<!-- bench: end -->)"


def write(name: str, report: Path = REPORT, page: Path = PAGE) -> None:
    """Raises ValueError where the page has no place for the section."""
    section, text = json.loads(report.read_text())[name], page.read_text()
    marked = re.compile(_MARKED.format(name=re.escape(name)), re.DOTALL)
    if not marked.search(text):
        raise ValueError(f"{page.name} has no place for {name}")
    page.write_text(marked.sub(lambda found: f"{found[1]}\n{about(section)}\n\n{table(section)}\n\n{found[2]}", text))


def about(section: dict[str, Any]) -> str:
    """When, of what, on which machine: what a reader needs to judge the figures, and to get the like."""
    machine = section["machine"]
    load = " to ".join(f"{value:.1f}" for value in machine["load"])
    rounds = "1 round" if section["rounds"] == 1 else f"medians of {section['rounds']} rounds"
    text = f"{section['when'][:10]}, {rounds}, smallest and largest in brackets; Chromium {section['chromium']}, "
    text += f"{machine['cpus']} CPUs, load {load}."
    if commit := section.get("commit"):
        text += f" Before is commit {commit[:9]}."
    if versions := section.get("versions"):
        text += " Versions: " + ", ".join(f"{name} {version}" for name, version in versions.items()) + "."
    if failures := section["failures"]:
        text += f" Failed: {'; '.join(failures)}."
    return text


def table(section: dict[str, Any]) -> str:
    """A line for each measure; its ratios first, where there are any."""
    names = [
        name for name in section["names"] if any(name in each["competitors"] for each in section["measures"].values())
    ]
    pairs = list(dict.fromkeys(pair for each in section["measures"].values() for pair in each["ratios"]))
    if len(pairs) > len(names):
        pairs = []  # everybody with everybody: the medians say it
    rows = [["", *(pair.replace("/", " / ") for pair in pairs), *names], ["---"] * (1 + len(pairs) + len(names))]
    for each in section["measures"].values():
        measure = Measure(each["title"], each["unit"])
        ratios = [_ratio(each["ratios"].get(pair)) for pair in pairs]
        cells = [_cell(measure, each["competitors"].get(name)) for name in names]
        rows.append([f"{measure.title} ({measure.unit})", *ratios, *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(measure: Measure, found: dict[str, Any] | None) -> str:
    return measure.shown(found["median"]) + spread(found["values"], measure.shown) if found else ""


def _ratio(found: dict[str, Any] | None) -> str:
    if not found:
        return ""
    return f"**{found['of medians']:.2f}**" + (
        spread(found["each round"], "{:.2f}".format) if found["each round"] else ""
    )
