"""Reserved traits: the table of the identify documentation, what each should be, and the name that is filled in.

Must not know: messages, storage. Nothing here changes a trait that the caller gave; a wrong type is only said.
Dates come here as ISO-8601 text: the page makes it of a JavaScript `Date`, `conversion.from_python` of a `datetime`.
"""

_TEXT = "a string"
_NUMBER = "a number"
_ISO_DATE = "an ISO-8601 date string"
_OBJECT = "an object"
_TEXT_OR_NUMBER = "a string or a number"

RESERVED: dict[str, str] = {
    "id": _TEXT,
    "firstName": _TEXT,
    "lastName": _TEXT,
    "name": _TEXT,
    "age": _NUMBER,
    "email": _TEXT,
    "phone": _TEXT,
    "address": _OBJECT,
    "address.city": _TEXT,
    "address.country": _TEXT,
    "address.postalCode": _TEXT,
    "address.state": _TEXT,
    "address.street": _TEXT,
    "birthday": _ISO_DATE,
    "company": _OBJECT,
    "company.name": _TEXT,
    "company.id": _TEXT_OR_NUMBER,
    "company.industry": _TEXT,
    "company.employee_count": _NUMBER,
    "company.plan": _TEXT,
    "createdAt": _ISO_DATE,
    "description": _TEXT,
    "gender": _TEXT,
    "title": _TEXT,
    "username": _TEXT,
    "website": _TEXT,
    "avatar": _TEXT,
}
"""Reserved trait (dots step into objects) -> what the documentation says it is."""

_STEPS = [(name, name.split(".")) for name in sorted(RESERVED)]  # the same order on every interpreter


def check(traits: dict) -> list[str]:
    """One line for each reserved trait whose value is of another type: it names the trait, both types. Nulls pass."""
    lines = []
    for name, steps in _STEPS:
        if steps[0] not in traits:
            continue
        value: object = traits
        for part in steps:
            value = value.get(part) if isinstance(value, dict) else None
        expected = RESERVED[name]
        if value is not None and not _is(value, expected):
            lines.append(f"trait {name} should be {expected}, not {_kind(value)}; it is sent as given")
    return lines


def fill_name(traits: dict) -> dict:
    """The traits with `name` made of `firstName` and `lastName`, where both are there and `name` is not."""
    first, last = traits.get("firstName"), traits.get("lastName")
    if traits.get("name") or not (isinstance(first, str) and first and isinstance(last, str) and last):
        return traits
    return traits | {"name": f"{first} {last}"}


def _is(value: object, expected: str) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        return _looks_like_a_date(value) if expected == _ISO_DATE else expected in (_TEXT, _TEXT_OR_NUMBER)
    if isinstance(value, (int, float)):
        return expected in (_NUMBER, _TEXT_OR_NUMBER)
    return isinstance(value, dict) and expected == _OBJECT


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return _TEXT
    if isinstance(value, (int, float)):
        return _NUMBER
    return "an array" if isinstance(value, list) else _OBJECT


def _looks_like_a_date(text: str) -> bool:
    """Whether text begins YYYY-MM-DD and goes on with nothing or a time, as every ISO-8601 text that `Date` makes."""
    digits = text[:4] + text[5:7] + text[8:10]
    return (
        len(digits) == 8
        and digits.isdigit()
        and text[4] + text[7] == "--"
        and "01" <= text[5:7] <= "12"
        and "01" <= text[8:10] <= "31"
        and text[10:11] in ("", "T", " ")
    )
