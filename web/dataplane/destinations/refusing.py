"""Destinations in cloud mode that take no identify [server §2.6].

A user's traits reach GA4 with what comes after, track, page and group; Facebook Conversions with track and page.
"""

from typing import NoReturn

from .outgoing import Destination, Rejected
from .traits import Object


def _refuse(message: Object) -> NoReturn:
    raise Rejected("Message type identify not supported")


FACEBOOK = Destination(
    "facebook",
    "Facebook Conversions",
    "From RudderStack's documentation: Facebook Conversions takes page and track. How it refuses is taken from GA4.",
    _refuse,
)
GA4 = Destination(
    "ga4",
    "Google Analytics 4",
    "Compared with the answer of RudderStack's transformer.",
    _refuse,
)
