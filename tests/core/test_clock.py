"""clock: time as it passes, whatever the clock says."""

import pytest

from rudderanalytics.core.delivery.clock import LONGEST_GAP, Clock

NOW = 1_795_445_150_673
DAY = 86_400_000


def followed(*steps: tuple[int, int]) -> Clock:
    """A clock after so many ms of (the clock, measured)."""
    now, elapsed = NOW, 500
    clock = Clock({"now": now, "elapsed": elapsed})
    for on_the_clock, measured in steps:
        now, elapsed = now + on_the_clock, elapsed + measured
        clock.follow({"now": now, "elapsed": elapsed})
    return clock


def test_it_begins_with_the_clock() -> None:
    clock = followed()
    assert (clock.time, clock.offset, clock.jumped) == (NOW, 0, False)


@pytest.mark.parametrize("jump", [-10 * DAY, -5_000, 5_000, 10 * DAY])
def test_a_clock_that_is_set_changes_nothing_but_the_offset(jump: int) -> None:
    clock = followed((1_000, 1_000), (jump + 1_000, 1_000))
    assert (clock.time, clock.offset) == (NOW + 2_000, jump)
    clock = followed((1_000, 1_000), (jump + 1_000, 1_000), (1_000 - jump, 1_000))
    assert (clock.time, clock.offset) == (NOW + 3_000, 0)


def test_a_clock_that_goes_ahead_is_noticed_once() -> None:
    clock = followed((DAY, 0))
    assert clock.jumped
    clock.follow({"now": NOW + DAY + 10, "elapsed": 510})
    assert not clock.jumped


@pytest.mark.parametrize("step", [(-DAY, 5), (30_000, 5), (DAY, DAY)])
def test_what_is_measured_or_goes_back_is_no_jump(step: tuple[int, int]) -> None:
    assert not followed(step).jumped


def test_two_clocks_that_are_read_one_after_the_other_differ_by_nothing() -> None:
    assert followed((1_001, 1_000), (998, 1_000)).offset == 0


def test_a_gap_that_nobody_was_awake_for_counts_as_a_day() -> None:
    assert followed((30 * DAY, 30 * DAY)).time == NOW + LONGEST_GAP


def test_where_nothing_is_measured_the_clock_never_goes_back() -> None:
    clock = Clock({"now": NOW})
    clock.follow({"now": NOW - DAY})
    assert (clock.time, clock.offset) == (NOW, -DAY)
    clock.follow({"now": NOW - DAY + 1_000})
    assert (clock.time, clock.jumped) == (NOW + 1_000, False)
    clock.follow({"now": NOW + 30 * DAY})
    assert clock.time == NOW + 1_000 + DAY


def test_an_input_without_a_measure_goes_by_the_clock() -> None:
    clock = followed((1_000, 1_000))
    clock.follow({"now": NOW + 3_000})
    clock.follow({"now": NOW + 4_000, "elapsed": 9_000})
    assert clock.time == NOW + 4_000
