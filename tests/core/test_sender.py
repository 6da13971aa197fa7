"""sender: messages out, answers in. tests/test_outbox.py has the rules of delivery; here is what the page must do."""

import json

import pytest

from rudderanalytics.core.delivery.outbox import EXPIRES_AFTER, MOST_IN_MEMORY
from rudderanalytics.core.delivery.sender import Sender
from rudderanalytics.core.effects import Effects
from rudderanalytics.core.options import DEFAULTS

NOW = 1_795_445_150_673
OWNER = "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11"
COOL_UNTIL = "rudderanalytics.KEY.coolUntil"


def message(name: str = "m", **more: object) -> dict:
    return {"messageId": name, "type": "track", "anonymousId": "a"} | more


class Page:
    """A sender and the effects that it asks for."""

    def __init__(self, stored_max: int = 1_000_000) -> None:
        self.effects = Effects()
        self.sender = Sender(self.effects, "KEY", "https://a.example", OWNER, stored_max, DEFAULTS["queueOptions"])
        self.sender.resume(None, True, NOW)
        self.sender.open()

    def after(self, now: int = NOW, leaving: bool = False) -> list[dict]:
        """The effects of an input: those so far, and those of the delivery that may follow."""
        self.sender.deliver(now, leaving)
        return self.effects.take()

    def sent(self, *names: str) -> int:
        """Send messages; the number of their delivery."""
        for name in names:
            self.sender.accept(message(name), NOW)
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


def test_a_message_is_stored_before_it_is_sent(page: Page) -> None:
    characters = page.sender.accept(message(text="é"), NOW)
    accept, send = page.after()
    assert accept["type"] == "accept"
    assert accept["id"] == "m"
    assert json.loads(accept["text"]) == message(text="é")
    assert characters == len(accept["text"])
    assert (send["type"], send["url"], send["keepalive"]) == ("send", "https://a.example/v1/track", True)
    assert send["headers"]["SentAt"] == "2026-11-23T14:45:50.673Z"
    assert "Rsa-Recovered" not in send["headers"]


def test_keys_are_in_the_order_of_calls_and_say_whose_and_when(page: Page) -> None:
    for number in range(12):
        page.sender.accept(message(), NOW + number)
    keys = [effect["key"] for effect in page.effects.take()]
    assert keys == sorted(keys)
    assert keys[0] == f"rudderanalytics.KEY.{OWNER}.0000000001.{NOW}"
    assert keys[11] == f"rudderanalytics.KEY.{OWNER}.0000000012.{NOW + 11}"


def test_without_room_in_storage_a_message_is_held_in_memory_and_delivered_all_the_same() -> None:
    page = Page(stored_max=0)
    page.sender.accept(message(), NOW)
    accept, send = page.after()
    assert accept["key"] is None
    assert kinds(page.answered(send["delivery"], 200)) == ["emit"]


@pytest.mark.parametrize("discard", [False, True])
@pytest.mark.parametrize("quiet", [False, True])
def test_what_is_held_leaves_or_is_discarded_with_the_decision(quiet: bool, discard: bool) -> None:
    page = Page()
    page.sender.hold(True, quiet)
    page.sender.accept(message("a", context={"x": 1}), NOW)
    page.sender.accept(message("b", context=5), NOW + 1, recovered=True)
    held = page.after()
    assert kinds(held) == ["accept", "accept"]
    assert [effect["key"] is None for effect in held] == [quiet, quiet]
    dropped = page.sender.release({"consentManagement": 1}, discard)
    assert [each["messageId"] for each in dropped] == (["a", "b"] if discard else [])
    effects = page.after()
    assert "store" not in kinds(effects)
    if discard:
        told = [(effect["ids"], effect["reason"]) for effect in effects if effect["type"] == "emit"]
        assert told == [(["a"], "discarded"), (["b"], "discarded")]
        assert "send" not in kinds(effects)
        return
    accepted = [effect for effect in effects if effect["type"] == "accept"]
    assert [effect["again"] for effect in accepted] == [True, True]
    assert all(effect["key"].endswith(f".{NOW + number}") for number, effect in enumerate(accepted))
    assert quiet or [effect["key"] for effect in accepted] == [effect["key"] for effect in held]
    assert json.loads(accepted[0]["text"]) == message("a", context={"x": 1, "consentManagement": 1})
    assert json.loads(accepted[1]["text"]) == message("b", context=5)
    assert only(effects, "send")["ids"] == ["b", "a"]  # what pages before left comes first


