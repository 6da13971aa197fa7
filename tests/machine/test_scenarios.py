"""What the state machine found (test_pages.py), made small: one test for each fault, of the pages or of the model."""

from typing import Any

import pytest
from machine.browser import DAY, HOUR, MINUTE, pending
from machine.data_plane import OK, Outcome
from machine.test_pages import Pages

BROWSER = {"refuses": "nothing", "blocked": [], "locks": True}
PAGE = {"options": {}, "loads": True, "boot": 2, "python": "here", "looks": False, "referrer": "", "reviews": ""}
PAGE |= {"subtle": True, "writeKey": "WRITE_KEY"}


def pages(cookies: list[str] | None = None, refuses: str = "nothing", **settings: Any) -> Pages:
    """A browser with its first page; `settings` are what differs from the usual page."""
    state = Pages()
    state.first_page(browser=BROWSER | {"refuses": refuses}, page=PAGE | settings, cookies=cookies or [])
    return state


def check(state: Pages) -> None:
    """All that must hold; then everything goes, and nothing is left."""
    for rule in (state.nothing_vanishes, state.messages_say_who_the_visitor_was, state.deliveries_are_allowed):
        rule()
    state.teardown()


def test_a_page_goes_on_with_whom_it_read_before_cookies_were_cleared() -> None:
    state = pages()
    state.time(index=0, what=1_000)
    state.open(PAGE | {"looks": True, "python": "elsewhere"})
    state.call_and_leave(index=0, calls=["reset some"], how="left")
    state.answer_later(index=0, times=1)  # it looks again
    state.disturb("no cookies")
    state.call(0, "good")
    check(state)


def test_a_first_referrer_that_was_cleared_is_that_of_the_page_again_once_python_is_there() -> None:
    state = pages(boot=1)
    state.disturb("no cookies")
    state.disturb("everything")  # which refuses cookies from now on
    state.boot(index=0)
    state.call_oddly(index=0, method="page", oddities=[])
    check(state)


def test_a_first_referrer_that_a_page_found_and_that_was_removed_is_none() -> None:
    state = pages()
    state.open(PAGE | {"python": "elsewhere"})
    state.kill(index=0, after=None)
    state.open(PAGE | {"options": {"storage": {"type": "memoryStorage"}}})  # which removes what others kept elsewhere
    state.answer_later(index=0, times=1)  # to `load`
    state.call_oddly(index=0, method="page", oddities=[])
    check(state)


def test_who_was_given_another_anonymous_id_does_not_agree_with_a_tab_that_opens_minutes_later() -> None:
    state = Pages()
    browser = BROWSER | {"refuses": "blocked", "blocked": ["localStorage"]}
    state.first_page(browser=browser, page=PAGE | {"boot": 0}, cookies=[])
    state.traffic(index=0, events=["good", "setAnonymousId anew"], chance=0)
    state.disturb((1, 2 * MINUTE))
    state.open(PAGE)
    check(state)


def test_who_flushes_does_not_look_at_the_visitor() -> None:
    state = pages(refuses="everything")
    state.call_and_leave(index=0, calls=["good"], how="kept")
    state.open(PAGE | {"boot": 0})
    state.open(PAGE)
    state.call_and_leave(index=1, calls=["good"], how="left")
    state.open(PAGE | {"loads": False})
    state.signal(index=0, kind="flush")
    state.load()
    state.call(0, "good")
    check(state)


def test_a_reset_erases_once() -> None:
    state = pages(loads=False, options={"storage": {"type": "none"}})
    state.call_and_leave(index=0, calls=["reset all"], how="kept")
    state.open(PAGE | {"options": {"storage": {"type": "localStorage"}}})
    state.fail(index=0, at_once=False)
    state.come_back()
    state.load()
    state.boot(index=0)
    state.call(1, "reset")  # the other page takes it over, and keeps nothing itself
    check(state)


def test_who_takes_over_a_reset_does_not_bring_back_who_was_before() -> None:
    state = pages(cookies=["an older one"])
    state.fail(index=0, at_once=False)
    state.open(PAGE | {"loads": False})
    state.disturb("everything")
    state.load()
    state.open(PAGE | {"options": {"storage": {"type": "sessionStorage"}}})
    state.boot(index=0)
    state.boot(index=0)
    state.call_and_leave(index=0, calls=["reset all"], how="hidden")
    state.call_and_leave(index=0, calls=["good"], how="left")
    check(state)


def test_a_browser_refuses_what_is_over_its_budget_beside_what_python_does_not_know_was_sent() -> None:
    state = pages(loads=False)
    state.open(PAGE | {"boot": 0})
    state.call_and_leave(index=1, calls=["good", "large"], how="kept")
    state.come_back()
    state.call_and_leave(index=1, calls=["good"], how="left")
    state.open(PAGE | {"python": "elsewhere"})
    state.call_and_leave(index=0, calls=["good"], how="left")
    state.answer_later(index=0, times=10)
    state.call_and_leave(index=0, calls=["good"], how="kept")
    check(state)


