"""Klaviyo in cloud mode [server §2.6]: its API of 2024, in the envelope of /api/profile-import.

A field of the tables is the first of its places that counts. All other traits are properties under their own names,
root first and the context over it, dots and all (`dotted`). A phone number that is not E.164 costs the whole message.
"""

import re

from ..jsontext import Json
from .fields import Fields
from .outgoing import Destination, Outgoing, Rejected
from .traits import EMAIL, FIRST_NAME, LAST_NAME, USER_ID, Object, find, trait, unmapped

_ATTRIBUTES = {
    "external_id": USER_ID,
    "anonymous_id": ("anonymousId",),
    "email": EMAIL,
    "phone_number": trait("phone"),
    "first_name": FIRST_NAME,
    "last_name": LAST_NAME,
    "title": trait("title"),
    "organization": trait("organization"),
}
_LOCATION = {
    "address1": (*trait("address.street"), *trait("street")),
    "city": (*trait("address.city"), *trait("city")),
    "region": (*trait("address.state"), *trait("region")),
    "country": (*trait("address.country"), *trait("country")),
    "zip": (*trait("address.postalCode"), *trait("zip")),
}
_NO_PROPERTIES = {
    *("email", "phone", "firstName", "firstname", "first_name", "lastName", "lastname", "last_name"),
    *("title", "organization", "address", "street", "city", "region", "country", "zip"),
}


def is_e164(phone: Json) -> bool:
    """Whether it is a phone number as E.164 writes it: a plus, a country code, at most 15 digits, nothing else."""
    return isinstance(phone, str) and re.fullmatch(r"\+[1-9]\d{1,14}", phone, re.ASCII) is not None


def _build(message: Object) -> Outgoing:
    attributes = _table(message, _ATTRIBUTES)
    if "phone_number" in attributes.values and not is_e164(attributes.values["phone_number"]):
        raise Rejected("the phone number is not E.164, such as +14155552671")
    properties = Fields()
    for name, found in unmapped(message, _NO_PROPERTIES).items():
        properties.write(name, found)
    for field, nested in (("location", _table(message, _LOCATION)), ("properties", properties)):
        if nested.values:
            attributes.nest(field, nested)
    profile = Fields()
    profile.fixed("type", "profile")
    profile.nest("attributes", attributes)
    fields = Fields()
    fields.nest("body", Fields.of("data", profile))
    return Outgoing("https://a.klaviyo.com/api/profile-import", fields)


def _table(message: Object, places: dict[str, tuple[str, ...]]) -> Fields:
    fields = Fields()
    for field, each in places.items():
        fields.put(field, find(message, each))
    return fields


KLAVIYO = Destination(
    "klaviyo",
    "Klaviyo",
    "From facts about RudderStack's transformer, not compared with its answers; configured for the API of 2024.",
    _build,
)
