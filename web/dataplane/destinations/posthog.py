"""PostHog in cloud mode [server §2.6], in the envelope of its capture API.

The traits are the person's properties, whole and unchanged. There must be traits, if only `{}`. The person is known by
userId, for which the anonymousId stands in.
"""

from .fields import Fields
from .outgoing import Destination, Outgoing, Rejected
from .traits import CONTEXT, ROOT, USER_ID, Object, find, whole


def _build(message: Object) -> Outgoing:
    if find(message, (ROOT, CONTEXT)) is None:
        raise Rejected("PostHog needs traits, which may be empty")
    person, properties, body, fields = Fields(), Fields(), Fields(), Fields()
    for name, found in whole(message).items():
        person.put(name, found)
    properties.put("$anon_distinct_id", find(message, ("anonymousId",)))
    body.fixed("api_key", "KEY")
    body.fixed("type", "identify")
    body.fixed("event", "$identify")
    body.put("distinct_id", find(message, (*USER_ID, "anonymousId")))
    body.nest("properties", properties)
    body.nest("$set", person)
    fields.nest("body", body)
    return Outgoing("https://app.posthog.com/batch", fields)


POSTHOG = Destination(
    "posthog",
    "PostHog",
    "From facts about RudderStack's transformer, not compared with its answers; what no id and no trait decides is "
    "left out.",
    _build,
)