def test_a_page_that_asks_for_consent_and_finds_the_values_gone_does_not_revoke_what_others_stored() -> None:
    state = pages(writeKey="ANOTHER", options=pending())
    state.decide(discards=False)
    state.call_and_leave(index=0, calls=["good"], how="kept")
    state.open(PAGE | {"boot": 0})
    state.call_and_leave(index=0, calls=["good"], how="kept")
    state.open(PAGE | {"options": {"storage": {"type": "memoryStorage"}}})  # which removes what others kept elsewhere
    check(state)


def test_where_there_is_no_room_a_call_stays_as_it_was_stored() -> None:
    state = pages(cookies=["alice"], refuses="domains")
    state.open(PAGE | {"loads": False, "options": {"sessions": {"autoTrack": False}}})
    state.load()
    state.call_and_leave(index=1, calls=["good"], how="kept")
    state.disturb("full")
    state.kill(index=0, after=None)
    state.come_back()
    state.boot(index=0)
    state.kill(index=0, after=1)
    check(state)


def test_what_arrived_is_not_lost_with_its_page() -> None:
    state = pages()
    state.call(0, "good")
    state.open(PAGE)
    state.fail(index=0, at_once=False)
    state.traffic(index=1, events=[OK, "good"], chance=0)  # Python dies of the answer, others get the lock
    check(state)


def test_what_arrived_for_a_page_that_is_back_is_not_lost_with_who_took_it_over() -> None:
    state = pages()
    state.traffic(index=0, events=["good", Outcome(500)], chance=0)  # so nothing is noted as the page is left
    state.call_and_leave(index=0, calls=["good"], how="kept")
    state.open(PAGE | {"python": "elsewhere"})
    state.traffic(index=0, events=[OK], chance=0)
    state.come_back()
    state.kill(index=0, after=None)
    state.answer_later(index=0, times=1)
    state.kill(index=0, after=None)
    state.only_what_never_had_room_is_lost()
    check(state)


def back_after_a_guess(call: str, answer: Outcome) -> Pages:
    """A page that came back; as it was left, Python thought of this call, and what it had said before was sent."""
    state = pages(python="elsewhere")
    state.answer_later(index=0, times=10)
    state.traffic(index=0, events=["good", "good"], chance=0)
    state.answer_later(index=0, times=10)
    state.call_and_leave(index=0, calls=[call], how="kept")
    state.traffic(index=1, events=[answer], chance=0)
    state.come_back()
    return state


def test_what_was_sent_on_a_guess_and_arrived_is_not_lost_with_its_page() -> None:
    state = back_after_a_guess("group none", OK)
    state.call_and_leave(index=0, calls=["setAnonymousId"], how="left")
    state.only_what_never_had_room_is_lost()
    check(state)


def test_what_the_data_plane_asks_for_counts_also_where_it_answers_what_was_sent_on_a_guess() -> None:
    check(back_after_a_guess("good", Outcome(503, 2 * HOUR)))


def test_what_others_have_is_theirs_also_where_it_is_to_be_discarded() -> None:
    state = pages(boot=1, options=pending("anonymousId"))
    state.call_and_leave(index=0, calls=["good"], how="kept")
    state.open(PAGE | {"reviews": "later"})
    state.come_back()
    state.decide(discards=True)
    check(state)


def test_what_is_one_s_own_again_is_discarded() -> None:
    state = pages(boot=1, options=pending("anonymousId"))
    state.call_and_leave(index=0, calls=["good"], how="kept")
    state.open(PAGE | {"reviews": "later"})
    state.call_and_leave(index=0, calls=["good"], how="kept")
    state.come_back()
    state.decide(discards=True)
    check(state)


def test_what_before_send_thinks_about_is_discarded_too() -> None:
    state = pages(options=pending("session"), reviews="later")
    state.call(0, "good")
    state.decide(discards=True)
    state.call_and_leave(index=0, calls=["good"], how="left")
    check(state)


def test_what_python_thinks_about_is_discarded_too() -> None:
    state = pages(options=pending("session"), python="elsewhere")
    state.answer_later(index=0, times=10)
    state.call(0, "good")
    state.decide(discards=True)
    state.call_and_leave(index=0, calls=["good"], how="left")
    check(state)


@pytest.mark.parametrize("after", range(6))
def test_a_page_that_dies_as_it_discards_may_leave_some(after: int) -> None:
    state = pages(options=pending("session"))
    state.call(0, "good")
    state.kill(index=0, after=after)
    state.decide(discards=True)
    check(state)


def test_what_waits_for_it_to_be_known_which_of_two_cookies_counts_is_discarded_too() -> None:
    state = pages()
    state.open(PAGE | {"options": {"sameDomainCookiesOnly": True}})
    state.open(PAGE | {"boot": 0, "options": pending("session")})
    state.call(2, "good")
    state.decide(discards=True)
    state.call_and_leave(index=2, calls=["good"], how="left")
    check(state)


