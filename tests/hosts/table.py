"""The table of docs/hosts.md, written from what a run of the hosts' tests did: which host, by which Python, where."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from written_pages import today

BEGIN, END = "<!-- written by `make test-hosts` -->", "<!-- to here -->"
TAG = "with the script tag in the page"
SHOWN = "with the tag that a cell shows"
NONE = "without the tag"
STANDALONE = "without the tag, by `standalone=True`"
WAYS = (TAG, SHOWN, NONE, STANDALONE)
PAGE = "the page"


@dataclass(frozen=True)
class Ran:
    """What one run of one test was."""

    host: str
    """With its version, where it is more than Python."""
    python: str
    """The interpreter, with its version."""
    where: str
    """`PAGE`, or the kind of worker."""
    way: str
    """One of `WAYS`."""
    cannot: str = ""
    """Why the host cannot do it; empty: it did."""


type Says = Callable[[str, str, str, str], None]
"""By which a test says its row: a host, the folder of its interpreter, where it runs, one of `WAYS`."""


def write(ran: list[Ran], page: Path) -> None:
    """Put the table between the page's two comments; all else stays."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    if not after:
        raise ValueError(f"{page}: no {BEGIN} with {END} after it")
    page.write_text("\n".join([before + BEGIN, "", *_lines(ran), "", END + after]))


def _lines(ran: list[Ran]) -> Iterable[str]:
    notes: list[str] = []
    yield "| host | interpreter | Python runs in | the message arrives |"
    yield "|---|---|---|---|"
    for (host, where), found in groupby(sorted(ran, key=_order), lambda each: (each.host, each.where)):
        row = list(found)
        here = [each for each in row if not each.cannot]
        named = _named({each.python for each in here or row})
        cells = [_ways(here), *(_note(row, reason, notes) for reason in sorted({each.cannot for each in row} - {""}))]
        yield f"| {host} | {named} | {where} | {'; '.join(filter(None, cells))} |"
    yield ""
    for number, note in enumerate(notes, 1):
        yield f"{number}. {note}"
    if notes:
        yield ""
    yield f"{len(ran)} runs in Chromium on {today()}."


def _order(ran: Ran) -> tuple[str, str]:
    return ran.host.lower(), ran.where


def _ways(here: list[Ran]) -> str:
    """An interpreter is named where not all of the row's came that way."""
    everywhere = {each.python for each in here}
    found = []
    for way in WAYS:
        came = {each.python for each in here if each.way == way}
        if came:
            found.append(way if came == everywhere else f"{way} ({_named(came)})")
    return "; ".join(found)


def _note(row: list[Ran], reason: str, notes: list[str]) -> str:
    text = f"{_named({each.python for each in row if each.cannot == reason})}: {reason}."
    if text not in notes:
        notes.append(text)
    return f"[{notes.index(text) + 1}]"


def _named(pythons: set[str]) -> str:
    """`MicroPython 1.27.0, Pyodide 0.27.7, 314.0.7`."""
    of_a_kind = groupby(sorted(pythons, key=_by_version), lambda python: python.partition(" ")[0])
    return ", ".join(
        f"{kind} {', '.join(python.partition(' ')[2] for python in found)}".strip() for kind, found in of_a_kind
    )


def _by_version(python: str) -> tuple[str, list[int]]:
    return python.partition(" ")[0], [int(number) for number in re.findall(r"\d+", python)]
