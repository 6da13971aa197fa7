"""JavaScript's values, where Python gives them: what they are as JSON, the same on every interpreter.

Only this module and `browser` know of `js`. Pyodide and MicroPython each have types of their own for what comes from
JavaScript; MicroPython looks into no BigInt and cuts numbers to 32 bits, so that nothing is asked of a value in Python
that JavaScript's own functions can say of it, and numbers come as text.
"""

import json

from .core import nesting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FOREIGN = ("JsProxy", "JsNull", "JsUndefined", "JsBigInt", "JsException", "undefined")
"""The types of what comes from JavaScript and is nothing in Python: Pyodide's, and MicroPython's two."""


def read(value: "Any", key: str, depth: int = 0) -> "Any":
    """A JavaScript value as a JSON value; what is none comes back as it is.

    `null` and `undefined` are None, a `Date` is its ISO-8601 text, a BigInt the text of its digits; objects and arrays
    hold the same. (Of a BigInt that is not inside of another value, Pyodide makes an int before version 314.)
    `key` is the path that an error names, `depth` the levels around the value. Raises `TypeError` for everything else:
    functions, symbols, maps, sets, elements of a page, invalid dates, numbers that JSON lacks, and values that contain
    themselves.
    """
    name = type(value).__name__
    if name not in _FOREIGN:
        return value
    if name in ("JsNull", "JsUndefined", "undefined"):
        return None
    import js

    return _Reader(js).read(js.Array.of(value), 0, key, depth)


class _Reader:
    """What is needed of JavaScript: functions that are bound to nothing, as no interpreter leaves them by itself."""

    def __init__(self, js: "Any") -> None:
        self._js = js
        functions = js.Function.prototype
        bind, call = js.Reflect.get(functions, "bind"), js.Reflect.get(functions, "call")
        to_string = js.Reflect.get(js.Object.prototype, "toString")
        self._kind = js.Reflect.apply(bind, call, js.Array.of(to_string))

    def read(self, values: "Any", index: int, key: str, depth: int) -> "Any":
        """The item of a JavaScript array, which is never taken out of it before it is known what it is."""
        kind = values.map(self._kind)[index][len("[object ") : -1]
        if kind in ("Null", "Undefined"):
            return None
        if kind in ("String", "BigInt"):
            return self._text(values, index)
        if kind == "Boolean":
            return self._text(values, index) == "true"
        if kind == "Number":
            return _number(self._text(values, index), key)
        if kind == "Date":
            if self._text(values, index) == "Invalid Date":
                raise TypeError(f"{key}: an invalid Date cannot be sent as JSON")
            return values[index].toISOString()
        if kind not in ("Object", "Array"):
            raise TypeError(f"{key}: a JavaScript {kind} cannot be sent as JSON")
        if depth >= nesting.DEEPEST:
            raise TypeError(f"{key}: nested more than {nesting.DEEPEST} levels deep, or contains itself")
        if kind == "Array":
            items = getattr(self._js.Array, "from")(values[index])
            found = []  # loops: a comprehension is a second call for each level, and MicroPython has few
            for at in range(items.length):
                found.append(self.read(items, at, f"{key}[{at}]", depth + 1))
            return found
        names, items = self._js.Object.keys(values[index]), self._js.Object.values(values[index])
        members = {}
        for at in range(items.length):
            members[names[at]] = self.read(items, at, f"{key}.{names[at]}", depth + 1)
        return members

    def _text(self, values: "Any", index: int) -> str:
        text: str = self._js.Reflect.apply(self._js.String, None, values.slice(index, index + 1))
        return text


def _number(text: str, key: str) -> "Any":
    if text in ("NaN", "Infinity", "-Infinity"):
        raise TypeError(f"{key}: {text} is not a JSON number")
    return json.loads(text)