def test_what_is_put_off_goes_before_what_follows_it() -> None:
    state = pages(boot=0)
    state.call_and_leave(index=0, calls=["good", "good"], how="left")
    state.open(PAGE | {"boot": 0})
    state.open(PAGE)
    state.kill(index=0, after=None)
    state.fail(index=0, at_once=False)
    state.traffic(index=0, events=["good", "due"], chance=0)  # no answer: the data plane is not well
    state.open(PAGE | {"reviews": "later"})
    state.call_and_leave(index=3, calls=["setAnonymousId"], how="kept")  # Python hears of that when it is back
    check(state)


def test_a_page_without_python_that_comes_back_leaves_all_that_it_stored_to_others_at_once() -> None:
    state = pages()
    state.fail(index=0, at_once=False)
    state.call_and_leave(index=0, calls=["good"], how="kept")
    state.come_back()
    state.call(0, "good")
    state.open(PAGE)
    state.traffic(index=0, events=[Outcome(401)], chance=0)
    check(state)


def test_what_others_took_over_from_a_page_that_was_away_is_a_line_of_its_own() -> None:
    state = pages()
    state.traffic(index=0, events=["good", Outcome(503, 2 * HOUR)], chance=0)
    state.open(PAGE)
    state.open(PAGE | {"boot": 1})
    state.call_and_leave(index=0, calls=["good"], how="left")
    state.kill(index=0, after=None)
    state.call_and_leave(index=0, calls=["renamed", "good"], how="left")
    state.open(PAGE | {"reviews": "later"})
    state.open(PAGE)
    state.call_and_leave(index=0, calls=["good"], how="kept")
    state.come_back()
    state.inherit()
    state.time(index=0, what=1_000)
    state.call_and_leave(index=1, calls=["good"], how="left")
    check(state)


def test_who_is_called_meanwhile_by_what_another_tab_had_made_is_who_they_agreed_on() -> None:
    state = pages()
    state.open(PAGE | {"loads": False})
    state.open(PAGE | {"boot": 0})
    state.open(PAGE | {"options": {"storage": {"type": "sessionStorage"}}})  # takes the cookie away
    state.load()
    state.call(2, "good")
    check(state)


def test_what_pages_before_left_goes_in_the_order_of_its_calls_also_where_it_waits_for_a_decision() -> None:
    state = pages(boot=0)
    state.call_and_leave(index=0, calls=["large"], how="hidden")
    state.call_and_leave(index=0, calls=["nulls"], how="left")
    state.open(PAGE | {"options": {"outboxMaxBytes": 5_000}})  # has no room for the first one's message
    state.kill(index=0, after=None)
    state.open(PAGE | {"options": pending("session")})
    check(state)


def test_a_session_that_messages_may_not_show_is_not_in_use_while_it_is_unknown_which_of_two_cookies_counts() -> None:
    state = pages()
    state.open(PAGE | {"options": {"sameDomainCookiesOnly": True}})
    state.open(PAGE | {"boot": 0, "looks": True, "options": pending(delivery="immediate")})
    state.open(PAGE)
    state.call(2, "good")
    state.call(3, "endSession")
    state.call(2, "good")
    check(state)


def test_who_looks_as_python_answers_load_goes_on_with_what_others_stored() -> None:
    state = pages(python="elsewhere")
    state.disturb("everything")  # which refuses cookies from now on
    state.call(0, "good")
    state.open(PAGE | {"options": pending()})
    state.decide(discards=False)  # localStorage has the session, too
    state.answer_later(index=0, times=1)
    state.open(PAGE | {"boot": 0})
    state.call(2, "identify another")  # holds the session in memory, until the rest of its script comes
    state.call(0, "page")
    check(state)


@pytest.mark.parametrize("after", range(6))
def test_a_page_that_dies_as_tabs_agree_may_leave_what_says_who_it_was_before(after: int) -> None:
    state = pages(boot=0, options={"sessions": {"autoTrack": False}})
    for what in ("good", "alias", "page"):
        state.call(0, what)
    state.disturb("no cookies")
    state.open(PAGE)
    state.kill(index=0, after=after)
    state.boot(index=0)
    check(state)


def test_where_there_is_no_room_as_tabs_agree_a_call_stays_as_it_was_stored() -> None:
    state = pages(boot=0, options={"sessions": {"autoTrack": False}})
    state.call(0, "good")
    state.disturb("no cookies")
    state.open(PAGE)
    state.disturb("full")
    state.boot(index=0)
    state.kill(index=0, after=None)
    check(state)


def test_how_long_something_was_seen_waiting_goes_with_what_is_held_apart() -> None:
    state = pages()
    state.signal(index=0, kind="offline")
    state.call(0, "good")
    state.kill(index=0, after=None)
    state.open(PAGE | {"boot": 1})
    state.time(index=0, what=MINUTE)
    state.boot(index=0)
    state.call_and_leave(index=0, calls=["good"], how="left")
    check(state)