def test_of_what_is_held_the_oldest_goes_where_memory_ends() -> None:
    page = Page()
    page.sender.hold(True, True)
    half = "x" * (MOST_IN_MEMORY // 2)
    for name in ("a", "b"):
        page.sender.accept(message(name, properties={"a": half}), NOW)
    told = [(effect["ids"], effect["reason"]) for effect in page.after() if effect["type"] == "emit"]
    assert told == [(["a"], "overflow")]
    page.sender.accept(message("c", properties={"a": half + half}), NOW)  # one alone may be larger
    assert [effect["ids"] for effect in page.after() if effect["type"] == "emit"] == [["b"]]
    page.sender.release({}, False)
    assert only(page.after(), "send")["ids"] == ["c"]


@pytest.mark.parametrize("early", [True, False])
def test_what_is_held_waits_for_what_pages_before_left_and_the_other_way_round(early: bool) -> None:
    page = Page()
    page.sender = Sender(page.effects, "KEY", "https://a.example", OWNER, 1_000, DEFAULTS["queueOptions"])
    page.sender.resume(None, True, NOW)
    page.sender.hold(True, False)
    page.sender.accept(message("a"), NOW)
    first, second = (page.sender.open, lambda: page.sender.release({}, False))[:: 1 if early else -1]
    first()
    assert "send" not in kinds(page.after())
    second()
    assert only(page.after(), "send")["ids"] == ["a"]


def test_a_quiet_sender_sends_what_it_stores_only_in_memory() -> None:
    page = Page()
    page.sender.hold(False, True)
    page.sender.accept(message("a"), NOW)
    accept, send = page.after()
    assert accept["key"] is None
    assert "store" not in kinds(page.answered(send["delivery"], 404))


def test_a_delivery_names_its_messages(page: Page) -> None:
    page.sender.accept(message("a"), NOW)
    page.sender.accept(message("b"), NOW)
    assert page.after()[-1]["ids"] == ["a", "b"]


def test_what_was_delivered_is_told(page: Page) -> None:
    (emit,) = page.answered(page.sent("a"), 200)
    assert emit == {"type": "emit", "name": "delivered", "ids": ["a"]}


def test_what_was_dropped_is_told_with_its_reason(page: Page) -> None:
    emit, log = page.answered(page.sent("a"), 400)
    assert emit == {"type": "emit", "name": "dropped", "ids": ["a"], "reason": "rejected"}
    assert log == {"type": "log", "level": "ERROR", "text": "1 message(s) dropped: rejected"}


def test_what_failed_stays_stored_and_is_tried_again_at_the_wake(page: Page) -> None:
    emit, wake = page.answered(page.sent("a"), 503)
    assert emit == {"type": "emit", "name": "retried", "ids": ["a"]}
    assert wake["at"] > NOW
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


@pytest.mark.parametrize(("status", "wrong"), [(401, "the write key"), (404, "the address, or the source is disabled")])
def test_a_wrong_key_or_address_is_said_once_and_kept_over_page_loads(page: Page, status: int, wrong: str) -> None:
    number = page.sent("a")
    effects = page.answered(number, status)
    line = f"the data plane answered {status}: check {wrong}; messages are kept, next try in 5 minutes"
    assert only(effects, "log") == {"type": "log", "level": "ERROR", "text": line}
    until = NOW + 300_000
    kept = f"{until} refused"
    assert only(effects, "store") == {"type": "store", "area": "localStorage", "key": COOL_UNTIL, "value": kept}
    again = only(page.after(now=until), "send")["delivery"]
    assert "log" not in kinds(page.answered(again, status, now=until))


def test_a_success_ends_the_cool_down_for_later_pages_too(page: Page) -> None:
    page.answered(page.sent("a"), 503, 5_000)
    number = only(page.after(now=NOW + 5_000), "send")["delivery"]
    stores = [effect for effect in page.answered(number, 200, now=NOW + 5_000) if effect["type"] == "store"]
    assert {"type": "store", "area": "localStorage", "key": COOL_UNTIL, "value": None} in stores


def test_a_cool_down_of_an_earlier_page_is_respected() -> None:
    page = Page()
    page.sender.resume(str(NOW + 5_000), True, NOW)
    page.sender.accept(message(), NOW)
    effects = page.after()
    assert only(effects, "wake")["at"] == NOW + 5_000
    assert "send" not in kinds(effects)


def test_a_page_knows_that_the_data_plane_refused_the_page_before_it() -> None:
    page = Page()
    page.sender.resume(f"{NOW - 1} refused", False, NOW)
    page.sender.accept(message(), NOW - EXPIRES_AFTER - 1)
    emit = only(page.after(), "emit")
    assert (emit["name"], emit["reason"]) == ("dropped", "unauthorised")


def test_the_answer_to_a_delivery_that_is_not_awaited_changes_nothing(page: Page) -> None:
    number = page.sent("a")
    page.answered(number, 200)
    assert page.answered(number, 500) == []


def test_messages_of_a_page_that_is_gone_are_adopted() -> None:
    page = Page()
    key = f"rudderanalytics.KEY.other.0000000001.{NOW}"
    page.sender.adopt([[key, json.dumps(message("old"))]])
    send = only(page.after(), "send")
    assert send["headers"]["Rsa-Recovered"] == "true"
    (emit,) = page.answered(send["delivery"], 200)
    assert emit["ids"] == ["old"]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (f"rudderanalytics.KEY.other.0000000001.{NOW}", "junk"),
        (f"rudderanalytics.KEY.other.0000000001.{NOW}", "[]"),
        (f"rudderanalytics.KEY.other.0000000001.{NOW}", "5"),
        (f"rudderanalytics.KEY.other.0000000001.{NOW}", "{}"),
        (f"rudderanalytics.KEY.other.0000000001.{NOW}", json.dumps(message(anonymousId=5))),
        (f"rudderanalytics.KEY.other.0000000001.{NOW}", "[" * 100_000),
        ("rudderanalytics.KEY.other.0000000001.now", json.dumps(message())),
        ("rudderanalytics", json.dumps(message())),
    ],
)
def test_a_stored_message_that_cannot_be_read_is_removed_and_stops_nothing(page: Page, key: str, text: str) -> None:
    good = f"rudderanalytics.KEY.other.0000000002.{NOW}"
    page.sender.adopt([[key, text], [good, json.dumps(message("good"))]])
    store, log, send = page.after()
    assert store == {"type": "store", "area": "localStorage", "key": key, "value": None}
    assert log["text"] == "a stored message cannot be read; it is removed"
    assert send["ids"] == ["good"]


