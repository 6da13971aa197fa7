"""request: a delivery as HTTP, as the gateway takes it."""

import base64

import pytest

from rudderanalytics.core.delivery import request
from rudderanalytics.core.delivery.outbox import Delivery
from rudderanalytics.core.delivery.queue import Entry

NOW = 1_795_445_150_673


def delivery(*kinds: str, attempt: int = 0, recovered: bool = False, anonymous_id: str = "ünï") -> Delivery:
    entries = []
    for number, kind in enumerate(kinds):
        entries.append(Entry(str(number), kind, anonymous_id, NOW, 100, recovered))
    started = Delivery(1, entries, attempt, NOW - 5_000, True)
    started.sent_at = "2026-11-23T14:45:50.673Z"
    return started


@pytest.mark.parametrize("kind", ["identify", "track", "page", "group", "alias"])
def test_one_message_goes_to_the_address_of_its_type(kind: str) -> None:  # [js 4.2]
    assert request.url("https://a.example/base", delivery(kind)) == f"https://a.example/base/v1/{kind}"


def test_several_messages_go_to_the_address_of_batches() -> None:  # [js 4.3]
    assert request.url("https://a.example", delivery("track", "track")) == "https://a.example/v1/batch"


def test_headers_of_a_first_try() -> None:  # [js 4.2]
    assert request.Headers("WRITE_KEY").of(delivery("track"), NOW) == {
        "Accept": "application/json",
        "Content-Type": "application/json;charset=UTF-8",
        "Authorization": "Basic " + base64.b64encode(b"WRITE_KEY:").decode(),
        "AnonymousId": base64.b64encode("ünï".encode()).decode(),
        "SentAt": "2026-11-23T14:45:50.673Z",
    }


def test_headers_of_a_long_id_stay_on_one_line() -> None:
    fields = request.Headers("k" * 300).of(delivery("track", anonymous_id="a" * 300), NOW)
    assert not any("\n" in value for value in fields.values())


def test_headers_of_a_retry_say_which_and_since_when() -> None:  # [js 4.2]
    fields = request.Headers("WRITE_KEY").of(delivery("track", attempt=3), NOW)
    assert (fields["Rsa-Retry-Attempt"], fields["Rsa-Since-First-Attempt"]) == ("3", "5000")


def test_a_clock_that_was_set_back_does_not_make_a_time_negative() -> None:
    fields = request.Headers("WRITE_KEY").of(delivery("track", attempt=1), NOW - 60_000)
    assert fields["Rsa-Since-First-Attempt"] == "0"


def test_headers_say_that_another_page_left_the_message() -> None:  # [js 4.2]
    assert request.Headers("WRITE_KEY").of(delivery("track", recovered=True), NOW)["Rsa-Recovered"] == "true"


def test_a_delivery_goes_on_without_what_is_left_out() -> None:
    started = delivery("track", "page", "group")
    assert [entry.kind for entry in started.leave_out(["1", "7"])] == ["page"]
    assert [entry.kind for entry in started.entries] == ["track", "group"]


def test_one_visitor_after_another() -> None:
    headers = request.Headers("WRITE_KEY")
    for name in ("a", "a", "", "b"):
        fields = headers.of(delivery("track", anonymous_id=name), NOW)
        assert fields["AnonymousId"] == base64.b64encode(name.encode()).decode()
