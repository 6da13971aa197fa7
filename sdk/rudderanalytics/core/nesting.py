"""How deep objects and arrays nest: what interpreters recurse through must have a bound.

Must not know: what the values are.
"""

DEEPEST = 50
"""How many levels a value may have: MicroPython in a page recurses some 60 levels deep."""
_HOPELESS = 300
"""Levels of a JSON text that is not even read: Pyodide's `json` does not see the end of a worker's stack coming, which
is half as large as a page's and ends the interpreter."""


def within(value: object, limit: int = DEEPEST) -> bool:
    """Whether a value nests at most `limit` levels deep; walks level by level, so it never recurses itself."""
    level = [value]
    for _ in range(limit + 1):
        deeper: list[object] = []
        nested = False
        for item in level:
            if isinstance(item, dict):
                nested = True
                deeper.extend(item.values())
            elif isinstance(item, list):
                nested = True
                deeper.extend(item)
        if not nested:
            return True
        level = deeper
    return False


def is_hopeless(text: str) -> bool:
    """Whether a JSON text opens so many objects and arrays, outside its strings, before it closes them."""
    if text.count("[") + text.count("{") <= _HOPELESS:
        return False
    outside = text.replace("\\\\", "").replace('\\"', "").split('"')[::2]
    depth = 0
    for piece in "".join(outside).replace("{", "[").replace("}", "]").split("[")[1:]:
        depth += 1
        if depth > _HOPELESS:
            return True
        depth -= piece.count("]")
    return False
