"""Braze in cloud mode [server §2.6], in the envelope of its /users/track."""

from ..jsontext import Json
from .outgoing import Destination, Fields, Outgoing, Rejected
from .traits import USER_ID, Found, Object, find, whole

_RENAMED = {
    "firstName": "first_name",
    "firstname": "first_name",
    "lastName": "last_name",
    "lastname": "last_name",
    "birthday": "dob",
    "avatar": "image_url",
}
_OF_THE_ADDRESS = {"city": "home_city", "country": "country"}
"""The rest of an address is lost, and all of one that is a text."""
_GENDERS = {
    **dict.fromkeys(("f", "female", "woman", "w"), "F"),
    **dict.fromkeys(("m", "male", "man"), "M"),
    **dict.fromkeys(("o", "other"), "O"),
}


def _build(message: Object) -> Outgoing:
    attributes = Fields()
    for name, found in whole(message).items():
        if name == "address":
            _put_address(attributes, found)
        elif name == "email" and isinstance(found.value, str):
            attributes.put(name, Found(found.value.lower(), found.sources))
        elif name == "gender":
            attributes.put(name, Found(_gender(found.value), found.sources))
        else:
            attributes.put(_RENAMED.get(name, name), found)
    if not attributes.values:
        raise Rejected("No attributes found")
    _put_id(attributes, message)
    body, fields = Fields(), Fields()
    body.nest_in_list("attributes", attributes)
    fields.nest("body", body)
    return Outgoing("https://rest.iad-01.braze.com/users/track", fields)


def _put_address(attributes: Fields, address: Found) -> None:
    for part, value in address.value.items() if isinstance(address.value, dict) else ():
        if part in _OF_THE_ADDRESS:
            attributes.put(_OF_THE_ADDRESS[part], Found(value, (f"{address.sources[0]}.{part}",)))


def _gender(value: Json) -> Json:
    return _GENDERS.get(value.lower()) if isinstance(value, str) else value


def _put_id(attributes: Fields, message: Object) -> None:
    """An id among the traits decides that there is a user, and yet only the root's userId is sent."""
    if find(message, USER_ID):
        attributes.put("external_id", find(message, ("userId",)))
    elif anonymous := find(message, ("anonymousId",)):
        alias = Fields()
        alias.put("alias_name", anonymous)
        alias.fixed("alias_label", "rudder_id")
        attributes.nest("user_alias", alias)


BRAZE = Destination(
    "braze",
    "Braze",
    "From facts about RudderStack's transformer, not compared with its answers.",
    _build,
)
