"""cookies: the storage format, shared with the official SDK."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rudderanalytics.core import cookies

texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
json_values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=5)
objects = st.dictionaries(texts, json_values)

# The official SDK's own vectors [js 3.2].
VECTORS = [
    ("userId", "test-data", "RS_ENC_v3_InRlc3QtZGF0YSI="),
    ("userTraits", {"testKey": "test-value"}, "RS_ENC_v3_eyJ0ZXN0S2V5IjoidGVzdC12YWx1ZSJ9"),
    ("userTraits", {"testKey": "✓"}, "RS_ENC_v3_eyJ0ZXN0S2V5Ijoi4pyTIn0="),
]


def v3(text: str) -> str:
    return "RS_ENC_v3_" + base64.b64encode(text.encode()).decode()


def test_plain_json_is_written_for_pages_that_know_the_first_version() -> None:  # [js 3.2.4]
    text = cookies.encode({"a": "✓"}, "legacy")
    assert (text, cookies.decode(text, "userTraits")) == ('{"a":"✓"}', {"a": "✓"})


@pytest.mark.parametrize(("state_key", "value", "text"), VECTORS)
def test_vectors_of_the_official_sdk(state_key: str, value: object, text: str) -> None:
    assert cookies.encode(value) == text
    assert cookies.decode(text, state_key) == value


@settings(deadline=None)
@given(json_values)
def test_encode_is_what_python_makes_of_it(value: object) -> None:
    assert cookies.encode(value) == v3(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


@settings(deadline=None)
@given(objects)
def test_an_object_comes_back(value: dict) -> None:
    assert cookies.decode(cookies.encode(value), "userTraits") == value


@settings(deadline=None)
@given(texts)
def test_a_text_comes_back(value: str) -> None:
    assert cookies.decode(cookies.encode(value), "userId") == value


@settings(deadline=None, max_examples=30)
@given(objects)
def test_plain_json_is_read(value: dict) -> None:  # [js 3.2]
    assert cookies.decode(json.dumps(value), "sessionInfo") == value


@settings(deadline=None)
@given(st.text())
def test_any_text_is_a_value_of_its_kind_or_undecodable(text: str) -> None:
    for candidate in (text, "RS_ENC_v3_" + text, v3(text.encode(errors="replace").decode())):
        for state_key in cookies.KEYS:
            try:
                value = cookies.decode(candidate, state_key)
            except cookies.Undecodable:
                continue
            assert value is None or isinstance(value, dict if state_key in cookies.OBJECTS else str)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "RS_ENC_v3_",
        "RS_ENC_v3_aGVsbG8=",  # hello
        "RS_ENC_v3_InUxI",  # cut off
        "RS_ENC_v3_In%xIg==",
        "RS_ENC_v3_InU=Ig==",
        "RS_ENC_v3_I===",
        "RS_ENC_v3_====",
        "RS_ENC_v3_Iv8i",  # no UTF-8
        "{" * 4000,
        "[" * 100_000,
        v3('{"a":' * 60 + "1" + "}" * 60),
        v3('{"a":NaN}'),
        v3('{"a":1e999}'),
    ],
)
@pytest.mark.parametrize("state_key", ["userId", "userTraits"])
def test_tampered_texts_are_undecodable(text: str, state_key: str) -> None:
    with pytest.raises(cookies.Undecodable):
        cookies.decode(text, state_key)


@pytest.mark.parametrize("state_key", cookies.KEYS)
@pytest.mark.parametrize("value", [True, [1], "text", {"an": "object"}])
def test_a_value_of_another_kind_is_undecodable(state_key: str, value: object) -> None:
    if isinstance(value, dict if state_key in cookies.OBJECTS else str):
        assert cookies.decode(cookies.encode(value), state_key) == value
    else:
        with pytest.raises(cookies.Undecodable):
            cookies.decode(cookies.encode(value), state_key)


@pytest.mark.parametrize(("stored", "text"), [("5", "5"), ("-1.5", "-1.5"), ("RS_ENC_v3_MA==", "0")])
def test_an_id_that_is_a_number_is_its_text(stored: str, text: str) -> None:  # [js 9.21]
    assert cookies.decode(stored, "userId") == text
    with pytest.raises(cookies.Undecodable):
        cookies.decode(stored, "userTraits")


@pytest.mark.parametrize("state_key", cookies.KEYS)
def test_null_is_no_value(state_key: str) -> None:
    assert cookies.decode("null", state_key) is None


def test_the_nine_keys_are_the_official_sdks() -> None:  # [js 3.1]
    assert list(cookies.KEYS.values()) == [
        "rl_user_id",
        "rl_trait",
        "rl_anonymous_id",
        "rl_group_id",
        "rl_group_trait",
        "rl_page_init_referrer",
        "rl_page_init_referring_domain",
        "rl_session",
        "rl_auth_token",
    ]


def test_local_storage_holds_quotes_around_the_encoding() -> None:  # [js 3.2]
    assert cookies.quote_local("RS_ENC_v3_InUxIg==") == '"RS_ENC_v3_InUxIg=="'


@settings(deadline=None)
@given(json_values)
def test_local_storage_holds_the_text_as_json_once_more(value: object) -> None:  # [js 3.2]
    text = cookies.encode(value)
    assert json.loads(cookies.quote_local(text)) == text
    assert cookies.unquote_local(cookies.quote_local(text)) == text


@pytest.mark.parametrize(
    ("held", "text"),
    [
        ("RS_ENC_v3_InUxIg==", "RS_ENC_v3_InUxIg=="),  # the layer is missing
        ('{"a":1}', '{"a":1}'),
        ('"\\"u1\\""', '"u1"'),  # a plain value with the layer
        ('"{\\"a\\":1}"', '{"a":1}'),
        ('"u1"', '"u1"'),  # a plain text without it
        ('"cut off', '"cut off'),
        ('""', '""'),
    ],
)
def test_local_storage_is_read_with_and_without_the_layer(held: str, text: str) -> None:
    assert cookies.unquote_local(held) == text


def test_a_cookies_size_counts_its_name_and_what_percent_encoding_adds() -> None:
    assert cookies.size("rl_trait", '{"a":"é ~"}') == len("rl_trait=%7B%22a%22%3A%22%C3%A9%20~%22%7D")
    assert cookies.size("rl_trait", "RS_ENC_v3_a+/=") == len("rl_trait=RS_ENC_v3_a%2B%2F%3D")


@settings(deadline=None)
@given(json_values)
def test_the_size_is_that_of_the_percent_encoded_cookie(value: object) -> None:  # [js 3.2]
    text = cookies.encode(value)
    assert cookies.size("rl_trait", text) == len("rl_trait=" + quote(text, safe=""))


@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_was_encoded_more_than_once_is_decoded_as_often(times: int) -> None:  # [js 3.5]
    text = "u1"
    for _ in range(times):
        text = cookies.encode(text)
    assert cookies.decode(text, "userId") == "u1"


def test_a_legacy_text_is_no_value() -> None:  # [js 3.2]
    legacy = "RudderEncrypt:U2FsdGVkX1+5q5jik"
    assert cookies.is_legacy(legacy)
    assert cookies.is_legacy(cookies.quote_local(legacy))
    assert not cookies.is_legacy(cookies.encode(legacy))
    with pytest.raises(cookies.Undecodable):
        cookies.decode(cookies.encode(legacy), "userId")
