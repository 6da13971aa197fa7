"""Intercom in cloud mode: API v2, a contact that its search does not find, no anonymous ids [server §2.5]."""

from collections.abc import Callable, Iterator

from ..jsontext import Json
from .javascript import number, text
from .names import name
from .outgoing import Destination, Fields, Note, Outgoing, Rejected
from .times import milliseconds, seconds
from .traits import CONTEXT, EMAIL, FIRST_NAME, LAST_NAME, ROOT, USER_ID, Found, Object, find, leaves, members, trait

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

_TIMES = ("last_seen_at", "signed_up_at")
"""Left out where they are no times."""
_CHANGED: dict[str, Callable[[Json], Json]] = {**dict.fromkeys(_TIMES, seconds), "owner_id": number}

_RESERVED = {
    *("userId", "email", "phone", "avatar", "lastSeenAt", "role", "createdAt", "ownerId", "unsubscribedFromEmails"),
    *("name", "firstName", "firstname", "lastName", "lastname"),  # but not first_name and last_name
    "company",  # only `remove` has an effect, on a contact that there is
}
"""Traits that are no custom attributes."""


def _build(message: Object) -> Outgoing:
    body = Fields()
    for field, places in _CONTACT.items():
        found = find(message, places)
        if found and field in _CHANGED:
            found = Found(_CHANGED[field](found.value), found.sources)
        if found and (found.value is not None or field not in _TIMES):
            body.put(field, found)
    body.put("name", name(message, of_one=True))
    if "external_id" not in body.values and "email" not in body.values:
        raise Rejected("Either email or userId is required for Identify call")
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
    return [*_of_device_mode(message), *_of_what_is_lost(message)]


def _of_device_mode(message: Object) -> Iterator[Note]:
    if created := find(message, trait("createdAt")):
        yield Note("In browser (device) mode this goes to Intercom as created_at, unchanged.", created.sources[0])
    first, last = find(message, FIRST_NAME), find(message, LAST_NAME)
    if (one := first or last) and not (first and last) and not find(message, trait("name")):
        shown = " ".join(text(part.value) if part else "undefined" for part in (first, last))
        yield Note(f"In browser (device) mode the name that Intercom gets is {shown}.", one.sources[0])


def _of_what_is_lost(message: Object) -> Iterator[Note]:
    created = find(message, trait("createdAt"))
    if created and milliseconds(created.value) is None:
        yield Note("For Intercom this is no date, and it is left out: send ISO 8601.", created.sources[0])
    elif created and isinstance(created.value, int | float):
        yield Note("A number is read as milliseconds: send ISO 8601.", created.sources[0])
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
