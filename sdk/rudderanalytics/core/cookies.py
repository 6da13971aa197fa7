"""The storage format of the nine identity values, shared with the official SDK [js 3.1, 3.2].

Must not know: who reads or writes, and where. In and out: JSON values and the text that a cookie holds before the
page percent-encodes it. `localStorage` holds the same text once more as a JSON string [js 3.2.6].
"""

import binascii

from . import values

KEYS: dict[str, str] = {
    "userId": "rl_user_id",
    "userTraits": "rl_trait",
    "anonymousId": "rl_anonymous_id",
    "groupId": "rl_group_id",
    "groupTraits": "rl_group_trait",
    "initialReferrer": "rl_page_init_referrer",
    "initialReferringDomain": "rl_page_init_referring_domain",
    "sessionInfo": "rl_session",
    "authToken": "rl_auth_token",
}
"""State key -> storage key."""

OBJECTS = ("userTraits", "groupTraits", "sessionInfo")
"""The state keys whose value is an object; the others are texts."""

LARGEST = 4096
"""Bytes that a browser keeps of one cookie's name and value together (RFC 6265bis, section 5.6)."""

_V3 = "RS_ENC_v3_"
_LEGACY = "RudderEncrypt:"
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_AS_IT_IS = _ALPHABET[:62] + "-_.!~*'()"  # what `encodeURIComponent` does not touch


class Undecodable(ValueError):
    """The text is not a value of the kind that belongs there: tampered, foreign or cut off."""


def encode(value: object, version: str = "v3") -> str:
    """`RS_ENC_v3_` and the base64 of the value's JSON in UTF-8; `version` "legacy": the JSON, because we do not encrypt
    and every version of the official SDK reads it [js 3.2.4]."""
    text = values.encode(value)
    return text if version == "legacy" else _V3 + binascii.b2a_base64(text.encode()).decode().strip()


def decode(text: str, state_key: str) -> object:
    """The value in a stored text: v3, or plain JSON. None where the text says null.

    Raises `Undecodable` for bad base64, bad UTF-8, bad JSON or a value of another type than the key's.
    """
    try:
        if text.startswith(_V3):
            text = _decode_base64(text[len(_V3) :])
        # The interpreters differ in what they forgive: what is not a JSON value after all is a TypeError.
        value = values.from_python(values.decode(text), state_key)
        # An id: the official SDK stores what it gets.
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = values.encode(value)
    except (ValueError, TypeError, RuntimeError):  # a UnicodeError is a ValueError; RuntimeError: nested too deep
        raise Undecodable(state_key)
    if isinstance(value, str) and value.startswith(_V3):  # encoded more than once [js 3.5]
        return decode(value, state_key)
    if isinstance(value, str) and is_legacy(value):
        raise Undecodable(state_key)
    if value is not None and not isinstance(value, dict if state_key in OBJECTS else str):
        raise Undecodable(state_key)
    return value


def is_legacy(text: str) -> bool:
    """Whether it is in the AES of the official SDK's first version [js 3.2.3], which the page opens before."""
    return _LEGACY in text[:15]


def _decode_base64(text: str) -> str:
    # Checked here because the interpreters differ in what they forgive.
    digits = text.rstrip("=")
    if len(text) % 4 or len(text) - len(digits) > 2 or not all(character in _ALPHABET for character in digits):
        raise ValueError("not base64")
    return binascii.a2b_base64(text.encode()).decode()


def unquote_local(text: str) -> str:
    """What `localStorage` held, without the extra layer of JSON; a text that lacks the layer as it is."""
    if not text.startswith('"'):
        return text
    try:
        inner = values.decode(text)
    except ValueError:
        return text
    # A plain JSON string without the layer looks like the layer: then the quotes belong to the value.
    return inner if isinstance(inner, str) and (inner.startswith(_V3) or inner[:1] in ('"', "{")) else text


def quote_local(text: str) -> str:
    """The text as `localStorage` holds it."""
    return values.encode(text)


def size(storage_key: str, text: str) -> int:
    """Bytes of name and value once percent-encoded: what counts against `LARGEST`. For texts that `encode` made."""
    if text.startswith(_V3):
        return len(storage_key) + 1 + len(text) + 2 * (text.count("=") + text.count("+") + text.count("/"))
    content = text.encode()
    return len(storage_key) + 1 + len(content) + 2 * sum([chr(byte) not in _AS_IT_IS for byte in content])
