"""sender: messages out, answers in. test_outbox.py has the rules of delivery; here is what the page must do."""

import json
import re
from pathlib import Path

import pytest
from vectors.run import OPTIONS

from rudderanalytics.core.delivery.outbox import EXPIRES_AFTER, LATER, MOST_IN_MEMORY
from rudderanalytics.core.delivery.queue import Entry
from rudderanalytics.core.delivery.sender import Sender
from rudderanalytics.core.effects import Effects

NOW = 1_795_445_150_673


def entry(name: str = "m", at: int = NOW, size: int = 100) -> Entry:
    return Entry(name, "track", "a", at, size, False)


class Page:
    """A sender and the effects that it asks for."""

    def __init__(self) -> None:
        self.effects = Effects()
        self.sender = Sender(self.effects, "KEY", "https://a.example", OPTIONS["queueOptions"])  # type: ignore[arg-type]
        self.sender.resume(None, True, NOW)
        self.sender.open()

    def after(self, now: int = NOW, leaving: bool = False) -> list[dict]:
        """The effects of an input: those so far, and those of the delivery that may follow."""
        self.sender.deliver(now, leaving)
        return self.effects.take()

    def sent(self, *names: str) -> int:
        """Send messages; the number of their delivery."""
        for name in names:
            self.sender.add(entry(name))
        (send,) = [effect for effect in self.after() if effect["type"] == "send"]
        number = send["delivery"]
        assert isinstance(number, int)
        return number

    def answered(self, number: int, status: int, retry_after: int | None = None, now: int = NOW) -> list[dict]:
        self.sender.answer(number, status, retry_after, now, 0.5)
        return self.after(now=now)


@pytest.fixture
def page() -> Page:
    return Page()


def kinds(effects: list[dict]) -> list[str]:
    return [effect["type"] for effect in effects]


def only(effects: list[dict], kind: str) -> dict:
    (effect,) = [effect for effect in effects if effect["type"] == kind]
    return effect


def test_a_message_is_sent_to_the_address_of_its_type(page: Page) -> None:
    page.sender.add(entry())
    (send,) = page.after()
    assert (send["type"], send["url"], send["keepalive"]) == ("send", "https://a.example/v1/track", True)
    assert send["headers"]["SentAt"] == "2026-11-23T14:45:50.673Z"
    assert "Rsa-Recovered" not in send["headers"]


def test_what_may_not_be_kept_is_not_remembered(page: Page) -> None:
    page.sender.be_silent(True)
    assert "remember" not in kinds(page.answered(page.sent("a"), 404))
    page.sender.be_silent(False)
    assert only(page.after(), "remember")["coolUntil"] == f"{NOW + 300_000} refused"


def test_a_delivery_names_its_messages(page: Page) -> None:
    page.sender.add(entry("a"))
    page.sender.add(entry("b"))
    assert page.after()[-1]["ids"] == ["a", "b"]


def test_what_was_delivered_is_told(page: Page) -> None:
    (emit,) = page.answered(page.sent("a"), 200)
    assert emit == {"type": "emit", "name": "delivered", "ids": ["a"]}


def test_what_was_dropped_is_told_with_its_reason(page: Page) -> None:
    emit, log = page.answered(page.sent("a"), 403)
    assert emit == {"type": "emit", "name": "dropped", "ids": ["a"], "reason": "rejected"}
    assert (log["level"], log["text"]) == ("ERROR", "1 message(s) dropped: rejected (403)")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, None), (403, "firewall"), (405, "stranger"), (410, "stranger"), (422, None)],
)
def test_a_refusal_says_who_else_may_have_answered(page: Page, status: int, kind: str | None) -> None:
    log = only(page.answered(page.sent("a"), status), "log")
    assert (log["text"], log.get("kind")) == (f"1 message(s) dropped: rejected ({status})", kind)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 521])
