"""Every answer of [server §1.4] that can occur over a socket, and the order of checks of §1.3."""

import base64
import gzip
import json
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from dataplane.background import serve
from dataplane.store.database import Store

from .conftest import Post, options_in

type Events = Callable[..., list[dict[str, Any]]]

TYPES = ["identify", "track", "page", "screen", "group", "alias", "merge", "audiencelist"]
LIMIT = 4_096_000
DEEP = 100_000


def basic(text: bytes) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text).decode()}


def refused(answer: httpx.Response, status: int, text: str) -> None:
    assert (answer.status_code, answer.text) == (status, text + "\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["vary"] == "Origin"


def accepted(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "x-content-type-options" not in answer.headers


@pytest.mark.parametrize("type_", TYPES)
def test_single_routes_accept_and_force_their_type(type_: str, post: Post, events: Events) -> None:
    accepted(post(f"/v1/{type_}", {"userId": "u", "type": "other"}))
    assert [row["message"]["type"] for row in events()] == [type_]


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/import"])
def test_batches_are_split_and_keep_their_types(path: str, post: Post, events: Events) -> None:
    accepted(
        post(
            path,
            {"batch": [{"userId": "a", "type": "track"}, {"userId": "b"}, {"userId": "c", "type": 5}], "sentAt": "x"},
        )
    )
    messages = [row["message"] for row in events()]
    assert [(message["userId"], message.get("type")) for message in messages] == [("a", "track"), ("b", None), ("c", 5)]
    assert all("sentAt" not in message for message in messages)


def test_content_type_is_never_looked_at(post: Post) -> None:
    accepted(post("/v1/track", b'{"userId": "u"}', {"Content-Type": "text/plain"}))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer abc"},
        {"Authorization": "Basic"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic a"},
        basic(b"no colon"),
        basic(b":password"),
        basic(b":"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/identify", "/v1/batch", "/v1/import", "/v1/audiencelist"])
def test_no_write_key_in_the_header(path: str, headers: dict[str, str], client: httpx.Client) -> None:
    refused(client.post(path, headers=headers, content=b"not json"), 401, "failed to read writekey from header")


@pytest.mark.parametrize("header", [basic(b"KEY:"), basic(b"KEY:any password"), basic("schlüssel:".encode())])
def test_the_password_is_ignored(header: dict[str, str], client: httpx.Client) -> None:
    accepted(client.post("/v1/identify", headers=header, json={"userId": "u"}))


def test_the_scheme_may_be_in_any_case(client: httpx.Client) -> None:
    header = {"Authorization": basic(b"KEY:")["Authorization"].replace("Basic", "bAsIc")}
    accepted(client.post("/v1/identify", headers=header, json={"userId": "u"}))


def test_a_disabled_source_is_404(client: httpx.Client) -> None:
    refused(client.post("/v1/identify", auth=("DISABLED", ""), content=b"not json"), 404, "source is disabled")


def test_an_unknown_write_key(tmp_path: Path) -> None:
    options = options_in(tmp_path, write_keys=frozenset({"A", "B"}))
    with serve(options) as url, httpx.Client(base_url=url, trust_env=False) as client:
        accepted(client.post("/v1/identify", auth=("B", ""), json={"userId": "u"}))
        refused(client.post("/v1/identify", auth=("C", ""), content=b"not json"), 401, "invalid write key")
        refused(client.post("/beacon/v1/batch?writeKey=C", content=b"not json"), 401, "invalid write key")


@pytest.mark.parametrize("query", ["", "?writeKey=", "?writekey=KEY"])
def test_a_beacon_without_its_write_key(query: str, client: httpx.Client) -> None:
    answer = client.post("/beacon/v1/batch" + query, auth=("KEY", ""), content=b"not json")
    refused(answer, 401, "failed to read writekey from query params")


def test_a_beacon_is_a_batch_whatever_its_header_says(client: httpx.Client, events: Events) -> None:
    body = json.dumps({"batch": [{"userId": "a", "type": "track"}, {"anonymousId": "b"}]})
    headers = {"Authorization": "Bearer nonsense", "Content-Type": "text/plain;charset=UTF-8"}
    accepted(client.post("/beacon/v1/batch?writeKey=KEY", content=body, headers=headers))
    assert [row["path"] for row in events()] == ["/beacon/v1/batch"] * 2
    refused(client.post("/beacon/v1/batch?writeKey=DISABLED", content=body), 404, "source is disabled")


def test_no_source_is_a_webhook(client: httpx.Client) -> None:
    for method in ("GET", "POST"):
        refused(client.request(method, "/v1/webhook"), 401, "failed to read writekey from query params")
        refused(client.request(method, "/v1/webhook?writeKey=KEY"), 401, "invalid write key")
        refused(client.request(method, "/v1/webhook", auth=("KEY", "")), 401, "invalid write key")


INVALID = [
    b"",
    b" \r\n\t ",
    b"{",
    b'{"userId":"u"} x',
    b'{"userId":"u",}',
    b"{'userId':'u'}",
    b'{"userId":"\x01"}',
    b'{"userId":"\\x"}',
    b'{"userId":01}',
    b'{"userId":1.}',
    b'{"userId":NaN}',
    b'{"userId":Infinity}',
    b"\xef\xbb\xbf" + b'{"userId":"u"}',
    '{"userId":"u"}'.encode("utf-16"),
    b'{"userId":"u"}\x00',
    b"[" * DEEP,
    b'{"userId":"u","deep":' + b"[" * DEEP + b"]" * (DEEP - 1) + b"}",
    b'{"userId":"u","deep":' + b'{"a":' * DEEP + b"}" * DEEP + b"}",
    b'{"userId":"u","deep":' + b"[" * DEEP + b"1 2" + b"]" * DEEP + b"}",
    b'{"userId":"u","huge":1e400}',
]


@pytest.mark.parametrize("body", INVALID, ids=range(len(INVALID)))
@pytest.mark.parametrize("path", ["/v1/identify", "/v1/batch"])
def test_invalid_json(path: str, body: bytes, post: Post, events: Events) -> None:
    if path == "/v1/batch" and body.endswith(b"1e400}"):
        body = b'{"batch":[' + body + b"]}"
    refused(post(path, body), 400, "invalid json")
    assert events() == []


def test_a_body_read_over_chunks_and_an_empty_one(raw: Callable[[bytes], bytes]) -> None:
    head = b"POST /v1/track HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic S0VZOg==\r\n"
    chunked = head + b'Transfer-Encoding: chunked\r\n\r\n8\r\n{"userId\r\n6\r\n":"u"}\r\n0\r\n\r\n'
    assert raw(chunked).endswith(b"\r\n\r\nok")
    assert raw(head + b"Content-Length: 0\r\n\r\n").endswith(b"\r\n\r\ninvalid json\n")
    assert raw(head + b"\r\n").endswith(b"\r\n\r\ninvalid json\n")


BAD_GZIP = {
    "not gzip": b'{"userId":"u"}',
    "cut short": gzip.compress(b'{"userId":"u"}')[:-4],
    "corrupt": gzip.compress(b'{"userId":"u"}' * 99)[:40] + b"\xff" * 60,
    "wrong checksum": gzip.compress(b'{"userId":"u"}')[:-8] + b"\0" * 8,
    "followed by rubbish": gzip.compress(b'{"userId":"u"}') + b"rubbish",
    "zlib": zlib.compress(b'{"userId":"u"}'),
}


@pytest.mark.parametrize("body", BAD_GZIP.values(), ids=BAD_GZIP)
def test_bad_gzip(body: bytes, post: Post) -> None:
    refused(post("/v1/identify", body, {"Content-Encoding": "gzip"}), 500, "failed to read body from request")


def test_the_type_given_to_a_single_route_does_not_matter(post: Post, events: Events) -> None:
    for given in (b"1e400", b"null", b"[" * DEEP + b"]" * DEEP, b'"\\ud800"'):
        accepted(post("/v1/track", b'{"userId":"u","type":' + given + b"}"))
    assert [row["message"]["type"] for row in events()] == ["track"] * 4


def test_gzip(post: Post, events: Events) -> None:
    zipped = gzip.compress(b'{"userId":"u",') + gzip.compress(b'"a":1}')  # two members are one body
    accepted(post("/v1/identify", zipped, {"Content-Encoding": "gzip"}))
    assert events()[0]["message"]["a"] == 1
    # Only the exact value counts, so this is read as it is.
    refused(post("/v1/identify", zipped, {"Content-Encoding": "GZIP"}), 400, "invalid json")
    refused(post("/v1/identify", zipped, {"Content-Encoding": "deflate"}), 400, "invalid json")


def test_reading_has_an_end(post: Post) -> None:
    endless = b"[" * 20_000_000
    refused(post("/v1/batch", endless), 413, "request size exceeds max limit")
    refused(
        post("/v1/batch", gzip.compress(endless), {"Content-Encoding": "gzip"}), 413, "request size exceeds max limit"
    )


@pytest.mark.parametrize("body", [b"[]", b"[1]", b'[{"userId":"u"}]'])
def test_an_array_is_no_event(body: bytes, post: Post) -> None:
    refused(post("/v1/identify", body), 400, "event is not a valid rudder event")


@pytest.mark.parametrize("batch", ['"text"', "5", "true", "[1]", "[null]", '[[{"userId":"u"}]]', '[{"userId":"u"}, 1]'])
def test_what_in_a_batch_is_no_event(batch: str, post: Post, events: Events) -> None:
    refused(post("/v1/batch", f'{{"batch":{batch}}}'.encode()), 400, "event is not a valid rudder event")
    assert events() == []


@pytest.mark.parametrize("body", [b"null", b"1", b'"x"', b"true", b"{}"])
def test_a_scalar_is_an_event_without_an_id(body: bytes, post: Post) -> None:
    refused(post("/v1/identify", body), 400, "request neither has anonymousId nor userId")


NO_ID: list[dict[str, Any]] = [
    {"userId": ""},
    {"userId": "   "},
    {"userId": None, "anonymousId": None},
    {"userId": "\u200b", "anonymousId": " \u200b\u00a0 "},
    {"userId": "\t\r\n"},
    {"userId": "\u3164\u2800\u115f\u1160\uffa0\u034f\u17b4\u17b5\u180e\ufeff\u00ad"},
    {"traits": {"id": "u", "userId": "u"}},
    {"context": {"traits": {"id": "u", "anonymousId": "a"}}},
]


@pytest.mark.parametrize("message", NO_ID)
def test_what_is_no_id(message: dict[str, Any], post: Post) -> None:
    refused(post("/v1/identify", message), 400, "request neither has anonymousId nor userId")


@pytest.mark.parametrize("value", [0, 123, 1.5, False, {}, [], {"a": None}, "\u200bx", "ä", "🙂"])
@pytest.mark.parametrize("key", ["userId", "anonymousId"])
def test_what_is_an_id(key: str, value: object, post: Post, events: Events) -> None:
    accepted(post("/v1/identify", {key: value}))
    assert events()[0]["message"][key] == value  # as it was sent, invisible characters and all


@pytest.mark.parametrize("type_", ["extract", "record"])
def test_types_that_need_no_id(type_: str, post: Post) -> None:
    accepted(post("/v1/batch", {"batch": [{"type": type_}]}))


def test_the_first_bad_event_refuses_the_batch(post: Post, events: Events) -> None:
    good: dict[str, Any] = {"userId": "u"}
    refused(post("/v1/batch", {"batch": [good, {}, 1]}), 400, "request neither has anonymousId nor userId")
    refused(post("/v1/batch", {"batch": [good, 1, {}]}), 400, "event is not a valid rudder event")
    assert events() == []


@pytest.mark.parametrize("body", [b'{"batch":[]}', b"{}", b'{"batch":null}', b"[1]", b"null", b'"batch"'])
def test_an_empty_batch(body: bytes, post: Post) -> None:
    refused(post("/v1/batch", body), 400, "empty batch payload")


def test_a_batch_of_one_object(post: Post, events: Events) -> None:
    accepted(post("/v1/batch", {"batch": {"userId": "u"}}))
    assert len(events()) == 1


def padded(size: int, shape: str = '{{"batch":[{{"userId":"u","pad":"{}"}}]}}') -> bytes:
    return shape.format("x" * (size - len(shape.format("")))).encode()


def test_the_size_limit_of_a_batch(post: Post) -> None:
    accepted(post("/v1/batch", padded(LIMIT)))
    refused(post("/v1/batch", padded(LIMIT + 1)), 413, "request size exceeds max limit")
    zipped = gzip.compress(padded(LIMIT + 1))
    refused(post("/v1/batch", zipped, {"Content-Encoding": "gzip"}), 413, "request size exceeds max limit")


@pytest.mark.parametrize(
    ("shape", "added"),
    [
        # The gateway's envelope is "\n\t{\n\t\t\"batch\": [" ... "]\n\t}\n": 21 bytes.
        ('{{"userId":"u","pad":"{}"}}', 21 + len(',"type":"identify"')),
        ('{{"type":"identify","userId":"u","pad":"{}"}}', 21),
        ('{{"type":1,"userId":"u","pad":"{}"}}', 21 + len('"identify"') - 1),
    ],
)
def test_the_size_limit_of_a_single_message_counts_type_and_envelope(shape: str, added: int, post: Post) -> None:
    accepted(post("/v1/identify", padded(LIMIT - added, shape)))
    refused(post("/v1/identify", padded(LIMIT - added + 1, shape)), 413, "request size exceeds max limit")


def test_an_audience_list_may_be_larger(post: Post) -> None:
    accepted(post("/v1/audiencelist", padded(LIMIT + 1000, '{{"userId":"u","pad":"{}"}}')))
    accepted(post("/v1/batch", padded(LIMIT + 1, '{{"batch":[{{"type":"audiencelist","userId":"u","pad":"{}"}}]}}')))


def test_what_is_wrong_first_is_said(post: Post) -> None:
    no_id = padded(LIMIT + 1, '{{"batch":[{{"pad":"{}"}}]}}')
    refused(post("/v1/batch", no_id), 400, "request neither has anonymousId nor userId")
    refused(post("/v1/batch", padded(LIMIT + 1)[:-1]), 400, "invalid json")
    no_batch = padded(LIMIT + 1, '{{"pad":"{}"}}')
    refused(post("/v1/batch", no_batch), 413, "request size exceeds max limit")
    refused(post("/v1/nowhere", b"["), 404, "404 page not found")


def test_deep_nesting_is_valid_and_survives(post: Post, client: httpx.Client) -> None:
    deep = "[" * DEEP + "]" * DEEP
    objects = '{"a":' * DEEP + "0" + "}" * DEEP
    accepted(post("/v1/identify", f'{{"userId":"u","deep":{deep},"b":{{"c":1}}}}'.encode()))
    accepted(post("/v1/batch", f'{{"batch":[{{"userId":"u"}},{{"userId":"v","deep":{objects}}}]}}'.encode()))
    accepted(post("/v1/track", f'{{"userId":{deep}}}'.encode()))
    refused(post("/v1/identify", f'{{"deep":{deep}}}'.encode()), 400, "request neither has anonymousId nor userId")
    refused(post("/v1/identify", deep.encode()), 400, "event is not a valid rudder event")
    refused(post("/v1/batch", deep.encode()), 400, "empty batch payload")
    text = client.get("/api/events").text
    assert text.count('"seq":') == 4
    assert f'"deep":{deep},"b":{{"c":1}}' in text and f'"deep":{objects}' in text and f'"userId":{deep}' in text


def test_a_lone_surrogate_anywhere(post: Post, events: Events) -> None:
    for type_ in ('"\\ud800"', '["\\ud800"]', '{"\\ud800":1}'):
        accepted(post("/v1/track", f'{{"userId":{{"\\ud800":"\\udfff"}},"type":{type_}}}'.encode()))
    assert [row["message"]["userId"] for row in events()] == [{"\ufffd": "\ufffd"}] * 3


def test_invalid_utf8_becomes_replacement_characters(post: Post, events: Events) -> None:
    accepted(post("/v1/identify", b'{"userId":"u\xff","a\xc3":"\xe2\x82","lone":"\\ud83d"}'))
    message = events()[0]["message"]
    assert message["userId"] == "u\ufffd"
    assert (message["a\ufffd"], message["lone"]) == ("\ufffd", "\ufffd")
    refused(post("/v1/identify", b'{"userId":"u"}\xff'), 400, "invalid json")


@pytest.mark.parametrize("path", ["/nowhere", "/v1", "/v1/", "/v1/extract", "/v1/identify/", "/beacon/v1/identify"])
def test_unknown_paths(path: str, post: Post, client: httpx.Client) -> None:
    refused(post(path, b"{}"), 404, "404 page not found")
    refused(client.get(path), 404, "404 page not found")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/v1/identify", "/v1/batch", "/beacon/v1/batch"])
def test_wrong_methods(path: str, method: str, client: httpx.Client) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.content) == (405, b"")
    assert answer.headers["vary"] == "Origin"


def test_a_store_that_fails_is_a_500_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Store, *_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with serve(options_in(tmp_path)) as url, httpx.Client(base_url=url, trust_env=False, auth=("KEY", "")) as client:
        with monkeypatch.context() as patch:
            patch.setattr(Store, "_write", broken)
            refused(client.post("/v1/identify", json={"userId": "u"}), 500, "database or disk is full")
        accepted(client.post("/v1/identify", json={"userId": "u"}))
        assert len(client.get("/api/events").json()["events"]) == 1


def test_health_without_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Store, **_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with serve(options_in(tmp_path)) as url, monkeypatch.context() as patch:
        patch.setattr(Store, "read", broken)
        health = httpx.get(f"{url}/health", trust_env=False)
        assert (health.status_code, health.text) == (503, "Cannot connect to db")


def test_health_and_robots(client: httpx.Client) -> None:
    health = client.get("/health")
    assert health.status_code == 200 and health.json()["server"] == "UP" and health.json()["db"] == "UP"
    assert client.get("/robots.txt").text == "User-agent: * \nDisallow: / \n"