def test_a_clock_that_goes_ahead_while_python_thinks_of_a_failure_is_worth_a_try() -> None:
    state = pages(python="elsewhere")
    state.traffic(index=0, events=["good", "due"], chance=0)
    state.answer_later(index=0, times=7)
    state.traffic(index=0, events=[Outcome(503)], chance=0)
    state.disturb((1, 8 * DAY))
    state.answer_later(index=0, times=1)
    state.time(index=0, what="early")
    state.answer_later(index=0, times=1)
    check(state)


def test_a_page_that_dies_as_it_is_left_keeps_others_waiting_for_its_notes() -> None:
    state = pages(boot=1)
    state.fail(index=0, at_once=True)
    state.call_and_leave(index=0, calls=["large", "renamed"], how="kept")
    state.come_back()
    state.open(PAGE | {"reviews": "later"})
    state.call_and_leave(index=0, calls=["good"], how="kept")
    state.kill(index=0, after=4)
    state.call_and_leave(index=0, calls=["identify by traits"], how="kept")
    check(state)


def test_who_comes_back_to_calls_that_another_page_has_delivered_leaves_nothing_of_them_behind() -> None:
    state = pages(python="elsewhere")
    state.call(0, "renamed")
    state.call(0, "nulls")
    state.kill(index=0, after=1)
    state.open(PAGE | {"python": "elsewhere", "loads": False})
    state.open(PAGE)
    state.load()
    state.call_and_leave(index=2, calls=["identify another"], how="left")
    state.call_and_leave(index=0, calls=["startSession"], how="kept")
    state.boot(index=0)
    state.boot(index=0)
    state.call_and_leave(index=0, calls=["setAuthToken"], how="kept")
    state.open(PAGE | {"reviews": "now"})
    state.call_and_leave(index=0, calls=["renamed"], how="kept")
    check(state)


def test_who_has_not_loaded_holds_an_anonymous_id_that_was_cleared_whatever_others_store() -> None:
    state = pages(options=pending("anonymousId"))
    state.open(PAGE | {"loads": False, "looks": True})
    state.call(1, "identify")
    state.disturb("no cookies")
    state.call(1, "good")
    state.call(0, "setAnonymousId anew")
    state.call(1, "bad")
    check(state)


def test_what_is_called_after_another_anonymous_id_was_given_is_not_of_tabs_that_opened_at_once() -> None:
    state = pages(refuses="everything", writeKey="ANOTHER")
    state.open(PAGE | {"boot": 0})
    state.call_and_leave(index=1, calls=["reset some"], how="hidden")
    state.call(0, "renamed")
    state.call(1, "good")
    state.call_and_leave(index=0, calls=["setAuthToken"], how="left")
    state.call_and_leave(index=0, calls=["setAnonymousId anew"], how="hidden")
    check(state)


def test_a_page_that_asks_for_consent_does_not_come_back_where_another_keeps_nothing() -> None:
    state = pages(loads=False, python="elsewhere", reviews="later", options=pending("anonymousId"))
    state.decide(discards=False)
    state.load()
    state.boot(index=0)
    state.call_and_leave(index=0, calls=["identify nobody"], how="kept")
    state.open(PAGE | {"options": {"storage": {"type": "memoryStorage"}}})
    state.come_back()
    check(state)


def test_a_page_on_which_python_dies_has_the_answer_to_what_is_on_its_way_before_others_send_it() -> None:
    state = pages()
    state.call(0, "good")
    state.fail(index=0, at_once=False)
    state.signal(index=0, kind="online")
    state.open(PAGE | {"boot": 1})
    state.traffic(index=0, events=[OK], chance=0)
    state.boot(index=0)
    state.traffic(index=0, events=[OK], chance=0)
    state.repeats_are_excused()
    check(state)


def test_what_others_stored_under_a_name_that_is_a_page_s_again_goes_in_its_order() -> None:
    state = pages()
    state.fail(index=0, at_once=False)
    state.open(PAGE | {"writeKey": "ANOTHER"})
    state.call_and_leave(index=0, calls=["group"], how="kept")
    state.open(PAGE)
    state.call_and_leave(index=1, calls=["page"], how="kept")
    state.open(PAGE | {"reviews": "later"})
    state.come_back()
    state.call_and_leave(index=2, calls=["setAnonymousId"], how="kept")
    state.traffic(index=0, events=["alias", "due", "good"], chance=0)
    check(state)


def test_what_goes_as_a_page_is_left_may_overtake_what_failed_while_python_thinks_of_that() -> None:
    state = pages(python="elsewhere", options=pending("anonymousId"))
    state.call_oddly(index=0, method="page", oddities=[])
    state.call_and_leave(index=0, calls=["large"], how="hidden")
    state.decide(discards=False)
    state.answer_later(index=0, times=9)
    state.time(index=0, what=MINUTE)
    state.request_for_which_nobody_waits(index=0, arrives=False)
    state.call_and_leave(index=0, calls=["nulls"], how="left")
    state.request_for_which_nobody_waits(index=0, arrives=True)
    check(state)


