"""Intercom in cloud mode: API v2, a contact that its search does not find, no anonymous ids [server §2.5].

A field of the table is the first of its places that is not null: "" is sent, and hides what is in a later place. Only
the name is found as for other destinations (`names`). A time is left out where it is no time or 1970 itself, and so
is an owner that is no number or 0. A contact needs a userId or an email that is truthy.
"""

from collections.abc import Callable, Iterator

from ..jsontext import Json
from .fields import Fields
from .javascript import number, text, truthy
from .names import name
from .outgoing import Destination, Note, Outgoing, Rejected
from .times import milliseconds, noted
from .traits import (
    CONTEXT,
    EMAIL,
    FIRST_NAME,
    LAST_NAME,
    ROOT,
    USER_ID,
    Found,
    Object,
    find,
    find_defined,
    leaves,
    members,
    trait,
)

_CONTACT = {
    "external_id": USER_ID,
    "email": EMAIL,
    "phone": trait("phone"),
    "avatar": trait("avatar"),
    "last_seen_at": ("context.traits.lastSeenAt",),
    "role": trait("role"),
    "signed_up_at": trait("createdAt"),
    "owner_id": trait("ownerId"),
    "unsubscribed_from_emails": trait("unsubscribedFromEmails"),
}


def _time(value: Json) -> int | None:
    time = milliseconds(value)
    return time // 1000 if time else None


_CHANGED: dict[str, Callable[[Json], Json]] = {
    "last_seen_at": _time,
    "signed_up_at": _time,
    "owner_id": lambda value: number(value) or None,
}
"""Left out where this gives nothing."""

_RESERVED = {
    *("userId", "email", "phone", "avatar", "lastSeenAt", "role", "createdAt", "ownerId", "unsubscribedFromEmails"),
    *("name", "firstName", "firstname", "lastName", "lastname"),  # but not first_name and last_name
    "company",  # only `remove` has an effect, on a contact that there is
}
"""Traits that are no custom attributes."""

_NO_ID = "Either email or userId is required for Identify call"
_REFUSED = (
    f"{_NO_ID}: Workflow: procWorkflow, Step: identifyPayloadForLatestVersion, ChildStep: undefined, "
    f"OriginalError: {_NO_ID}"
)


def _build(message: Object) -> Outgoing:
    body = Fields()
    for field, places in _CONTACT.items():
        found = find_defined(message, places)
        if found and field in _CHANGED:
            found = Found(_CHANGED[field](found.value), found.sources)
        if found and found.value is not None:
            body.put(field, found)
    body.put("name", name(message, of_one=True))
    if not truthy(body.values.get("external_id")) and not truthy(body.values.get("email")):
        raise Rejected(_REFUSED)
    attributes = _custom_attributes(message)
    if attributes.values:
        body.nest("custom_attributes", attributes)
    fields = Fields()
    fields.nest("body", body)
    return Outgoing("https://api.intercom.io/contacts", fields, notes=_notes(message))


def _custom_attributes(message: Object) -> Fields:
    """Of the context's traits only. Nested ones are flattened: `address_city`, `list[0]`."""
    fields = Fields()
    for key, found in members(message, CONTEXT).items():
        if key in _RESERVED:
            continue
        places = leaves(found.value, found.sources[0])
        for (field, value), (place, _) in zip(leaves(found.value, key, "_"), places, strict=True):
            fields.put(field, Found(value, (place,)))
    return fields


def _notes(message: Object) -> list[Note]:
    created = find_defined(message, trait("createdAt"))
    return [*_of_device_mode(message), *noted(created, "Intercom", "it is left out"), *_of_what_is_lost(message)]


def _of_device_mode(message: Object) -> Iterator[Note]:
    if created := find(message, trait("createdAt")):
        yield Note("In browser (device) mode this goes to Intercom as created_at, unchanged.", created.sources[0])
    first, last = find(message, FIRST_NAME), find(message, LAST_NAME)
    if (one := first or last) and not (first and last) and not find(message, trait("name")):
        shown = " ".join(text(part.value) if part else "undefined" for part in (first, last))
        yield Note(f"In browser (device) mode the name that Intercom gets is {shown}.", one.sources[0])


def _of_what_is_lost(message: Object) -> Iterator[Note]:
    if members(message, ROOT).keys() - members(message, CONTEXT).keys() - _RESERVED:
        yield Note("Custom attributes are those of context.traits: what is only here is lost.", ROOT)
    if company := find(message, trait("company")):
        yield Note("Intercom's contacts take no company.", company.sources[0])


INTERCOM = Destination(
    "intercom",
    "Intercom",
    "Compared with answers of RudderStack's transformer; configured for API v2, the contact not found by its search.",
    _build,
)
