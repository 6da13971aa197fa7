"""From a request's body to the messages that are stored [server §1.3 steps 7 to 13, §1.6]."""

from typing import NamedTuple

from ..jsontext import PLAIN, Codec, Json, encode, stringify, well_formed
from ..jsontext.quick import ORDINARY, Unusual
from ..store.rows import LONGEST_ID, Message
from .answers import EMPTY_BATCH, INVALID_JSON, NON_IDENTIFIABLE, NOT_RUDDER_EVENT, TOO_LARGE, Refusal
from .ids import id_text, message_id, rudder_id

LARGEST = 4_096_000
"""Bytes of a body, unzipped; one more is too large [server §1.7]."""
ENVELOPE = 21
"""Bytes that the gateway's own batch envelope, blanks and all, adds around a single message before it measures."""
WITHOUT_ID = ("extract", "record")
"""Types that need neither userId nor anonymousId."""


class Arrival(NamedTuple):
    """What the gateway itself knows of a request."""

    received_at: str
    request_ip: str


type _Identified = tuple[dict[str, Json], str, str]


def messages_of(body: bytes | bytearray, type_: str | None, arrival: Arrival, codec: Codec = ORDINARY) -> list[Message]:
    """The messages of a body that was posted to the route of a type, or (None) to a batch route.

    Raises the Refusal of the first check that fails; RecursionError where only the codec for deep nesting will do.
    """
    try:
        root = codec.decode(body)
    except Unusual:
        return messages_of(body, type_, arrival, PLAIN)
    except ValueError as invalid:
        raise Refusal(INVALID_JSON) from invalid
    if type_ is None:
        size, events = len(body), _batch(root)
    else:
        size, events = len(body) + ENVELOPE + _growth(root, type_), [_typed(root, type_)]
    messages = [_identified(event) for event in events]
    if size > LARGEST and not any(message.get("type") == "audiencelist" for message, _, _ in messages):
        raise Refusal(TOO_LARGE)
    if not messages:
        raise Refusal(EMPTY_BATCH)
    return [_stored(identified, arrival, codec) for identified in messages]


def _batch(root: Json) -> list[Json]:
    """As gjson's `batch` reads: what is not an array is a batch of one, nothing or null is none."""
    batch = root.get("batch") if isinstance(root, dict) else None
    if batch is None:
        return []
    return batch if isinstance(batch, list) else [batch]


def _typed(root: Json, type_: str) -> Json:
    """The single message with its route's type. sjson turns a scalar into an object and fails on an array."""
    if isinstance(root, list):
        raise Refusal(NOT_RUDDER_EVENT)
    return {**root, "type": type_} if isinstance(root, dict) else {"type": type_}


def _growth(root: Json, type_: str) -> int:
    """Bytes by which writing the type into a single message makes it longer."""
    if not isinstance(root, dict):
        return 0
    member = len(f'"type":"{type_}"')
    if "type" not in root:
        return member + (1 if root else 0)
    given = root["type"]
    written = encode(given) if isinstance(given, str) else stringify(given) or "null"
    return member - len(f'"type":{written}'.encode())


def _identified(event: Json) -> _Identified:
    """With its userId and anonymousId."""
    if not isinstance(event, dict):
        raise Refusal(NOT_RUDDER_EVENT)
    user_id, anonymous_id = id_text(event.get("userId")), id_text(event.get("anonymousId"))
    if not (user_id or anonymous_id) and event.get("type") not in WITHOUT_ID:
        raise Refusal(NON_IDENTIFIABLE)
    return event, user_id, anonymous_id


def _stored(identified: _Identified, arrival: Arrival, codec: Codec) -> Message:
    """The message with what the gateway adds. It trusts a sender's own receivedAt and request_ip, null included."""
    message, user_id, anonymous_id = identified
    message["rudderId"] = rudder_id(user_id, anonymous_id)
    message.setdefault("receivedAt", arrival.received_at)
    message.setdefault("request_ip", arrival.request_ip)
    message["messageId"] = own_id = message_id(message.get("messageId"))
    type_, context = message.get("type"), message.get("context")
    session = id_text(context.get("sessionId")) if isinstance(context, dict) else ""
    try:
        text = codec.encode(message)
    except ValueError as unwritable:  # a number beyond float64
        raise Refusal(INVALID_JSON) from unwritable
    return Message(
        well_formed(type_)[:LONGEST_ID] if isinstance(type_, str) else "",
        text,
        user_id[:LONGEST_ID],
        anonymous_id[:LONGEST_ID],
        own_id[:LONGEST_ID],
        session[:LONGEST_ID],
    )
