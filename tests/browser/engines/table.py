"""docs/engines.md, written from what a run of the tests saw: which case holds in which engine, and why one does not."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from written_pages import today

HEADING = """# Engines

{cases} cases of the script tag and of `import rudderanalytics` in three engines, {runs} runs on {date}, by
`make test-engines`, which writes this page. Chromium is driven by Playwright, Firefox by WebDriver BiDi, WebKitGTK (the
engine of Safari) by WebKitWebDriver; headless, on Debian. "yes": on both interpreters.
"""


@dataclass(frozen=True)
class Seen:
    """What one run of one test was."""

    part: str
    case: str
    engine: str
    """With its version."""
    interpreter: str
    cannot: str
    """Why the engine, or what drives it, cannot do it; empty: it can."""
    fault: str
    """A known fault of ours; empty: none."""


@dataclass
class Table:
    """Rows in the order in which the tests are written, columns in that of the engines."""

    seen: list[Seen]

    def write(self, path: Path) -> None:
        path.write_text("\n".join(self._lines()) + "\n")

    def _lines(self) -> Iterable[str]:
        engines = sorted({seen.engine for seen in self.seen})
        cases = list(dict.fromkeys((seen.part, seen.case) for seen in sorted(self.seen, key=lambda seen: seen.part)))
        notes: list[str] = []
        yield HEADING.format(cases=len(cases), runs=len(self.seen), date=today())
        yield f"| case | {' | '.join(engines)} |"
        yield "|---" * (len(engines) + 1) + "|"
        for part, case in cases:
            cells = [self._cell(part, case, engine, notes) for engine in engines]
            yield f"| {case} | {' | '.join(cells)} |"
        yield ""
        for number, note in enumerate(notes, 1):
            yield f"{number}. {note}"

    def _cell(self, part: str, case: str, engine: str, notes: list[str]) -> str:
        here = [seen for seen in self.seen if (seen.part, seen.case, seen.engine) == (part, case, engine)]
        answers = {seen: _note(seen, notes) for seen in here}
        if len(set(answers.values())) == 1:
            return answers[here[0]]
        by_interpreter: dict[str, str] = {}
        for seen, answer in answers.items():
            if by_interpreter.get(seen.interpreter, "yes") == "yes":
                by_interpreter[seen.interpreter] = answer
        return ", ".join(f"{interpreter}: {answer}" for interpreter, answer in sorted(by_interpreter.items()))


def _note(seen: Seen, notes: list[str]) -> str:
    if not (seen.cannot or seen.fault):
        return "yes"
    engine = seen.engine.rpartition(" ")[0]
    text = f"{engine}: {seen.cannot}." if seen.cannot else f"Ours, to be mended: {seen.fault}."
    if text not in notes:
        notes.append(text)
    return f"[{notes.index(text) + 1}]"