def test_a_data_plane_that_fails_is_said_once_by_its_status(page: Page, status: int) -> None:
    effects = page.answered(page.sent("a"), status)
    line = f"the data plane answered {status}"
    assert only(effects, "log") == {"type": "log", "level": "WARN", "text": line, "kind": "failing"}
    wake = only(effects, "wake")["at"]
    again = only(page.after(now=wake), "send")["delivery"]
    assert "log" not in kinds(page.answered(again, status, now=wake))


def test_what_failed_stays_stored_and_is_tried_again_at_the_wake(page: Page) -> None:
    emit, _, wake, failed = page.answered(page.sent("a"), 503)
    assert emit == {"type": "emit", "name": "retried", "ids": ["a"]}
    assert wake["at"] > NOW
    said = {"reason": "status 503", "status": 503, "nextTry": wake["at"]}
    assert failed == {"type": "emit", "name": "failed", "ids": ["a"]} | said
    (send,) = page.after(now=wake["at"])[:1]
    assert send["headers"]["Rsa-Retry-Attempt"] == "1"


def test_a_wake_is_asked_for_once_and_taken_back(page: Page) -> None:
    wake = only(page.answered(page.sent("a"), 503), "wake")
    assert page.after() == []
    assert only(page.after(now=wake["at"]), "wake")["at"] is None


def test_a_timer_that_went_off_early_is_set_again(page: Page) -> None:
    wake = only(page.answered(page.sent("a"), 503), "wake")
    page.sender.woken()
    assert page.after(now=wake["at"] - 1) == [wake]


@pytest.mark.parametrize(
    ("status", "wrong"),
    [
        (401, "key"),
        (404, "address"),
    ],
)
def test_a_wrong_key_or_address_is_said_once_and_kept_over_page_loads(page: Page, status: int, wrong: str) -> None:
    number = page.sent("a")
    effects = page.answered(number, status)
    line = f"the data plane answered {status}"
    assert only(effects, "log") == {"type": "log", "level": "ERROR", "text": line, "kind": wrong}
    until = NOW + 300_000
    assert only(effects, "remember")["coolUntil"] == f"{until} refused"
    again = only(page.after(now=until), "send")["delivery"]
    assert "log" not in kinds(page.answered(again, status, now=until))


def test_a_success_ends_the_cool_down_for_later_pages_too(page: Page) -> None:
    page.answered(page.sent("a"), 503, 5_000)
    number = only(page.after(now=NOW + 5_000), "send")["delivery"]
    assert only(page.answered(number, 200, now=NOW + 5_000), "remember")["coolUntil"] is None


def test_a_cool_down_of_an_earlier_page_is_respected() -> None:
    page = Page()
    page.sender.resume(str(NOW + 5_000), True, NOW)
    page.sender.add(entry())
    effects = page.after()
    assert only(effects, "wake")["at"] == NOW + 5_000
    assert "send" not in kinds(effects)


def test_a_page_knows_that_the_data_plane_refused_the_page_before_it() -> None:
    page = Page()
    page.sender.resume(f"{NOW - 1} refused", False, NOW)
    page.sender.add(entry(at=NOW - EXPIRES_AFTER - 1))
    emit = only(page.after(), "emit")
    assert (emit["name"], emit["reason"]) == ("dropped", "unauthorised")


def test_the_answer_to_a_delivery_that_is_not_awaited_changes_nothing(page: Page) -> None:
    number = page.sent("a")
    page.answered(number, 200)
    assert page.answered(number, 500) == []


def test_a_doubtful_message_is_not_sent_as_the_page_is_left() -> None:
    page = Page()
    old = {"type": "track", "anonymousId": "a", "at": NOW, "size": 100}
    for each in (old | {"id": "a", "doubtful": True}, old | {"id": "b"}):
        page.sender.add(page.sender.adopted(each, NOW))  # type: ignore[arg-type]
    assert only(page.after(leaving=True), "send")["ids"] == ["b"]


def test_messages_of_a_page_that_is_gone_are_adopted() -> None:
    page = Page()
    old = page.sender.adopted({"id": "old", "type": "track", "anonymousId": "a", "at": NOW, "size": 100}, NOW)
    page.sender.add(old)
    send = only(page.after(), "send")
    assert send["headers"]["Rsa-Recovered"] == "true"
    (emit,) = page.answered(send["delivery"], 200)
    assert emit["ids"] == ["old"]


