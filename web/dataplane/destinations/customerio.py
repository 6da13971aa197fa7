"""Customer.io in cloud mode [server §2.6], in the envelope of its Track API."""

from urllib.parse import quote

from .javascript import text
from .outgoing import Destination, Fields, Outgoing, Rejected
from .times import seconds
from .traits import EMAIL, USER_ID, Found, Object, find, whole, with_address_spread

_AS_IN_A_URL = "!'()*-._~"
"""What encodeURIComponent leaves as it is, beside letters and digits."""


def _build(message: Object) -> Outgoing:
    user = find(message, (*USER_ID, *EMAIL))
    if user is None:
        raise Rejected("userId or email is not present")
    body, fields = Fields(), Fields()
    for name, found in with_address_spread(whole(message)).items():
        if name == "createdAt":
            body.put("created_at", Found(seconds(found.value), found.sources))
        else:
            body.put(name, found)
    body.put("anonymous_id", find(message, ("anonymousId",)))
    fields.nest("body", body)
    fields.sources[("endpoint",)] = user.sources
    endpoint = f"https://track.customer.io/api/v1/customers/{quote(text(user.value), safe=_AS_IN_A_URL)}"
    return Outgoing(endpoint, fields, method="PUT")


CUSTOMERIO = Destination(
    "customerio",
    "Customer.io",
    "From facts about RudderStack's transformer, not compared with its answers.",
    _build,
)