def test_when_a_session_ends_is_known_from_load_on() -> None:
    state = pages(loads=False, looks=True, options={"sessions": {"timeout": MINUTE}})
    state.open(PAGE)
    state.call(0, "reset")
    state.time(index=0, what=10 * MINUTE)
    state.call(0, "inPlace")
    check(state)


def test_of_two_cookies_only_the_last_is_opened() -> None:
    state = pages(refuses="domains", cookies=["sealed"])
    state.open(PAGE)
    state.call_and_leave(index=0, calls=["endSession"], how="kept")
    state.disturb("no cookies")
    state.call(0, "identify by traits")
    state.disturb("sealed")
    state.call(0, "unwanted")
    check(state)


def test_a_page_whose_python_is_dead_discards_also_what_others_think_about() -> None:
    state = pages(python="elsewhere")
    state.call_and_leave(index=0, calls=["good", "reset"], how="kept")
    state.open(PAGE | {"boot": 1, "options": pending("session")})
    state.call_oddly(index=0, method="track", oddities=[])
    state.fail(index=0, at_once=False)
    state.open(PAGE | {"python": "elsewhere", "reviews": "later"})
    state.call_and_leave(index=3, calls=["unwanted"], how="hidden")
    state.answer_later(index=0, times=7)
    state.decide(discards=True)
    check(state)


def test_what_had_no_room_comes_later_where_others_took_over_what_followed_it() -> None:
    state = pages()
    state.open(PAGE)
    state.call_and_leave(index=0, calls=["nulls"], how="kept")
    state.come_back()
    state.call_and_leave(index=1, calls=["endSession"], how="left")
    state.disturb("full")
    state.call(0, "good")
    state.disturb("empty")
    state.call(0, "good")
    state.open(PAGE)
    check(state)


def test_what_was_called_before_another_anonymous_id_was_given_is_of_tabs_that_opened_at_once() -> None:
    state = pages()
    state.disturb("no cookies")
    state.open(PAGE | {"loads": False, "looks": True})
    state.call(1, "nulls")
    state.call(1, "reset some")
    state.load()
    check(state)


def test_who_decides_has_the_first_referrer_that_another_page_stored_with_its_domain() -> None:
    undecided = pending(delivery="immediate")
    state = pages(refuses="everything", referrer="https://www.google.com/search", options=undecided, boot=0)
    state.open(PAGE)
    state.decide(discards=False)
    state.call(0, "good")
    check(state)


def test_who_keeps_values_in_a_session_that_is_blocked_holds_what_it_had_whatever_others_store() -> None:
    in_session = {"options": {"storage": {"type": "sessionStorage"}}}
    state = Pages()
    browser = BROWSER | {"blocked": ["localStorage", "sessionStorage"]}
    state.first_page(browser=browser, page=PAGE | in_session, cookies=[])
    state.open(PAGE)
    state.call_and_leave(index=1, calls=["unwanted", "good"], how="left")
    state.open(PAGE | in_session | {"python": "elsewhere"})
    state.call_and_leave(index=0, calls=["reset some"], how="left")
    state.call_and_leave(index=0, calls=["nulls"], how="kept")
    state.open(PAGE)
    state.come_back()
    state.call_oddly(index=0, method="page", oddities=[])
    check(state)


def test_a_page_that_hears_as_it_is_shown_that_the_network_is_there_again_waits_no_longer() -> None:
    state = pages(python="elsewhere")
    state.answer_later(index=0, times=2)  # to `load`
    state.call(0, "good")
    state.answer_later(index=0, times=2)
    state.signal(index=0, kind="offline")
    state.time(index=0, what=60_000)  # in which the request fails, and Python is busy
    state.signal(index=0, kind="shown")
    check(state)


def test_five_minutes_without_network_begin_as_python_is_asked_however_late_it_answers() -> None:
    state = pages(python="elsewhere")
    state.call(0, "good")
    state.answer_later(index=0, times=6)
    state.time(index=0, what=60_000)  # the request fails
    state.signal(index=0, kind="offline")
    state.call(0, "group none")
    state.answer_later(index=0, times=4)
    state.time(index=0, what=600_000)  # Python is asked whether it tries, and says so after these
    state.call(0, "startSession by id")
    state.answer_later(index=0, times=8)
    state.call_and_leave(index=0, calls=["setAuthToken"], how="kept")  # what it may try now goes with the page
    check(state)


def test_a_tab_whose_script_comes_late_goes_on_with_what_tabs_agreed_on_that_are_closed_by_then() -> None:
    state = pages()
    state.open(PAGE | {"options": {"storage": {"type": "none"}}})
    state.disturb("no cookies")
    state.open(PAGE | {"boot": 0})
    state.disturb((1, HOUR))
    state.call_oddly(index=2, method="page", oddities=[])
    state.open(PAGE)
    state.kill(index=0, after=None)
    state.boot(index=0)
    check(state)


