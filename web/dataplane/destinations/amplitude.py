"""Amplitude in cloud mode [server §2.6], in the envelope of its HTTP API v2."""

from .outgoing import Destination, Fields, Outgoing
from .traits import Object, find, whole, with_address_spread

_OF_THE_EVENT = ("city", "country")
"""Traits, mostly out of the address, that are no user properties but fields of the event."""


def _build(message: Object) -> Outgoing:
    event, properties, fields = Fields(), Fields(), Fields()
    event.fixed("event_type", "$identify")
    event.put("user_id", find(message, ("userId",)))
    event.put("device_id", find(message, ("anonymousId",)))
    for name, found in with_address_spread(whole(message)).items():
        (event if name in _OF_THE_EVENT else properties).put(name, found)
    event.nest("user_properties", properties)
    body = Fields()
    body.fixed("api_key", "KEY")
    body.nest_in_list("events", event)
    fields.nest("body", body)
    return Outgoing("https://api2.amplitude.com/2/httpapi", fields)


AMPLITUDE = Destination(
    "amplitude",
    "Amplitude",
    "From facts about RudderStack's transformer, not compared with its answers; what no trait decides is left out.",
    _build,
)
