"""What was measured, its medians and spread, and the ratios between those who were measured side by side."""

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median

NAMES = ("official", "micropython", "pyodide", "plain")
RATIOS = (("micropython", "official"), ("pyodide", "official"), ("pyodide", "plain"))


@dataclass(frozen=True, slots=True)
class Measure:
    title: str
    unit: str
    """`x` is a ratio already, of a competitor to itself."""

    def shown(self, value: float) -> str:
        if self.unit == "x":
            return f"{value:.2f}"
        if self.unit == "bytes":
            return f"{value / 1000:,.0f} kB"
        return f"{value:,.3f}" if self.unit == "ms per call" else f"{value:,.0f}"


MEASURES = {
    "cold": Measure("navigation to first identify, cold", "ms"),
    "cold_slow": Measure("the same at 20 Mbit/s, 40 ms", "ms"),
    "second": Measure("the same on localhost, second visit", "ms"),
    "longest_task": Measure("longest main-thread task while booting (0: under 50)", "ms"),
    "call": Measure("identify, in a row of 1,000", "ms per call"),
    "call_in_all": Measure("the same with all that follows on the main thread", "ms per call"),
    "arrived": Measure("how many of the 1,000 arrive", "messages"),
    "waiting": Measure("a call with 5,000 waiting / with none", "x"),
    "growth": Measure("a call after 10,000 delivered / the first", "x"),
    "memory": Measure("memory of Python on the main thread, after 1,000", "bytes"),
    "memory_later": Measure("the same after 10,000", "bytes"),
    "wire": Measure("downloaded, first visit, as our data plane sends it", "bytes"),
    "gzip": Measure("the files, gzip -9", "bytes"),
    "brotli": Measure("the files, Brotli 11", "bytes"),
    "files": Measure("the files as they are", "bytes"),
}


@dataclass
class Results:
    """Values by measure and competitor, in the order in which they came."""

    values: dict[str, dict[str, list[float]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    failures: list[str] = field(default_factory=list)

    def add(self, measure: str, competitor: str, value: float) -> None:
        self.values[measure][competitor].append(value)

    def middle(self, measure: str, competitor: str) -> float | None:
        found = self.values[measure][competitor]
        return median(found) if found else None

    def ratio(self, measure: str, ours: str, theirs: str) -> float | None:
        one, other = self.middle(measure, ours), self.middle(measure, theirs)
        return one / other if one is not None and other else None

    def json(self) -> dict[str, object]:
        return {
            "measures": {
                name: {
                    "title": measure.title,
                    "unit": measure.unit,
                    "competitors": {
                        each: {"median": median(found), "min": min(found), "max": max(found), "values": found}
                        for each in NAMES
                        if (found := self.values[name][each])
                    },
                    "ratios": {
                        f"{ours}/{theirs}": round(ratio, 4)
                        for ours, theirs in RATIOS
                        if measure.unit != "x" and (ratio := self.ratio(name, ours, theirs)) is not None
                    },
                }
                for name, measure in MEASURES.items()
                if any(self.values[name].values())
            },
            "second visit, pyodide / plain's first": self._second_to_first(),
            "failures": self.failures,
        }

    def _second_to_first(self) -> float | None:
        one, other = self.middle("second", "pyodide"), self.middle("cold", "plain")
        return round(one / other, 4) if one and other else None

    def table(self) -> str:
        """Ratios of medians first, then each median with the smallest and the largest value."""
        ratios = [f"{_short(ours)}/{_short(theirs)}" for ours, theirs in RATIOS]
        rows = [["", *ratios, *NAMES]]
        for name, measure in MEASURES.items():
            if not any(self.values[name].values()):
                continue
            compared = [None if measure.unit == "x" else self.ratio(name, *pair) for pair in RATIOS]
            rows.append(
                [
                    f"{measure.title} ({measure.unit})",
                    *("" if ratio is None else f"{ratio:.2f}" for ratio in compared),
                    *(self._cell(name, each) for each in NAMES),
                ]
            )
        widths = [max(len(line[column]) for line in rows) for column in range(len(rows[0]))]
        return "\n".join(
            "  ".join(
                [line[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(line[1:], widths[1:], strict=True))]
            )
            for line in rows
        )

    def _cell(self, measure: str, competitor: str) -> str:
        found, shown = self.values[measure][competitor], MEASURES[measure].shown
        if not found:
            return ""
        spread = f" [{shown(min(found))}-{shown(max(found))}]" if min(found) != max(found) else ""
        return shown(median(found)) + spread


def _short(name: str) -> str:
    return {"micropython": "mpy", "pyodide": "pyodide", "official": "official", "plain": "plain"}[name]