def test_a_page_that_keeps_values_in_memory_goes_on_with_them_whatever_cookie_another_page_sets() -> None:
    state = pages()
    state.disturb("an older one")
    state.open(PAGE | {"boot": 0, "looks": True, "options": {"storage": {"type": "memoryStorage"}}})
    state.disturb("null")
    state.boot(index=0)
    state.call(1, "nulls")
    check(state)


def test_a_large_identity_goes_with_the_calls_that_others_dropped_while_the_page_was_away() -> None:
    another = {"writeKey": "ANOTHER"}
    state = pages(python="elsewhere", **another)
    state.call_and_leave(index=0, calls=["good"], how="hidden")
    state.traffic(index=0, events=["good"] * 4, chance=0)
    state.answer_later(index=0, times=3)
    state.traffic(index=0, events=["inPlace", "due", "due", "identify with much", "alias", "nulls"], chance=0)
    state.answer_later(index=0, times=1)
    state.call_and_leave(index=0, calls=["good", "bad"], how="kept")
    state.open(PAGE | another | {"options": {"outboxMaxBytes": 0}, "reviews": "now"})
    state.call_and_leave(index=0, calls=["large"], how="kept")
    check(state)


def test_an_answer_that_came_to_a_page_in_the_back_forward_cache_is_unknown_to_who_takes_over() -> None:
    state = pages()
    state.open(PAGE)
    state.call_and_leave(index=0, calls=["nulls"], how="kept")
    state.traffic(index=0, events=["due", OK], chance=0)
    state.time(index=0, what="due")
    state.call_and_leave(index=0, calls=["identify"], how="left")
    state.open(PAGE)
    state.traffic(index=0, events=[OK], chance=0)
    state.repeats_are_excused()
    check(state)


def test_what_was_held_apart_and_is_sent_again_stays_there_where_there_is_no_room_to_store_it_anew() -> None:
    another = {"writeKey": "ANOTHER"}
    state = pages(**another)
    state.call_and_leave(index=0, calls=["renamed"], how="kept")
    state.open(PAGE | another | {"boot": 1})
    state.call_and_leave(index=0, calls=["identify"], how="left")
    state.open(PAGE | another)
    state.disturb("full")
    state.time(index=0, what="early")  # its request fails
    state.call_and_leave(index=0, calls=["startSession"], how="left")
    check(state)


def test_an_anonymous_id_that_was_cleared_is_stored_again_while_before_send_thinks_about_the_message() -> None:
    state = pages()
    state.call(0, "startSession")
    state.call(0, "good")
    state.call_and_leave(index=0, calls=["nulls"], how="kept")
    state.open(PAGE | {"reviews": "later"})
    state.disturb("no cookies")
    state.call(0, "bad")
    check(state)


def test_what_python_answers_as_a_page_comes_back_waits_until_it_is_clear_whose_the_call_is() -> None:
    state = pages()
    state.open(PAGE | {"python": "elsewhere"})
    state.open(PAGE)
    state.call_and_leave(index=1, calls=["inPlace"], how="hidden")
    state.answer_later(index=0, times=9)
    state.call_and_leave(index=1, calls=["group"], how="hidden")
    state.call_and_leave(index=1, calls=["setAnonymousId anew"], how="kept")
    state.inherit()
    state.traffic(index=0, events=["due"], chance=0)
    check(state)


def test_a_page_whose_python_is_dead_discards_what_nobody_took_while_it_was_away() -> None:
    state = pages(options=pending("session"))
    state.fail(index=0, at_once=False)
    state.call_and_leave(index=0, calls=["large"], how="kept")
    state.come_back()
    state.decide(discards=True)
    check(state)


def test_an_anonymous_id_that_was_removed_before_python_was_told_of_the_page_is_held() -> None:
    state = Pages()
    state.first_page(browser=BROWSER | {"blocked": ["localStorage"]}, page=PAGE, cookies=[])
    state.open(PAGE)
    state.time(index=0, what=1_000)
    state.open(PAGE | {"looks": True, "boot": 1, "options": {"storage": {"type": "localStorage"}}})
    state.open(PAGE | {"options": {"storage": {"type": "memoryStorage"}}})
    state.boot(index=0)
    state.call_and_leave(index=0, calls=["reset all"], how="left")
    state.call_oddly(index=1, method="page", oddities=[])
    check(state)


def test_what_a_page_whose_python_is_dead_discards_others_may_have_read() -> None:
    state = pages(options=pending("session"))
    state.fail(index=0, at_once=False)
    state.call_and_leave(index=0, calls=["page"], how="hidden")
    state.open(PAGE | {"python": "elsewhere"})
    state.decide(discards=True)
    check(state)


