"""Amplitude in cloud mode [server §2.6], in the envelope of its HTTP API v2.

The traits are the user's properties, with the address spread among them and the page's first referrer added, "" too.
City and country are the event's own fields instead, never properties: those of the address, else the traits of that
name, else of the context's location; where none counts there is none.
"""

from .fields import Fields
from .outgoing import Destination, Outgoing
from .traits import Object, find, find_defined, whole, with_address_spread

_OF_THE_EVENT = ("city", "country")
_OF_THE_PAGE = ("initial_referrer", "initial_referring_domain")


def _build(message: Object) -> Outgoing:
    event, body, fields = Fields(), Fields(), Fields()
    event.fixed("event_type", "$identify")
    event.put("user_id", find(message, ("userId",)))
    event.put("device_id", find(message, ("anonymousId",)))
    traits = whole(message)
    for name in _OF_THE_EVENT:
        found = traits.find(f"address.{name}", name)
        event.put(name, found or find(message, (f"context.location.{name}",)))
    event.nest("user_properties", _properties(message))
    body.fixed("api_key", "KEY")
    body.nest_in_list("events", event)
    fields.nest("body", body)
    return Outgoing("https://api2.amplitude.com/2/httpapi", fields)


def _properties(message: Object) -> Fields:
    fields = Fields()
    for name, found in with_address_spread(whole(message)).items():
        fields.write(name, found)
    for name in _OF_THE_EVENT:
        fields.take_out(name)
    for name in _OF_THE_PAGE:
        fields.put(name, find_defined(message, (f"context.page.{name}",)))
    return fields


AMPLITUDE = Destination(
    "amplitude",
    "Amplitude",
    "Compared with answers of RudderStack's transformer; of the event only what the message's ids, traits, page and "
    "location decide is shown.",
    _build,
)
