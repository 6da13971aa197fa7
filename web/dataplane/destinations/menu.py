"""The destinations that there are, in the order of a menu."""

from .amplitude import AMPLITUDE
from .braze import BRAZE
from .customerio import CUSTOMERIO
from .hubspot import HUBSPOT
from .intercom import INTERCOM
from .iterable import ITERABLE
from .klaviyo import KLAVIYO
from .mixpanel import MIXPANEL
from .outgoing import Destination
from .posthog import POSTHOG
from .refusing import FACEBOOK, GA4
from .salesforce import SALESFORCE
from .webhook import WEBHOOK

DESTINATIONS: dict[str, Destination] = {
    each.name: each
    for each in (
        *(MIXPANEL, INTERCOM, AMPLITUDE, CUSTOMERIO, BRAZE, HUBSPOT, KLAVIYO, ITERABLE, POSTHOG, SALESFORCE, WEBHOOK),
        *(FACEBOOK, GA4),
    )
}
