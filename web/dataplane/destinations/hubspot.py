"""HubSpot in cloud mode [server §2.6]: API v3, a portal as HubSpot makes it, contacts looked up by email.

The contact is one that is not found. The traits are the contact's properties where the portal has a property of that
name, in lower case and with `_` for a blank: a portal of one's own may have more of them. A field of the second table
is that trait, where no trait went there by its own name. null and "" are left out. Without an email there is no
contact.
"""

from .fields import Fields
from .javascript import truthy
from .outgoing import Destination, Note, Outgoing, Rejected
from .traits import EMAIL, Object, find, whole

_OF_THE_PORTAL = frozenset(
    {
        *("address", "annualrevenue", "city", "closedate", "company", "company_size", "country", "date_of_birth"),
        *("degree", "email", "fax", "field_of_study", "firstname", "gender", "graduation_date", "industry"),
        *("job_function", "jobtitle", "lastname", "lifecyclestage", "marital_status", "message", "military_status"),
        *("mobilephone", "numemployees", "phone", "relationship_status", "salutation", "school", "seniority"),
        *("start_date", "state", "twitterhandle", "website", "work_email", "zip"),
    }
)
"""HubSpot's own properties of a contact, as far as a web site knows them."""
_MAPPED = {
    "firstname": "firstName",
    "lastname": "lastName",
    "company": "company.name",
    "address": "address.street",
    "city": "address.city",
    "state": "address.state",
    "country": "address.country",
    "zip": "address.postalcode",  # not postalCode, which is lost
}


def _build(message: Object) -> Outgoing:
    email, traits = find(message, EMAIL), whole(message)
    if email is None or not truthy(email.value):
        raise Rejected("HubSpot's contacts are looked up by email, and there is none")
    properties, fields = Fields(), Fields()
    properties.put("email", email)
    for name, found in traits.items():
        field = name.lower().replace(" ", "_")
        if field != "email" and field in _OF_THE_PORTAL and traits.find(name) and not isinstance(found.value, dict):
            properties.put(field, found)
    for field, place in _MAPPED.items():
        if field not in properties.values:
            properties.put(field, traits.find(place))
    fields.nest("body", Fields.of("properties", properties))
    return Outgoing("https://api.hubapi.com/crm/v3/objects/contacts", fields, notes=_notes(message))


def _notes(message: Object) -> list[Note]:
    postal_code = whole(message).find("address.postalCode")
    if postal_code is None:
        return []
    return [Note("HubSpot's zip is made of address.postalcode, in lower case, only.", postal_code.sources[0])]


HUBSPOT = Destination(
    "hubspot",
    "HubSpot",
    "From facts about RudderStack's transformer, not compared with its answers; configured for API v3, contacts looked "
    "up by email, this one not found, a portal with HubSpot's own properties only.",
    _build,
)
