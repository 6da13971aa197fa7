"""Braze in cloud mode [server §2.6], in the envelope of its /users/track.

A field of the table is that one trait, by exactly that name (no `firstname`), where it is truthy or null; of the
address nothing else is kept. The other traits follow under their own names, whatever they are. An email must be a
text, a gender that is none of the known words becomes null.
"""

import re
from collections.abc import Iterator

from ..jsontext import Json
from .fields import Fields
from .javascript import truthy
from .outgoing import Destination, Note, Outgoing, Rejected
from .traits import USER_ID, Found, Object, Whole, find, whole

_MAPPED = {
    "first_name": "firstName",
    "last_name": "lastName",
    "email": "email",
    "phone": "phone",
    "gender": "gender",
    "dob": "birthday",
    "image_url": "avatar",
    "home_city": "address.city",
    "country": "address.country",
}
_NO_ATTRIBUTES = {name.split(".")[0] for name in _MAPPED.values()}
_GENDERS = {
    **dict.fromkeys(("f", "female", "woman", "w"), "F"),
    **dict.fromkeys(("m", "male", "man"), "M"),
    **dict.fromkeys(("o", "other"), "O"),
}


def _build(message: Object) -> Outgoing:
    attributes = _attributes(whole(message))
    if not attributes.values:
        raise Rejected("No attributes found to update the user profile")
    _put_id(attributes, message)
    body, fields = Fields(), Fields()
    body.nest_in_list("attributes", attributes)
    fields.nest("body", body)
    return Outgoing("https://rest.iad-01.braze.com/users/track", fields, notes=[*_notes(whole(message))])


def _attributes(traits: Whole) -> Fields:
    fields = Fields()
    for field, place in _MAPPED.items():
        found = traits.get(place)
        if found and (truthy(found.value) or found.value is None):
            fields.put(field, Found(_changed(field, found.value), found.sources))
    for name, found in traits.items():
        if name not in _NO_ATTRIBUTES:
            fields.put(name, found)
    return fields


def _changed(field: str, value: Json) -> Json:
    if field == "gender":
        return _GENDERS.get(value.lower()) if isinstance(value, str) else None
    if field == "email" and isinstance(value, str):
        return value.lower()
    if field == "email" and value is not None:
        raise Rejected("Invalid email, email must be a valid string")
    return value


def _put_id(attributes: Fields, message: Object) -> None:
    """An id among the traits decides that there is a user, and yet only the root's userId is sent."""
    if find(message, USER_ID):
        attributes.put("external_id", find(message, ("userId",)))
    elif anonymous := find(message, ("anonymousId",)):
        alias = Fields()
        alias.put("alias_name", anonymous)
        alias.fixed("alias_label", "rudder_id")
        attributes.fixed("_update_existing_only", False)
        attributes.nest("user_alias", alias)


def _notes(traits: Whole) -> Iterator[Note]:
    birthday, gender = traits.get("birthday"), traits.get("gender")
    if birthday and truthy(birthday.value) and not _is_day(birthday.value):
        yield Note("Braze gets this as it is, and wants a day: YYYY-MM-DD.", birthday.sources[0])
    if gender and truthy(gender.value) and _changed("gender", gender.value) is None:
        yield Note("Braze gets null for a gender other than female, male and other.", gender.sources[0])


def _is_day(value: Json) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII) is not None


BRAZE = Destination(
    "braze",
    "Braze",
    "Compared with answers of RudderStack's transformer.",
    _build,
)
