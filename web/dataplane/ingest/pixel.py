"""The pixel: a message in a query string, answered with an image whatever becomes of it [server §1.10]."""

import base64
import re
from datetime import datetime

from starlette.responses import Response

from ..jsontext import Json, encode

_GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
_LAST_INDEX = 1000
"""sjson fills an array up to any index in a query key with nulls; ours stops here."""


def image() -> Response:
    return Response(_GIF, media_type="image/gif")


def pixel_body(query: list[tuple[str, str]], type_: str, now: datetime) -> bytes | None:
    """The message as a body for the type's route; None where it is dropped: a track with an empty event."""
    fields: dict[str, str] = {}
    for key, value in query:
        fields.setdefault(key, value)
    fields.pop("writeKey", None)
    if "anonymousId" in fields:
        fields["anonymousId"] = re.sub(r'^"(.*)"$', r"\1", fields["anonymousId"])
    if type_ == "track" and fields.get("event") == "":
        return None
    if type_ == "page" and fields.get("name") == "":
        fields["name"] = "Unknown Page"
    moment = now.isoformat(timespec="microseconds").replace("+00:00", "Z")
    message: Json = {"channel": "web", "integrations": {"All": True}, "originalTimestamp": moment, "sentAt": moment}
    for path, value in fields.items():
        if not re.search(r"[|#@*?]", path):  # gjson's query language, which cannot be written to
            message = _placed(message, _parts(path), value)
    return encode(message).encode()


def _parts(path: str) -> list[str]:
    r"""`a.b` is b in a; `a\.b` one name with a dot."""
    return [re.sub(r"\\(.)", r"\1", part) for part in re.findall(r"(?:\\.|[^.\\])+", path)]


def _placed(node: Json, parts: list[str], value: str) -> Json:
    """The node with the value where the path says, as sjson writes: a number opens an array, a name an object."""
    if not parts:
        return value
    part, rest = parts[0], parts[1:]
    if part.isdecimal() and not isinstance(node, dict):
        items = list(node) if isinstance(node, list) else []
        index = int(part)
        if index > _LAST_INDEX:
            return node
        items += [None] * (index + 1 - len(items))
        items[index] = _placed(items[index], rest, value)
        return items
    if isinstance(node, list):
        return node
    members = node if isinstance(node, dict) else {}
    return {**members, part: _placed(members.get(part), rest, value)}
