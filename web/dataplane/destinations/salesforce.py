"""Salesforce in cloud mode [server §2.6]: a Lead, looked up by email and not found.

A field of the table is the first of its places, in the whole traits, that counts. First and last name are those
given, else the first and the last word of the name; a last name and a company there must be, so "n/a" stands in. What
a Lead has no field for is dropped. All other traits are fields of one's own, `plan__c`, whatever they are. Without an
email there is no lead.
"""

from .fields import Fields
from .javascript import text, truthy
from .outgoing import Destination, Outgoing, Rejected
from .traits import Found, Object, Whole, whole

_LEAD = {
    "Email": ("email",),
    "Phone": ("phone",),
    "Title": ("title",),
    "Website": ("website",),
    "Description": ("description",),
    "CreatedDate": ("createdAt",),
    "Company": ("company.name",),
    "Industry": ("company.industry",),
    "NumberOfEmployees": ("company.employee_count",),
    "Street": ("address.street", "street"),
    "City": ("address.city", "city"),
    "State": ("address.state", "state"),
    "PostalCode": ("address.postalCode", "postalCode"),
    "Country": ("address.country", "country"),
}
_FIRST_NAME = ("firstName", "firstname", "first_name")
_LAST_NAME = ("lastName", "lastname", "last_name")
_MISSING = "n/a"
_DROPPED = ("name", "age", "gender", "birthday", "avatar", "address", "company")
_NO_FIELDS_OF_ONES_OWN = {
    *(place for places in _LEAD.values() for place in places),
    *(*_FIRST_NAME, *_LAST_NAME, *_DROPPED),
}


def _build(message: Object) -> Outgoing:
    traits, lead, fields = whole(message), Fields(), Fields()
    email = traits.find("email")
    if email is None or not truthy(email.value):
        raise Rejected("Salesforce's leads are looked up by email, and there is none")
    for field, places in _LEAD.items():
        lead.put(field, traits.find(*places))
    company = traits.get("company")
    if "Company" not in lead.values:
        is_text = company is not None and isinstance(company.value, str) and company.value
        lead.put("Company", company if is_text else Found(_MISSING, ()))
    first, last = _names(traits)
    lead.put("FirstName", first)
    lead.put("LastName", last or Found(_MISSING, ()))
    for name, found in traits.items():
        if name not in _NO_FIELDS_OF_ONES_OWN:
            lead.put(f"{name}__c", found)
    fields.nest("body", lead)
    return Outgoing("https://INSTANCE.my.salesforce.com/services/data/v50.0/sobjects/Lead", fields)


def _names(traits: Whole) -> tuple[Found | None, Found | None]:
    first, last, name = traits.find(*_FIRST_NAME), traits.find(*_LAST_NAME), traits.find("name")
    words = text(name.value).split() if name else []
    if name and words:
        first = first or Found(words[0], name.sources)
        last = last or (Found(words[-1], name.sources) if len(words) > 1 else None)
    return first, last


SALESFORCE = Destination(
    "salesforce",
    "Salesforce",
    "From facts about RudderStack's transformer, not compared with its answers; configured for leads, this one not "
    "found.",
    _build,
)
