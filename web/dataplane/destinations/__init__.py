"""What each destination would be sent for a message, as RudderStack's transformer would do it [server §2].

    from dataplane.destinations import DESTINATIONS

    preview = DESTINATIONS["mixpanel"].preview(message)  # any JSON value; it is never changed, and nothing is raised
    preview.request  # {"method", "endpoint", "batch" | "body"}, or None where the message is refused
    preview.error    # why it is refused, in the transformer's words where they are known, else None
    preview.sources  # {("batch", 0, "$set", "$created"): ("context.traits.createdAt",), ...}
    preview.lost     # traits that reach no field: ("context.traits.address.street", ...)
    preview.notes    # Note(text, source): what surprises, and what a browser (device) mode sends instead
    preview.trace()  # [("context.traits.createdAt", "batch[0].$set.$created"), ...], in the order of the request
    preview.answer() # what `POST /api/destinations/<name>` answers: (status, JSON)

`DESTINATIONS` is in the order of a menu: Mixpanel and Intercom first. A destination has a `name` (as in the API), a
`title` for people and a `basis`, a sentence that says how well it is known. A path of `sources` leads from `request` to
the field; a field with a nested value (a company) has one path, that of the whole. `field_text(path)` writes a path.
What comes from the configuration or is the same for every message (`$token`) has no source.

`outcome(name, value)` says in a sentence what becomes of one trait in each destination, `refusals(message)` who refuses
a message and in which words, `day(seconds)` which day that is; `is_e164(phone)` is Klaviyo's condition.

The transformer sees a message after the processor gave it a `timestamp`, which what the gateway has just stored lacks;
`processed(message)` gives a copy with it.

- A destination is one module, whose first lines say its rules: tables of where each field is looked up, and code only
  for what a table cannot say. Compared with the transformer's answers: `mixpanel`, `intercom`, `amplitude`,
  `customerio`, `braze`. From facts alone: `hubspot`, `klaviyo`, `iterable`, `posthog`, `salesforce`, `webhook`.
  `refusing` has two that take no identify. `menu` is the list of them.
- How a value is found: `traits` (field by field, or the traits as a whole), `dotted` (names with dots), `names` (a full
  name of first and last).
- What the transformer's language makes of a value: `javascript` (texts, numbers, truth), `date_parse` (a date in a
  text), `times` (points in time), `browsers` (a user agent).
- What comes of it: `fields` (a request, and where each field is from), `outgoing` (the answer), `outcomes` (in words).
"""

from .dotted import Path
from .klaviyo import is_e164
from .menu import DESTINATIONS
from .outcomes import day, outcome, refusals
from .outgoing import Destination, Note, Preview, field_text
from .times import processed

__all__ = [
    "DESTINATIONS",
    "Destination",
    "Note",
    "Path",
    "Preview",
    "day",
    "field_text",
    "is_e164",
    "outcome",
    "processed",
    "refusals",
]