def test_a_message_of_which_the_page_has_no_text_is_told(page: Page) -> None:
    number = page.sent("a", "b")
    page.sender.lose(number, ["b"])
    emit, log = page.after()
    assert emit == {"type": "emit", "name": "dropped", "ids": ["b"], "reason": "lost"}
    assert log == {"type": "log", "level": "ERROR", "text": "1 message(s) dropped: lost"}
    page.sender.lose(77, ["a"])
    page.sender.lose(number, ["b"])
    assert page.after() == []
    assert only(page.answered(number, 200), "emit")["ids"] == ["a"]


def test_where_all_texts_are_lost_the_next_delivery_starts(page: Page) -> None:
    number = page.sent("a")
    page.sender.add(entry("b"))
    page.sender.lose(number, ["a"])
    assert only(page.after(), "send")["ids"] == ["b"]
    assert page.answered(number, 200) == []


@pytest.mark.parametrize(("status", "reason"), [(None, "expired"), (503, "expired"), (401, "unauthorised")])
def test_messages_that_waited_for_a_week_are_dropped_with_the_reason(
    page: Page, status: int | None, reason: str
) -> None:
    called, now = NOW - EXPIRES_AFTER, NOW + 1
    page.sender.go_online(status is not None)
    page.sender.add(entry(at=called))
    if status is not None:
        page.answered(only(page.after(), "send")["delivery"], status)
    emit = next(effect for effect in page.after(now=now) if effect["type"] == "emit")
    assert (emit["name"], emit["reason"]) == ("dropped", reason)


