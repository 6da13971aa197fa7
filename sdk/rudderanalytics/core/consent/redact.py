"""Addresses without what is not for others: the query parameters that the load option `redact` names are taken out.

Must not know: where an address comes from. A parameter counts if it has one of the names, in any case, or ends in one
(`access_token`, `apiKey`, `user[email]`); after a `#` too, where OAuth and single-page applications put theirs.
"""

_ADDRESSES = ("url", "tab_url", "search", "referrer", "initial_referrer")


def message(built: dict, names: list) -> None:
    """Take them out of the addresses of a wire message: `context.page`, and the properties of a page message."""
    for fields in (built["context"].get("page"), built["properties"] if built["type"] == "page" else None):
        if isinstance(fields, dict):
            for key in _ADDRESSES:
                if isinstance(fields.get(key), str):
                    fields[key] = address(fields[key], names)


def address(text: str, names: list) -> str:
    """The address without these parameters; the others stay as they are, in order."""
    if "=" not in text:
        return text
    kept = ""
    start = ""  # the ? or # whose first parameter is gone
    for piece in _pieces(text):
        name, equals, _ = piece[1:].partition("=")
        mark = start if start and piece[0] in "&;" else piece[0]
        if equals and mark in "?#&;" and _is_one(name, names):
            start = mark if mark in "?#" else ""
        else:
            kept += mark + piece[1:]
            start = ""
    return kept


def _pieces(text: str) -> list[str]:
    """The text in pieces that begin at each ? # & ;."""
    for mark in "?#&;":
        text = text.replace(mark, "\0" + mark)
    return [piece for piece in text.split("\0") if piece]


def _is_one(name: str, names: list) -> bool:
    camel = "".join(["_" + letter if "A" <= letter <= "Z" else letter for letter in name])
    for form in (name, camel):
        words = "_" + form.lower()
        for mark, plain in (("%5d", ""), ("]", ""), ("%5b", "_"), ("[", "_"), ("-", "_"), (".", "_")):
            words = words.replace(mark, plain)
        if any(words.endswith("_" + each.lower()) for each in names):
            return True
    return False
