"""backoff: when the next try may start."""

import pytest

from rudderanalytics.core.delivery.backoff import COOL_DOWN, HOUR, LONGEST_COOL_DOWN, MOST_TRIES, Backoff

NOW = 1_795_445_150_673
SHORTEST, LONGEST = 1_000, 300_000


@pytest.fixture
def backoff() -> Backoff:
    return Backoff(SHORTEST, LONGEST)


def test_waits_are_those_of_the_documentation() -> None:
    assert (COOL_DOWN, LONGEST_COOL_DOWN) == (5 * 60_000, 24 * 3_600_000)


def test_without_a_failure_a_try_may_start_at_any_time(backoff: Backoff) -> None:
    assert backoff.next_try(NOW) <= NOW


@pytest.mark.parametrize(
    ("failures", "bound"), [(1, 2_000), (2, 4_000), (5, 32_000), (8, 256_000), (9, LONGEST), (60, LONGEST)]
)
def test_the_bound_doubles_up_to_five_minutes(backoff: Backoff, failures: int, bound: int) -> None:
    for number in range(failures):
        now = NOW + number * HOUR
        backoff.fail(now, 0.999_999_999, None)
    assert backoff.next_try(now) - now == pytest.approx(bound, abs=2)


def test_jitter_spreads_tries_from_one_second_to_the_bound(backoff: Backoff) -> None:
    for _ in range(4):
        backoff.fail(NOW, 0.0, None)
    assert backoff.next_try(NOW) - NOW == SHORTEST
    backoff.fail(NOW, 0.5, None)
    assert backoff.next_try(NOW) - NOW == 16_500


def failed_40_times(backoff: Backoff) -> int:
    """The time of the last one: one a second."""
    for number in range(MOST_TRIES):
        backoff.fail(NOW + number * SHORTEST, 0.0, None)
    return NOW + (MOST_TRIES - 1) * SHORTEST


def test_40_tries_are_all_that_an_hour_sees(backoff: Backoff) -> None:
    now = failed_40_times(backoff)
    assert backoff.next_try(now) == NOW + HOUR
    backoff.fail(NOW + HOUR, 0.0, None)
    assert backoff.next_try(NOW + HOUR) == NOW + HOUR + SHORTEST  # when the second of them is an hour old


def test_a_clock_that_was_set_back_makes_no_hour_longer(backoff: Backoff) -> None:
    now = failed_40_times(backoff) - 10 * HOUR
    assert backoff.next_try(now) == NOW - 9 * HOUR
    backoff.fail(now, 0.0, None)
    assert backoff.next_try(now) == NOW - 9 * HOUR + SHORTEST


@pytest.mark.parametrize("end", ["forget", "succeed"])
def test_the_hour_is_over_when_someone_waits_or_something_arrived(backoff: Backoff, end: str) -> None:
    now = failed_40_times(backoff)
    backoff.forget() if end == "forget" else backoff.succeed(now)
    assert backoff.next_try(now) <= now
    backoff.fail(now, 0.0, None)
    assert backoff.next_try(now) - now == SHORTEST


def test_a_success_ends_the_wait_after_failures(backoff: Backoff) -> None:
    backoff.fail(NOW, 0.5, 1_000)
    backoff.succeed(NOW + 1_000)
    assert (backoff.failures, backoff.cool_until) == (0, 0)
    assert backoff.next_try(NOW + 1_000) <= NOW + 1_000


def test_a_success_does_not_end_a_wait_that_another_delivery_was_told_of(backoff: Backoff) -> None:
    backoff.fail(NOW, 0.5, 60_000)
    backoff.succeed(NOW)
    assert (backoff.failures, backoff.next_try(NOW)) == (0, NOW + 60_000)


def test_failures_are_counted_from_the_first_one(backoff: Backoff) -> None:
    backoff.fail(NOW, 0.5, None)
    backoff.fail(NOW + 5_000, 0.5, None)
    assert (backoff.failures, backoff.first_failure_at) == (2, NOW)
    backoff.succeed(NOW + 7_000)
    backoff.fail(NOW + 9_000, 0.5, None)
    assert (backoff.failures, backoff.first_failure_at) == (1, NOW + 9_000)


def test_forgetting_ends_the_wait_after_a_failure(backoff: Backoff) -> None:
    backoff.fail(NOW, 0.9, None)
    backoff.forget()
    assert backoff.next_try(NOW) <= NOW