def test_what_others_were_done_with_while_a_page_was_away_is_not_of_the_page_once_its_python_is_there() -> None:
    state = pages()
    state.kill(index=0, after=5)
    state.call_and_leave(index=0, calls=["renamed", "bad"], how="left")
    state.open(PAGE | {"boot": 1})
    state.call_and_leave(index=0, calls=["bad"], how="kept")
    state.open(PAGE)
    state.traffic(index=0, events=[Outcome(403)], chance=0)
    state.call_and_leave(index=0, calls=["inPlace"], how="kept")
    check(state)


def test_a_page_that_has_not_looked_since_cookies_were_cleared_does_not_keep_its_session() -> None:
    state = Pages()
    state.first_page(browser=BROWSER | {"blocked": ["localStorage", "sessionStorage"]}, page=PAGE, cookies=[])
    state.open(PAGE)
    state.open(PAGE | {"loads": False})
    state.load()
    state.call_and_leave(index=0, calls=["unwanted"], how="left")
    state.boot(index=0)
    state.disturb("no cookies")
    state.boot(index=0)
    state.call_and_leave(index=0, calls=["endSession"], how="kept")
    state.call_and_leave(index=0, calls=["page"], how="hidden")
    check(state)


@pytest.mark.parametrize("after", [3, 4])
def test_what_is_dropped_is_stored_no_more_before_the_next_is_sent(after: int) -> None:
    state = pages(python="elsewhere")
    state.call_oddly(index=0, method="page", oddities=[])
    state.answer_later(index=0, times=9)
    state.traffic(index=0, events=["inPlace", Outcome(403)], chance=0)
    state.kill(index=0, after=after)
    state.answer_later(index=0, times=4)
    if state.browser.ghosts:
        state.request_for_which_nobody_waits(index=0, arrives=True)
    check(state)


def test_a_session_that_another_page_ended_is_over_also_for_a_page_that_holds_its_anonymous_id() -> None:
    state = pages()
    state.open(PAGE | {"options": {"storage": {"type": "memoryStorage"}}})  # which removes what others kept elsewhere
    state.open(PAGE | {"options": pending("session")})
    state.call_and_leave(index=0, calls=["endSession"], how="kept")
    check(state)


def test_who_holds_its_anonymous_id_in_memory_has_the_session_that_others_store_now() -> None:
    state = pages(options={"storage": {"type": "memoryStorage"}})
    state.open(PAGE)
    state.traffic(index=3, events=["startSession by id"], chance=0)
    state.open(PAGE | {"boot": 1})
    state.traffic(index=4, events=["nulls"], chance=0)
    state.boot(index=0)
    state.traffic(index=0, events=["endSession", "setAnonymousId"], chance=0)
    state.traffic(index=2, events=["renamed"], chance=0)
    state.traffic(index=0, events=["setAnonymousId anew", "renamed"], chance=0)
    state.traffic(index=2, events=["reset"], chance=0)
    state.traffic(index=0, events=["page"], chance=0)
    check(state)


def test_whether_a_call_gave_another_anonymous_id_meanwhile_only_the_page_knows_that_looked() -> None:
    state = Pages()
    state.first_page(browser=BROWSER | {"blocked": ["localStorage", "sessionStorage"]}, page=PAGE, cookies=[])
    state.open(PAGE)
    state.open(PAGE | {"boot": 0})
    state.call_and_leave(index=2, calls=["good", "setAnonymousId"], how="kept")
    state.kill(index=0, after=None)
    state.disturb("no cookies")
    state.disturb((8, DAY))
    state.call_and_leave(index=0, calls=["bad"], how="kept")
    state.open(PAGE | {"options": {"storage": {"type": "memoryStorage"}}})
    state.disturb("everything")
    state.open(PAGE)
    check(state)


def test_a_large_identity_that_a_page_has_anew_goes_with_the_calls_that_are_left_of_it() -> None:
    state = pages()
    state.open(PAGE)
    state.open(PAGE)
    state.call_and_leave(index=0, calls=["inPlace"], how="left")
    state.open(PAGE | {"writeKey": "ANOTHER", "boot": 1})
    state.call_and_leave(index=0, calls=["identify"], how="left")
    state.call_and_leave(index=0, calls=["identify with much"], how="kept")
    state.call_and_leave(index=0, calls=["bad", "good"], how="kept")  # they name what it stored of the identity
    state.come_back()
    state.open(PAGE | {"writeKey": "ANOTHER", "options": {"outboxMaxBytes": 0}})
    state.come_back()
    state.call_and_leave(index=0, calls=["bad"], how="left")
    state.time(index=0, what=60_000)
    state.call_and_leave(index=1, calls=["unwanted"], how="kept")
    check(state)


def test_a_session_that_a_page_began_after_cookies_were_cleared_is_held_where_its_storage_is_blocked() -> None:
    state = Pages()
    state.first_page(browser=BROWSER | {"blocked": ["localStorage", "sessionStorage"]}, page=PAGE, cookies=[])
    state.kill(index=0, after=None)
    state.open(PAGE | {"looks": True, "options": {"storage": {"type": "sessionStorage"}}})
    state.open(PAGE | {"options": {"storage": {"type": "memoryStorage"}}})  # takes the cookies away
    state.traffic(index=0, events=["bad", "due"], chance=0)
    state.open(PAGE)  # stores a session in a cookie
    state.traffic(index=0, events=["bad"], chance=0)
    check(state)


