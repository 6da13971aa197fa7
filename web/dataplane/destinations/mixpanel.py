"""Mixpanel in cloud mode: simplified id merge, new mapping, residency US [server §2.4].

A field of the table is the first of its places that counts; where the message has no such trait, some come from the
context. All other traits follow under their own names, root first and the context over it, dots and all (`dotted`).
"""

from .browsers import browser
from .fields import Fields
from .javascript import text, truthy
from .names import first_and_last, name
from .outgoing import Destination, Note, Outgoing
from .times import TIME, milliseconds
from .traits import EMAIL, FIRST_NAME, LAST_NAME, Found, Object, at, find, trait, unmapped

_SET = {
    "$created": trait("createdAt"),
    "$email": EMAIL,
    "$first_name": FIRST_NAME,
    "$last_name": LAST_NAME,
    "$name": trait("name"),
    "$username": (*trait("username"), *trait("userName")),
    "$phone": trait("phone"),
    "$avatar": trait("avatar"),
    "$country_code": (*trait("address.country"), *trait("country"), "context.location.country"),
    "$city": (*trait("city"), *trait("address.city"), "context.location.city"),
    "$region": (*trait("state"), *trait("address.state"), "context.location.region"),
    "$unsubscribed": trait("unsubscribed"),
    "$timezone": ("context.location.timezone",),
    "$carrier": ("context.network.carrier",),
    "$wifi": ("context.network.wifi",),
    "$manufacturer": ("context.device.manufacturer",),
    "$model": ("context.device.model",),
    "$screen_height": ("context.screen.height",),
    "$screen_width": ("context.screen.width",),
    "$initial_referrer": ("context.page.initial_referrer",),
    "$initial_referring_domain": ("context.page.initial_referring_domain",),
}
"""Unchanged in value, a createdAt that is no date too."""

_MAPPED = {
    place.removeprefix("context.").removeprefix("traits.").split(".")[0]
    for places in _SET.values()
    for place in places
    if "traits." in place
}
"""These names go nowhere else; so the rest of an address, its street say, is lost."""

_IP = ("context.ip", "request_ip")


def _build(message: Object) -> Outgoing:
    entry = Fields()
    entry.nest("$set", _profile(message))
    entry.fixed("$token", "TOKEN")
    entry.put("$distinct_id", _distinct_id(message))
    entry.put("$ip", find(message, _IP))
    time = find(message, TIME)
    entry.put("$time", Found(milliseconds(time.value), time.sources) if time else Found(None, ()))
    if at(message, "context.active") is False:
        entry.put("$ignore_time", Found(True, ("context.active",)))
    fields = Fields()
    fields.nest_in_list("batch", entry)
    return Outgoing("https://api.mixpanel.com/engage/", fields, notes=_notes(message))


def _profile(message: Object) -> Fields:
    fields = Fields()
    for field, places in _SET.items():
        fields.put(field, find(message, places))
    fields.put("$name", name(message, of_one=False))
    for field, found in unmapped(message, _MAPPED).items():
        fields.write(field, found)
    agent = at(message, "context.userAgent")
    known = browser(agent) if at(message, "channel") == "web" and isinstance(agent, str) else None
    if known is not None:
        fields.put("$browser", Found(known[0], ("context.userAgent",)))
        fields.put("$browser_version", Found(known[1], ("context.userAgent",)))
    return fields


def _distinct_id(message: Object) -> Found:
    """Only the ids at the root count, not those among the traits."""
    if truthy(message.get("userId")):
        return Found(message["userId"], ("userId",))
    if "anonymousId" in message:
        return Found(f"$device:{text(message['anonymousId'])}", ("anonymousId",))
    return Found("$device:undefined", ())


def _notes(message: Object) -> list[Note]:
    names = first_and_last(message)
    if len(names) == 1 and not find(message, trait("name")):
        return [Note("Only of a first and a last name is $name made.", names[0].sources[0])]
    return []


MIXPANEL = Destination(
    "mixpanel",
    "Mixpanel",
    "Compared with answers of RudderStack's transformer; configured for simplified id merge and the new mapping.",
    _build,
)
