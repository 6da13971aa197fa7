"""What long values cost in MicroPython: `measure` acts on an identify, and says how much of the heap that took.

Nothing is freed before a program of a PyScript page awaits something: what an act allocates, it occupies until then.
"""

import gc
import json

import run

from rudderanalytics.core import boundary
from rudderanalytics.core.analytics import Analytics

ID = "00000000-0000-4000-8000-000000000001"
MOMENT = {"now": run.NOW, "at": run.NOW, "id": ID, "page": run.PAGE, "identity": run.EMPTY}
LOAD = {
    "type": "load",
    "writeKey": "KEY",
    "dataPlaneUrl": "https://a.example",
    "options": run.OPTIONS,
    "policy": run.POLICY,
    "consents": run.CONSENTS,
    "owner": "owner",
    "runtime": "any 1.0",
    "installType": "script",
    "online": True,
    "coolUntil": None,
    "reviews": False,
}


def identify(bio: str) -> str:
    """The text of an input; `bio` is a trait as it is between the quotes of JSON."""
    call = MOMENT | {"type": "identify", "fresh": ID, "arguments": ["u1", {"bio": "@"}]}
    return json.dumps(call).replace("@", bio)


def measure(piece: str, times: int) -> str:
    """As JSON: the bytes of the input, and of the heap that it took."""
    boundary._analytics = Analytics(run.VERSION)
    boundary.handle(json.dumps(MOMENT | LOAD))
    text = identify(piece * times)
    gc.collect()
    before = gc.mem_alloc()
    effects = boundary.handle(text)
    took = gc.mem_alloc() - before
    assert '"accept"' in effects, effects[:300]
    return json.dumps([len(text.encode()), took])
