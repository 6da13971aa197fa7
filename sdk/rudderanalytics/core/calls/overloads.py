"""Calls: the public overloads, untangled into one canonical call per method [js 1.5].

Must not know: who the visitor is, the page, the wire. In: the list of arguments as JSON values, callbacks already
taken off by the page. Out: a plain dict with a fixed set of keys per method. Raises `Refused` for a call that must
not be acted on (a blank id, say); its text is the line to log.
"""

from ...errors import Refused
from .. import ids

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_KEEPS_NO_ID = ("track", "page", "endSession")


def canonical(method: str, arguments: list) -> dict:
    """The canonical call: `{"type": method, ...}` with the keys that its function below names."""
    if method not in _KEEPS_NO_ID and ids.is_encoded(_at(arguments, 0)):
        raise _no_id(method, "what is encoded")
    call: dict = METHODS[method](arguments)
    call["type"] = method
    return call


def _no_id(method: str, what: str) -> Refused:
    return Refused(f"{method}: {what} is not an id; the call is ignored")


def _at(arguments: list, index: int) -> object:
    return arguments[index] if index < len(arguments) else None


def _object(value: object) -> dict | None:
    return value if isinstance(value, dict) else None


def _id(value: object, method: str) -> str | None:
    """A user id as text: None stays None (keep the stored one), numbers and booleans become their JSON text.

    The official SDK takes blank, NaN and array ids; the gateway refuses blank ones [server 1.5], and nobody means the
    others, so they are refused here (CONTRACT section 8).
    """
    text = _text(value, method)
    if text is not None and ids.is_blank(text):
        raise _no_id(method, f"{text!r}")
    return text


def _text(value: object, method: str) -> str | None:
    if isinstance(value, str) and ids.is_no_number(value):
        raise _no_id(method, f"{value!r}")
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value - value != 0:
        raise _no_id(method, f"{value}")
    if isinstance(value, (int, float)):  # as JavaScript writes them: whole numbers in full up to 1e21
        return str(int(value)) if value == int(value) and abs(value) < 1e21 else _fraction(str(value))
    found = "an array" if isinstance(value, list) else "an object"
    raise _no_id(method, found)


def _fraction(text: str) -> str:
    """A number's text as JavaScript has it: 1e-7 for 1e-07, 0.000015 for 1.5e-05."""
    digits, _, exponent = text.partition("e-")
    places = int(exponent or 0)
    if places in (5, 6):
        return ("-" if digits[0] == "-" else "") + "0." + "0" * (places - 1) + digits.lstrip("-").replace(".", "")
    return f"{digits}e-{places}" if places else text


def _traits_and_options(arguments: list) -> dict:
    """`traits` and `options` of identify and group, whose id can be left out: `({...}, options)`."""
    start = 0 if isinstance(_at(arguments, 0), dict) else 1
    return {"traits": _object(_at(arguments, start)), "options": _object(_at(arguments, start + 1))}


def _identify(arguments: list) -> dict:
    """`userId` (None: the current visitor), `traits` (None: not given), `options`."""
    first = _at(arguments, 0)
    return {"userId": None if isinstance(first, dict) else _id(first, "identify")} | _traits_and_options(arguments)


def _group(arguments: list) -> dict:
    """`groupId` (None: the current group, "": none any more), `traits`, `options`."""
    first = _at(arguments, 0) if arguments else ""
    return {"groupId": None if isinstance(first, dict) else _text(first, "group")} | _traits_and_options(arguments)


def _track(arguments: list) -> dict:
    """`event` as given (None: left out), `properties` as given or {}, `options`."""
    properties = _at(arguments, 1)
    return {
        "event": None if _at(arguments, 0) in ("", 0) else _at(arguments, 0),  # 0 is False, too
        "properties": {} if properties is None else properties,
        "options": _object(_at(arguments, 2)),
    }


def _page(arguments: list) -> dict:
    """`category`, `name`, `properties`, `options`: the overloads of [js 1.5]."""
    first = _at(arguments, 0)
    second = _at(arguments, 1)
    if isinstance(first, dict):
        return {"category": None, "name": None, "properties": first, "options": _object(second)}
    if isinstance(second, dict):
        named = {"name": first, "category": None} if isinstance(first, str) else {"name": None, "category": first}
        return {"properties": second, "options": _object(_at(arguments, 2))} | named
    alone = isinstance(first, str) and not isinstance(second, str)
    return {
        "category": None if alone else first,
        "name": first if alone else second,
        "properties": _object(_at(arguments, 2)) or {},
        "options": _object(_at(arguments, 3)),
    }


def _alias(arguments: list) -> dict:
    """`to` (None: the stored user id), `from` (None: the stored id), `options`."""
    second = _at(arguments, 1)
    options = second if isinstance(second, dict) else _at(arguments, 2)
    return {
        "to": _id(_at(arguments, 0), "alias"),
        "from": None if isinstance(second, dict) else _id(second, "alias"),
        "options": _object(options),
    }


def _reset(arguments: list) -> dict:
    """`entries`: which of the nine values go, by state key, where the caller says so (else the defaults [js 1.9])."""
    first = _at(arguments, 0)
    if isinstance(first, bool):
        return {"entries": {"anonymousId": first}}
    entries = _object(first["entries"]) if isinstance(first, dict) and "entries" in first else None
    return {"entries": entries or {}}


def _set_anonymous_id(arguments: list) -> dict:
    """`anonymousId`, or None: then what the `linker` says, or a fresh one.

    A blank one counts as none: with it the gateway would refuse every message of the visitor [server 1.5]. So does the
    text of a number that is none: it comes of a mistake, and would be the same for all visitors.
    """
    linker = _at(arguments, 1)
    is_one = isinstance(linker, str) and not ids.is_blank(linker)
    return {"anonymousId": ids.anonymous_id(_at(arguments, 0)), "linker": linker if is_one else None}


def _start_session(arguments: list) -> dict:
    """`sessionId`: None where none was given; what is not a whole number of 10 digits or more is refused."""
    first = _at(arguments, 0)
    whole = isinstance(first, int) and not isinstance(first, bool) and first >= 1_000_000_000
    return {"sessionId": first if whole else None, "invalid": first is not None and not whole}


def _end_session(arguments: list) -> dict:
    return {}


def _set_auth_token(arguments: list) -> dict:
    """`token`: None clears it."""
    first = _at(arguments, 0)
    return {"token": first if isinstance(first, str) and first else None}


METHODS: "dict[str, Callable[[list], dict]]" = {
    "identify": _identify,
    "track": _track,
    "page": _page,
    "group": _group,
    "alias": _alias,
    "reset": _reset,
    "setAnonymousId": _set_anonymous_id,
    "startSession": _start_session,
    "endSession": _end_session,
    "setAuthToken": _set_auth_token,
}