def test_what_had_no_room_is_held_by_its_page_also_where_another_page_stored_the_same_for_a_while() -> None:
    state = pages(options={"storage": {"encryption": {"version": "legacy"}}})
    state.kill(index=0, after=None)
    state.disturb("full")
    state.open(PAGE | {"options": {"storage": {"type": "localStorage"}}})
    state.open(PAGE)  # which goes over to the anonymousId of the one before
    state.call_and_leave(index=0, calls=["large"], how="kept")
    state.call_and_leave(index=0, calls=["reset some"], how="kept")
    state.disturb("empty")
    state.come_back()
    state.traffic(index=0, events=["large"], chance=0)
    check(state)


def test_a_page_that_is_back_holds_apart_what_it_has_no_answer_to() -> None:
    state = pages(options={"storage": {"type": "memoryStorage"}})
    state.call_and_leave(index=0, calls=["renamed"], how="kept")
    state.come_back()
    state.traffic(index=0, events=["due", "due", "due"], chance=0)
    check(state)


def test_where_the_clock_was_set_meanwhile_it_tries_it_again() -> None:
    state = pages()
    state.time(index=0, what=10 * MINUTE)
    state.call_and_leave(index=0, calls=["alias"], how="kept")
    state.come_back()
    state.disturb((-1, DAY))
    state.time(index=0, what="due")
    check(state)
    state.repeats_are_excused()


def test_what_had_no_room_its_page_sends_before_others_send_what_they_took_over() -> None:
    state = pages()
    state.open(PAGE)
    state.traffic(index=0, events=["inPlace", "due", "inPlace"], chance=0)
    state.time(index=0, what=MINUTE)
    state.disturb("full")
    state.call_and_leave(index=0, calls=["bad", "large"], how="kept")
    check(state)
    state.first_arrivals_are_in_order()


def test_who_decides_before_load_holds_what_was_cleared_meanwhile() -> None:
    state = Pages()
    state.first_page(browser=BROWSER | {"blocked": ["localStorage"]}, page=PAGE, cookies=[])
    state.call_and_leave(index=0, calls=["renamed"], how="left")
    state.open(PAGE)
    state.open(PAGE)
    state.open(PAGE | {"loads": False, "options": pending("none", delivery="immediate"), "looks": True})
    state.open(PAGE | {"options": {"storage": {"encryption": {"version": "legacy"}}}})
    state.call_and_leave(index=2, calls=["identify"], how="kept")
    state.call_and_leave(index=0, calls=["bad"], how="left")
    state.open(PAGE | {"options": {"storage": {"type": "localStorage"}}})  # takes the cookies away
    state.kill(index=0, after=2)
    state.come_back()
    state.decide(discards=True)
    state.traffic(index=0, events=["setAnonymousId", "good"], chance=0)
    state.signal(index=0, kind="flush")
    check(state)


def test_what_a_page_gave_up_and_sends_again_after_a_fault_may_arrive_twice() -> None:
    state = Pages()
    state.first_page(browser=BROWSER | {"locks": False}, page=PAGE, cookies=[])
    state.call_and_leave(index=0, calls=["identify by traits"], how="kept")
    state.come_back()
    state.call_and_leave(index=0, calls=["nulls"], how="kept")
    state.come_back()
    state.traffic(index=0, events=["due", Outcome(404)], chance=0)
    check(state)
    state.repeats_are_excused()


def test_who_finds_none_of_two_cookies_its_own_has_removed_neither() -> None:
    state = Pages()
    own_host = PAGE | {"options": {"sameDomainCookiesOnly": True}}
    state.first_page(browser=BROWSER | {"blocked": ["localStorage"]}, page=own_host, cookies=["an older one"])
    state.open(PAGE | {"looks": True, "options": {"storage": {"type": "localStorage"}}})
    state.disturb("null")
    state.call_oddly(index=1, method="load", oddities=[])  # getters look
    check(state)


def test_who_opens_after_a_call_of_a_page_that_has_only_begun_gave_another_anonymous_id_finds_that() -> None:
    state = pages()
    state.open(PAGE | {"boot": 0})
    state.open(PAGE | {"boot": 0})
    state.call(1, "reset all")
    state.call(2, "good")
    state.open(PAGE)  # what was agreed on is said still
    state.boot(index=1)
    check(state)


def test_what_a_tab_says_that_opened_before_a_call_gave_another_anonymous_id_is_not_for_who_opens_after_it() -> None:
    state = pages()
    state.open(PAGE | {"boot": 0})
    state.call(0, "reset all")
    state.open(PAGE | {"boot": 0})
    state.call(2, "good")
    state.boot(index=0)
    state.open(PAGE)
    state.boot(index=1)
    check(state)
