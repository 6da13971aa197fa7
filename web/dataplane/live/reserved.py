"""The reserved traits of RudderStack's identify documentation, and what each should be."""

import re
from datetime import datetime

from ..jsontext import Json, Raw

TEXT, NUMBER, OBJECT, DATE = "a string", "a number", "an object", "an ISO-8601 date"

TRAITS = {
    **dict.fromkeys(("id", "firstName", "lastName", "name", "email", "phone", "description", "gender"), (TEXT,)),
    **dict.fromkeys(("title", "username", "website", "avatar"), (TEXT,)),
    **dict.fromkeys(("address", "company"), (OBJECT,)),
    **dict.fromkeys([f"address.{part}" for part in ("city", "country", "postalCode", "state", "street")], (TEXT,)),
    **dict.fromkeys([f"company.{part}" for part in ("name", "industry", "plan")], (TEXT,)),
    "company.id": (TEXT, NUMBER),
    "company.employee_count": (NUMBER,),
    "age": (NUMBER,),
    "birthday": (DATE,),
}
"""Dots step into objects. createdAt has a check of its own."""

KEYWORDS = frozenset(
    {
        "id",
        "anonymous_id",
        "user_id",
        "sent_at",
        "timestamp",
        "received_at",
        "original_timestamp",
        "event",
        "event_text",
        "channel",
        "context_ip",
        "context_request_ip",
        "context_passed_ip",
        "group_id",
        "previous_id",
    }
)
"""Names that RudderStack gives to columns of its own [js §2.8]."""


def is_date(text: str) -> bool:
    """Whether it is a date, or a date and time, as ISO 8601 writes them in full."""
    if not re.match(r"\d{4}-\d\d-\d\d(?:$|T\d\d:\d\d)", text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def kind(value: Json) -> str:
    """What a value is, in the words of the table."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return TEXT
        case int() | float():
            return NUMBER
        case Raw(text):
            return "an array" if text.startswith("[") else OBJECT
        case list():
            return "an array"
        case _:
            return OBJECT


def fits(value: Json, wanted: tuple[str, ...]) -> bool:
    return kind(value) in wanted or (DATE in wanted and isinstance(value, str) and is_date(value))
