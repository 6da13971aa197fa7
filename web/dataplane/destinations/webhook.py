"""A webhook in cloud mode: the message itself, unchanged, to an address of one's own."""

from .fields import Fields
from .outgoing import Destination, Outgoing
from .traits import CONTEXT, ROOT, Object, members


def _build(message: Object) -> Outgoing:
    fields = Fields()
    fields.fixed("body", message)
    for place in (ROOT, CONTEXT):
        for name, found in members(message, place).items():
            fields.comes_from(("body", *place.split("."), name), found.sources)
    return Outgoing("https://webhook.example.com/", fields)


WEBHOOK = Destination(
    "webhook",
    "Webhook",
    "RudderStack's documentation: each message, unmodified, to the address that is configured.",
    _build,
)