def test_forgetting_does_not_end_the_wait_that_the_data_plane_asked_for(backoff: Backoff) -> None:
    backoff.fail(NOW, 0.0, 60_000)
    backoff.forget()
    assert backoff.next_try(NOW) == NOW + 60_000


def test_retry_after_counts_as_a_day_at_most(backoff: Backoff) -> None:
    backoff.fail(NOW, 0.0, 10**12)
    assert backoff.cool_until == NOW + LONGEST_COOL_DOWN


def test_nothing_is_sent_for_a_while_where_the_data_plane_does_not_know_us(backoff: Backoff) -> None:
    backoff.cool_down(NOW)
    backoff.forget()
    assert backoff.next_try(NOW) == NOW + COOL_DOWN
    assert backoff.failures == 0


@pytest.mark.parametrize("back", [1, 5_000, 10**12])
def test_a_clock_that_is_set_back_makes_no_wait_longer(backoff: Backoff, back: int) -> None:
    backoff.next_try(NOW)
    backoff.fail(NOW, 0.0, 60_000)
    assert backoff.next_try(NOW - back) == max(0, NOW - back + 60_000)


def test_a_clock_that_is_set_back_does_not_shorten_a_wait_that_begins_then(backoff: Backoff) -> None:
    earlier = NOW - 10_000
    backoff.next_try(NOW)
    backoff.fail(earlier, 0.0, None)
    assert backoff.next_try(earlier) == earlier + SHORTEST
    backoff.next_try(NOW)
    backoff.cool_down(earlier)
    assert backoff.next_try(earlier) == earlier + COOL_DOWN


def test_a_cool_down_that_was_over_stays_over_when_the_clock_is_set_back(backoff: Backoff) -> None:
    backoff.fail(NOW, 0.0, 60_000)
    backoff.next_try(NOW + 60_000)
    backoff.succeed(NOW)
    assert backoff.cool_until == 0


def test_a_clock_that_is_set_forward_ends_the_wait(backoff: Backoff) -> None:
    backoff.next_try(NOW)
    backoff.fail(NOW, 0.0, None)
    assert backoff.next_try(NOW + 5_000) <= NOW + 5_000


def test_the_options_can_set_the_waits() -> None:  # [js 4.5]
    backoff = Backoff(5_000, 2_000)  # the longest is at least the shortest
    backoff.fail(NOW, 0.9, None)
    assert backoff.next_try(NOW) == NOW + 5_000
    backoff = Backoff(500, 60_000)
    for _ in range(20):
        backoff.fail(NOW, 0.999999, None)
    assert NOW + 59_000 < backoff.next_try(NOW) <= NOW + 60_000


@pytest.mark.parametrize("refused", [False, True])
def test_a_cool_down_is_kept_for_the_next_page(backoff: Backoff, refused: bool) -> None:
    assert backoff.kept() is None
    backoff.cool_down(NOW)
    backoff.refused = refused
    after = Backoff(SHORTEST, LONGEST)
    after.resume(backoff.kept(), NOW)
    assert (after.cool_until, after.refused) == (NOW + COOL_DOWN, refused)


@pytest.mark.parametrize(
    ("kept", "wait"),
    [
        (str(NOW + 5_000), 5_000),
        (str(NOW + LONGEST_COOL_DOWN), LONGEST_COOL_DOWN),
        (str(NOW + LONGEST_COOL_DOWN + 1), 0),  # a clock that was wrong
        (f"{NOW + 5_000} refused", 5_000),
        (f"{NOW - 1} refused", 0),
        (str(NOW - 1), 0),
        ("", 0),
        ("soon", 0),
        ("²", 0),
        (None, 0),
    ],
)
def test_a_cool_down_of_an_earlier_page_is_respected(backoff: Backoff, kept: str | None, wait: int) -> None:
    backoff.resume(kept, NOW)
    assert max(0, backoff.next_try(NOW) - NOW) == wait
    assert backoff.refused is ("refused" in (kept or ""))


def test_a_failure_that_says_nothing_of_the_data_plane_makes_no_wait_longer(backoff: Backoff) -> None:
    waits = []
    for longer in (False, False, True, False):
        backoff.fail(NOW, 0.999_999_999, None, longer)
        waits.append(backoff.next_try(NOW) - NOW)
    assert waits == [1_999, 1_999, 3_999, 3_999]
    assert backoff.failures == 4