def test_what_memory_does_not_hold_is_dropped_with_the_reason() -> None:
    page = Page()
    page.sender.go_online(False)
    for name in ("first", "second"):
        page.sender.add(entry(name, size=MOST_IN_MEMORY // 2 + 1))
    dropped = [effect for effect in page.after() if effect["type"] == "emit"]
    assert dropped == [{"type": "emit", "name": "dropped", "ids": ["first"], "reason": "overflow"}]


def test_the_network_that_is_back_is_tried_at_once(page: Page) -> None:
    page.answered(page.sent("a"), 0)
    page.sender.go_online(False)
    assert "send" not in kinds(page.after())
    page.sender.go_online(True)
    assert "send" in kinds(page.after())


def test_in_a_hurry_the_wait_after_a_failure_ends(page: Page) -> None:
    page.answered(page.sent("a"), 503)
    page.sender.hurry()
    assert "send" in kinds(page.after(leaving=True))


def test_what_is_to_be_sent_when_the_page_is_left_is_said_ahead(page: Page) -> None:
    first = page.sent("a")
    for name in "bc":
        page.sender.add(entry(name))
    page.after()
    page.sender.part(NOW)
    part = only(page.effects.take(), "part")
    assert (part["ids"], part["keepalive"], part["url"]) == (["b", "c"], True, "https://a.example/v1/batch")
    page.sender.parted(part["delivery"])
    assert only(page.answered(part["delivery"], 200), "emit")["ids"] == ["b", "c"]
    assert only(page.answered(first, 200), "emit")["ids"] == ["a"]


@pytest.mark.parametrize("number", [None, 77])
def test_a_page_that_was_not_left_goes_on(page: Page, number: int | None) -> None:
    first = page.sent("a")
    page.sender.add(entry("b"))
    page.sender.part(NOW)
    page.sender.parted(number)
    page.sender.parted(number)
    page.effects.take()
    assert only(page.answered(first, 200), "send")["ids"] == ["b"]


def test_where_nothing_waits_there_is_nothing_to_send_when_the_page_is_left(page: Page) -> None:
    page.sent("a")
    page.sender.part(NOW)
    page.sender.parted(None)
    assert kinds(page.after()) == []


def test_a_data_plane_that_cannot_be_reached_is_one_line(page: Page) -> None:
    """Not at once: of a first try, it may be the keepalive that the browser refuses."""
    number = page.sent("a")
    lines = []
    for hour in range(1, 5):
        effects = page.answered(number, 0)
        lines.append([effect for effect in effects if effect["type"] == "log"])
        number = only(page.after(NOW + hour * 3_600_000), "send")["delivery"]
    line = {"type": "log", "level": "WARN", "text": "the data plane cannot be reached", "kind": "network"}
    assert lines == [[], [line], [], []]


def test_each_try_that_fails_is_told_with_the_time_of_the_next(page: Page) -> None:
    effects = page.answered(page.sent("a", "b"), 0)
    (failed,) = [effect for effect in effects if effect.get("name") == "failed"]
    assert (failed["ids"], failed["reason"], failed["status"]) == (["a", "b"], "no answer", 0)
    assert failed["nextTry"] // 10_000 == NOW // 10_000
    page.sender.hurry()
    effects = page.answered(only(page.after(), "send")["delivery"], 401)
    (failed,) = [effect for effect in effects if effect.get("name") == "failed"]
    assert failed["nextTry"] == NOW + 300_000


def test_a_redirect_that_loses_what_is_sent_is_one_line_with_the_address_to_use(page: Page) -> None:
    number = page.sent("a")
    page.sender.answer(number, 200, None, NOW, 0.5, "https://b.example")
    effects = page.after()
    assert [effect["name"] for effect in effects if effect["type"] == "emit"] == ["retried", "failed"]
    log = only(effects, "log")
    assert log == {"type": "log", "level": "ERROR", "text": "https://b.example", "kind": "redirect"}
    assert only(effects, "wake")["at"] == NOW + 300_000
    assert [effect["reason"] for effect in effects if effect.get("name") == "failed"] == [
        "redirected to https://b.example"
    ]


def test_times_outside_are_those_of_the_clock(page: Page) -> None:
    page.sender.set_clock(86_400_000)
    effects = page.answered(page.sent("a"), 401)
    assert only(effects, "wake")["at"] == NOW + 300_000 + 86_400_000
    assert only(effects, "remember")["coolUntil"] == f"{NOW + 300_000 + 86_400_000} refused"
    send = only(page.after(now=NOW + 300_000), "send")
    assert send["headers"]["SentAt"].startswith("2026-11-24")


def test_a_browser_that_says_when_asked_that_it_is_back_is_tried_at_once(page: Page) -> None:
    page.answered(page.sent("a"), 503)
    page.sender.notice(True)
    assert "send" not in kinds(page.after())  # nothing changed
    page.sender.notice(False)
    page.sender.notice(True)
    assert "send" in kinds(page.after())


def test_messages_that_went_on_their_own_are_answered_on_their_own(page: Page) -> None:
    """A page that is left sends those of a delivery as a request each."""
    number = page.sent("a", "b", "c")
    page.sender.answer(number, 200, None, NOW, 0.5, None, ["b"])
    assert only(page.after(), "emit") == {"type": "emit", "name": "delivered", "ids": ["b"]}
    page.sender.answer(number, 503, None, NOW, 0.5, None, ["a", "c"])
    assert [effect["ids"] for effect in page.after() if effect.get("name") == "retried"] == [["a", "c"]]


def test_what_the_page_let_go_of_is_not_sent() -> None:
    page = Page()
    number = page.sent("a")
    page.sender.add(entry("b"))
    page.sender.add(entry("c"))
    page.sender.forget(["a", "b"])
    sent = [effect["ids"] for effect in page.answered(number, 200) if effect["type"] == "send"]
    assert sent == [["c"]]


def test_the_page_tells_refusals_from_failures_as_we_do() -> None:
    """It judges what is held apart before Python has heard of the answer (web/src/leaving.js)."""
    source = (Path(__file__).parents[2] / "web" / "src" / "core.js").read_text()
    (listed,) = re.findall(r"^const LATER = (\[.+\]);$", source, re.MULTILINE)
    assert json.loads(listed) == list(LATER)
