"""Iterable in cloud mode [server §2.6], in the envelope of its /api/users/update.

The traits are the user's data fields, whole and unchanged. The user is known by email and by userId, for which the
anonymousId stands in.
"""

from .fields import Fields
from .outgoing import Destination, Outgoing, Rejected
from .traits import EMAIL, USER_ID, Object, find, whole

_IDS = {"email": EMAIL, "userId": (*USER_ID, "anonymousId")}


def _build(message: Object) -> Outgoing:
    body, traits, fields = Fields(), Fields(), Fields()
    for field, places in _IDS.items():
        body.put(field, find(message, places))
    if not body.values:
        raise Rejected("Iterable needs an email or a userId")
    for name, found in whole(message).items():
        traits.put(name, found)
    body.nest("dataFields", traits)
    body.fixed("preferUserId", True)
    body.fixed("mergeNestedObjects", True)
    fields.nest("body", body)
    return Outgoing("https://api.iterable.com/api/users/update", fields)


ITERABLE = Destination(
    "iterable",
    "Iterable",
    "From facts about RudderStack's transformer, not compared with its answers; configured to prefer the userId and to "
    "merge nested objects.",
    _build,
)
