"""The quick way through a body gives what the careful way gives, or gives way to it."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataplane.ingest.answers import Refusal
from dataplane.ingest.messages import Arrival, messages_of
from dataplane.jsontext import PLAIN
from dataplane.jsontext.quick import ORDINARY, Unusual

ARRIVAL = Arrival("2026-11-23T10:00:00.000Z", "127.0.0.1")
NAMES = st.sampled_from(["a", "b", "userId", ":", "e+1", ".0,", "\\", 'ü"', "\u007f\u2028"])


def members(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """An object's JSON text, in which a name may come twice."""
    pairs = st.lists(st.tuples(NAMES, values), max_size=4)
    return pairs.map(lambda pairs: "{" + ", ".join(f"{json.dumps(name)}:{value}" for name, value in pairs) + "}")


NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(2**70), 2**70).map(str),
    st.integers(-(2**54), 2**54).map(lambda n: f"{n}.0"),
    st.sampled_from(["-0", "-0.0", "1e5", "1E-7", "1e16", "1e22", "1e400", "1.50", "01", "1.", "NaN", "-"]),
)
TEXTS = st.one_of(st.text(max_size=5), NAMES).flatmap(
    lambda text: st.sampled_from([json.dumps(text), json.dumps(text, ensure_ascii=False)])
)
LEAVES = st.one_of(NUMBERS, TEXTS, st.sampled_from(["null", "true", "false", '"\\u003a"', '"\\/"', '"\\ud800"', "tru"]))
JSON = st.recursive(
    LEAVES,
    lambda values: members(values) | st.lists(values, max_size=3).map(lambda items: "[" + " ,".join(items) + "]"),
    max_leaves=12,
)
BODIES = st.one_of(JSON.map(str.encode), st.binary(max_size=6).map(lambda raw: b'{"a":"' + raw + b'"}'))


def same(one: Any, other: Any) -> bool:
    """Equal as values that JSON tells apart: 1 is not 1.0."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@settings(max_examples=300, deadline=None)
@given(BODIES)
@example(b'{"a":1,"a":2}')
@example(b'{"a":1,"a":2,"b":"\\u003a"}')
@example(b'{"a":[1.0,2.50,{"b":-0.0}],"c":"1.0,"}')
@example(b"[9007199254740993]")
@example(b'{"a":1e300}')
@example(b'{"a":' + b"[" * 300 + b"]" * 300 + b"}")
def test_it_reads_as_the_gateway_does_or_not_at_all(body: bytes) -> None:
    try:
        value = ORDINARY.decode(body)
    except Unusual:
        return
    careful = PLAIN.decode(body)
    assert same(value, careful)
    assert same(json.loads(ORDINARY.encode(value)), json.loads(PLAIN.encode(careful)))


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"b":[true,null,-5,1.5,"x"]}',
        b'{ "a": 1.0, "b": "1.0, \\u00e9 \\n" }',
        b'{"a":"\xc3\xa9:","b":{"c":{}}}',
        b'{"version":"0.1.0","userAgent":"Chrome/149.0.0.0","timezone":"GMT+0100"}',
        b'{"total":49.5,"small":0.0000001,"whole":9007199254740991}',
    ],
)
def test_what_sdks_send_goes_the_quick_way(body: bytes) -> None:
    assert same(ORDINARY.decode(body), PLAIN.decode(body))


@settings(max_examples=100, deadline=None)
@given(st.lists(members(JSON), max_size=3), st.booleans())
def test_both_ways_store_the_same_messages(events: list[str], single: bool) -> None:
    body = (events[0] if single and events else f'{{"batch":[{",".join(events)}]}}').encode()

    def stored(codec: Any) -> object:
        try:
            found = messages_of(body, "track" if single else None, ARRIVAL, codec)
        except Refusal as refusal:
            return refusal.answer.status, refusal.answer.text
        # A messageId that is made is another one each time.
        return [
            (each.type, each.user_id, each.anonymous_id, each.session, {**json.loads(each.text), "messageId": None})
            for each in found
        ]

    assert same(stored(ORDINARY), stored(PLAIN))