@pytest.mark.parametrize(("status", "reason"), [(None, "expired"), (503, "expired"), (401, "unauthorised")])
def test_messages_that_waited_for_a_week_are_dropped_with_the_reason(
    page: Page, status: int | None, reason: str
) -> None:
    called, now = NOW - EXPIRES_AFTER, NOW + 1
    page.sender.go_online(status is not None)
    page.sender.accept(message(), called)
    if status is not None:
        page.answered(only(page.after(), "send")["delivery"], status)
    emit = next(effect for effect in page.after(now=now) if effect["type"] == "emit")
    assert (emit["name"], emit["reason"]) == ("dropped", reason)


def test_what_memory_does_not_hold_is_dropped_with_the_reason() -> None:
    page = Page(stored_max=0)
    page.sender.go_online(False)
    half = "x" * (MOST_IN_MEMORY // 2)
    for name in ("first", "second"):
        page.sender.accept(message(name, text=half), NOW)
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
        page.sender.accept(message(name), NOW)
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
    page.sender.accept(message("b"), NOW)
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
        lines.append([effect["text"] for effect in effects if effect["type"] == "log"])
        number = only(page.after(NOW + hour * 3_600_000), "send")["delivery"]
    said = "the data plane cannot be reached; messages are kept and tried again"
    assert lines == [[], [said], [], []]
