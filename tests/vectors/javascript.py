"""What Python makes of JavaScript's values; `found` gives it as JSON, by the names that javascript.mjs has for them."""

import json

import js

from rudderanalytics import browser


def found(names: str) -> str:
    result = {name: attempt(getattr(js.cases, name)) for name in json.loads(names)}
    result["inside of Python's"] = attempt({"a": js.cases.null, "b": [js.cases.date, (js.cases.object,)], "c": 5})
    result["an id"] = browser.as_id(js.cases.bigint, "user_id")
    result["an id of Python's"] = browser.as_id(2**64 + 1, "user_id")
    return json.dumps(result)


def attempt(value: object) -> object:
    try:
        return ["gives", browser.as_json(value, "traits")]
    except TypeError as error:
        return ["raises", str(error)]
