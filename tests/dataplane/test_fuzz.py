"""Some cases of each part of `make fuzz` and `make soak` that is about the data plane, always the same ones."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest
from fuzz.__main__ import dice, found, run
from fuzz.parts import gateway, http, kills, live, pressure, traffic

SEED = 13


@pytest.mark.parametrize(
    ("part", "cases"),
    [(gateway, 200), (live, 250), (http, 200), (kills, 2), (traffic, 2)],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_nothing_is_found(part: ModuleType, cases: int) -> None:
    with part.opened() as try_one:
        for case in range(cases):
            try_one(dice(SEED, part.__name__.rpartition(".")[2], case))


def test_what_is_large_has_bounds() -> None:
    """A tenth of what `make soak` sends."""
    seen = pressure.Seen()
    pressure.one(dice(SEED, "pressure", 0), seen, large=6, half_open=40, posted=30_000_000)
    assert 0 < seen.page < 100_000


def test_every_part_is_found_and_says_what_it_is() -> None:
    assert found(soak=False).keys() >= {"gateway", "live", "http"} and found(soak=True).keys() >= {
        "kills",
        "pressure",
        "traffic",
    }
    for module in (*found(soak=False).values(), *found(soak=True).values()):
        assert module.__doc__ and module.COUNT > 0 and callable(module.opened)


def test_a_case_that_fails_says_how_to_have_it_again(capsys: pytest.CaptureFixture[str]) -> None:
    rolled: list[int] = []

    def fails_at_3(dice: random.Random) -> None:
        rolled.append(dice.randrange(1000))
        assert len(rolled) < 4

    @contextmanager
    def opened() -> Iterator[Callable[[random.Random], Any]]:
        yield fails_at_3

    part = cast(ModuleType, SimpleNamespace(__doc__="A part that fails.", opened=opened, COUNT=10))
    assert not run("odd", part, 7, range(10), 60)
    assert "--part odd --seed 7 --case 3" in capsys.readouterr().out
    fourth = rolled[-1]
    rolled.clear()
    assert run("odd", part, 7, [3], 60) and rolled == [fourth]
    rolled.clear()
    assert run("odd", part, 7, range(10), -1) and rolled == []  # its time was up
