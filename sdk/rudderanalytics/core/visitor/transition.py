"""What a call changes in the identity [js 1.8-1.10].

Must not know: where the identity is kept, messages. The page does the same where Python cannot answer at once
(web/src); tests/vectors/transition.json is what both are held to.
"""

from ..calls import traits
from ..values import same
from . import amp_linker, identity, session

MESSAGES = ("identify", "track", "page", "group", "alias")
"""The methods whose calls become messages; the others change the visitor only."""


def after(call: dict, before: dict, given: dict, sessions: dict, extends: bool = True) -> dict:
    """The identity after a canonical call.

    `given` has the call's `id` (a UUID, which becomes an anonymousId where a fresh one is needed), its `at` (epoch ms)
    and its `page`; `sessions` is the load option. `extends`: a message makes its session last longer.
    """
    kind = call["type"]
    changed = before | _own(call, before, given)
    if kind in ("identify", "reset") and before["sessionInfo"] and not changed["sessionInfo"]:
        changed["sessionInfo"] = session.renew(before["sessionInfo"], sessions, given["at"])
    if kind in MESSAGES and extends:
        changed["sessionInfo"] = session.extend(changed["sessionInfo"], sessions, given["at"])
    return changed


def changes(before: dict, changed: dict) -> dict:
    """What is not as before, by state key."""
    return {
        key: changed[key] for key in changed if changed[key] is not before[key] and not same(changed[key], before[key])
    }


def remarks(call: dict) -> list[str]:
    """One line for each thing in a call that looks like a mistake, and is taken all the same."""
    if call["type"] == "identify":
        return traits.check(call["traits"] or {})
    if call["type"] == "startSession" and call["invalid"]:
        return ["an id is a whole number of 10 digits or more; the time is used"]
    return []


def _own(call: dict, before: dict, given: dict) -> dict:
    """What only this type of call changes, by state key."""
    kind = call["type"]
    if kind == "identify":
        return identity.identify(before, call["userId"], call["traits"])
    if kind == "group":
        return identity.group(before, call["groupId"], call["traits"])
    if kind == "reset":
        return identity.reset(before, call["entries"], given["id"])
    if kind == "setAnonymousId":
        return {"anonymousId": call["anonymousId"] or _linked(call, given) or given["id"]}
    if kind == "setAuthToken":
        return {"authToken": call["token"] or ""}
    if kind == "startSession":
        return {"sessionInfo": session.start(call["sessionId"] or given["at"])}
    if kind == "endSession":
        return {"sessionInfo": {}}
    return {}


def _linked(call: dict, given: dict) -> str | None:
    return amp_linker.anonymous_id(call["linker"], given["page"], given["at"]) if call["linker"] else None
