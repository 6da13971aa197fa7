"""Customer.io in cloud mode [server §2.6], in the envelope of its Track API.

The traits are the customer's attributes, with the address spread among them. The ids among them are left out.
createdAt becomes `created_at` in seconds: null where it is no date, left out where it is null, false, 0 or "". The
first dot of a name is a letter like any other; the others step into objects (`dotted`). `_timestamp` is when the
message was made.
"""

from urllib.parse import quote

from .fields import Fields
from .javascript import text, truthy
from .outgoing import Destination, Outgoing, Rejected
from .times import TIME, noted, seconds
from .traits import EMAIL, USER_ID, Found, Object, find, whole, with_address_spread

_IDS = ("userId", "anonymousId")
_AS_IN_A_URL = "!'()*-._~"
"""What encodeURIComponent leaves as it is, beside letters and digits."""


def _build(message: Object) -> Outgoing:
    user = find(message, (*USER_ID, *EMAIL))
    if user is None:
        raise Rejected("userId or email is not present")
    body, fields, traits = Fields(), Fields(), whole(message)
    for name, found in with_address_spread(traits).items():
        if name == "createdAt":
            body.put("created_at", _seconds(found) if truthy(found.value) else None)
        elif name not in _IDS:
            body.write(name.replace(".", "\\.", 1), found)
    time = find(message, TIME)
    body.put("_timestamp", _seconds(time) if time else None)
    body.put("anonymous_id", find(message, ("anonymousId",)))
    fields.nest("body", body)
    fields.comes_from(("endpoint",), user.sources)
    endpoint = f"https://track.customer.io/api/v1/customers/{quote(text(user.value), safe=_AS_IN_A_URL)}"
    created = traits.get("createdAt")
    notes = noted(created, "Customer.io", "it gets null") if created and truthy(created.value) else ()
    return Outgoing(endpoint, fields, method="PUT", notes=[*notes])


def _seconds(found: Found) -> Found:
    return Found(seconds(found.value), found.sources)


CUSTOMERIO = Destination(
    "customerio",
    "Customer.io",
    "Compared with answers of RudderStack's transformer.",
    _build,
)
