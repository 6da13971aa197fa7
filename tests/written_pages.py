"""Pages of docs/ that a run of the tests writes, of what its tests say of themselves."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest


@dataclass(eq=False)
class Writer[Row]:
    """A plugin of pytest, one for each page.

    A test says what it is in its `user_properties`, by the names of the row's fields. With xdist, reports come to the
    process that started the others: it is the one that writes.
    """

    option: str
    """Of the command line: the path of the page. A run without it writes nothing."""
    row: type[Row]
    """A dataclass of texts. A test that says the first of them has a row; what it does not say is empty."""
    write: Callable[[list[Row], Path], None]
    rows: list[Row] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        said: dict[str, Any] = dict(report.user_properties)
        names = [column.name for column in fields(self.row)]  # type: ignore[arg-type]
        if report.when == "call" and names[0] in said:
            self.rows.append(self.row(*(str(said.get(name, "")) for name in names)))

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        path = session.config.getoption(self.option, None)
        if path is None or hasattr(session.config, "workerinput"):
            return
        if exitstatus == 0 and is_whole(session.config) and self.rows:
            self.write(self.rows, path)
        else:
            print(f"\n{path} is as it was: it is written by a whole run in which nothing fails")


def is_whole(config: pytest.Config) -> bool:
    """Was no test, and no file, chosen from the folders?"""
    chosen = [config.getoption(name, None) for name in ("keyword", "markexpr", "deselect", "lf", "ignore")]
    return not any(chosen) and all(Path(named).is_dir() for named in config.args)


def today() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%d %B %Y").lstrip("0")
