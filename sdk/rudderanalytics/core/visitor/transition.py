"""What a call changes in the identity [js 1.8-1.10].

Must not know: where the identity is stored, messages.
"""

from ..calls import traits
from ..effects import Effects
from . import amp_linker, identity, session

MESSAGES = ("identify", "track", "page", "group", "alias")


def after(call: dict, before: dict, given: dict, sessions: dict, effects: Effects) -> dict:
    """The identity after a canonical call; `given` has its `id`, `at` and `page`, `sessions` is the load option."""
    kind = call["type"]
    changed = dict(before)
    if kind == "identify":
        effects.warn(traits.check(call["traits"] or {}), "identify: ")
        changed = identity.identify(before, call["userId"], call["traits"])
    elif kind == "group":
        changed = identity.group(before, call["groupId"], call["traits"])
    elif kind == "reset":
        changed = identity.reset(before, call["entries"], given["id"])
    elif kind == "setAnonymousId":
        linked = amp_linker.anonymous_id(call["linker"], given["page"], given["at"]) if call["linker"] else None
        changed["anonymousId"] = call["anonymousId"] or linked or given["id"]
    elif kind == "setAuthToken":
        changed["authToken"] = call["token"] or ""
    elif kind == "startSession":
        if call["invalid"]:
            effects.log("WARN", "startSession: an id is a whole number of 10 digits or more; the time is used")
        changed["sessionInfo"] = session.start(call["sessionId"] or given["at"])
    elif kind == "endSession":
        changed["sessionInfo"] = {}
    if kind in ("identify", "reset") and before["sessionInfo"] and not changed["sessionInfo"]:
        changed["sessionInfo"] = session.renew(before["sessionInfo"], sessions, given["at"])
    if kind in MESSAGES:
        changed["sessionInfo"] = session.extend(changed["sessionInfo"], sessions, given["at"])
    return changed
