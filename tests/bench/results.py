"""What was measured, its medians and spread, and the ratios between those who were measured side by side."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any


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
        if self.unit == "ms per call":
            return f"{value:,.3f}"
        return f"{value:,.1f}" if self.unit in {"µs per message", "ms to answer"} else f"{value:,.0f}"


@dataclass
class Results:
    """Values by measure and competitor, in the order in which they came: a competitor has one of each round."""

    measures: Mapping[str, Measure]
    names: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    """Whose ratio is shown: the first one's values by the second one's."""
    values: dict[str, dict[str, list[float]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    failures: list[str] = field(default_factory=list)

    def add(self, measure: str, competitor: str, value: float) -> None:
        self.values[measure][competitor].append(value)

    def add_all(self, competitor: str, values: Mapping[str, float]) -> None:
        for measure, value in values.items():
            self.add(measure, competitor, value)

    def middle(self, measure: str, competitor: str) -> float | None:
        found = self.values[measure][competitor]
        return median(found) if found else None

    def ratio(self, measure: str, ours: str, theirs: str) -> float | None:
        """Of the medians; None where there is none, or the measure is a ratio already."""
        one, other = self.middle(measure, ours), self.middle(measure, theirs)
        return one / other if one is not None and other and self.measures[measure].unit != "x" else None

    def ratios(self, measure: str, ours: str, theirs: str) -> list[float]:
        """One of each round; none where one of the two failed, because nobody knows then which belong together."""
        one, other = self.values[measure][ours], self.values[measure][theirs]
        return [mine / its for mine, its in zip(one, other, strict=True) if its] if len(one) == len(other) else []

    def json(self) -> dict[str, Any]:
        found = {name: self._measured(name, measure) for name, measure in self._shown().items()}
        return {"names": self.names, "measures": found, "failures": self.failures}

    def table(self) -> str:
        """Ratios of medians first, then each median with the smallest and the largest value."""
        short = [f"{_short(ours)}/{_short(theirs)}" for ours, theirs in self.pairs]
        rows = [["", *short, *self.names]]
        for name, measure in self._shown().items():
            ratios = [self._ratio_cell(name, *pair) for pair in self.pairs]
            rows.append([f"{measure.title} ({measure.unit})", *ratios, *(self.cell(name, each) for each in self.names)])
        return aligned(rows)

    def by_competitor(self) -> str:
        """A line for each competitor, for where there are more of them than measures."""
        shown = self._shown()
        head = ["", *(f"{measure.title} ({measure.unit})" for measure in shown.values())]
        rows = [[each, *(self.cell(name, each) for name in shown)] for each in self.names]
        return aligned([[*line] for line in zip(*[head, *rows], strict=True)])

    def cell(self, measure: str, competitor: str) -> str:
        found, shown = self.values[measure][competitor], self.measures[measure].shown
        return with_spread(found, shown) if found else ""

    def _shown(self) -> dict[str, Measure]:
        return {name: measure for name, measure in self.measures.items() if any(self.values[name].values())}

    def _measured(self, name: str, measure: Measure) -> dict[str, Any]:
        competitors = {
            each: {"median": median(found), "min": min(found), "max": max(found), "values": found}
            for each in self.names
            if (found := self.values[name][each])
        }
        ratios = {}
        for ours, theirs in self.pairs:
            if (ratio := self.ratio(name, ours, theirs)) is not None:
                each_round = [round(value, 4) for value in self.ratios(name, ours, theirs)]
                ratios[f"{ours}/{theirs}"] = {"of medians": round(ratio, 4), "each round": each_round}
        return {"title": measure.title, "unit": measure.unit, "competitors": competitors, "ratios": ratios}

    def _ratio_cell(self, measure: str, ours: str, theirs: str) -> str:
        ratio = self.ratio(measure, ours, theirs)
        if ratio is None:
            return ""
        each_round = self.ratios(measure, ours, theirs)
        return f"{ratio:.2f}" + (spread(each_round, lambda value: f"{value:.2f}") if each_round else "")


def with_spread(found: list[float], shown: Callable[[float], str]) -> str:
    """The median, and the smallest and the largest in brackets."""
    return shown(median(found)) + spread(found, shown)


def spread(found: list[float], shown: Callable[[float], str]) -> str:
    return f" [{shown(min(found))}-{shown(max(found))}]" if min(found) != max(found) else ""


def aligned(rows: list[list[str]]) -> str:
    """Columns of one width; the first one begins at the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in rows
    )


def _short(name: str) -> str:
    return name.replace("micropython", "mpy")
