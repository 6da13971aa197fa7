"""Who the visitor is: pure transitions of the nine values that are kept.

Must not know: how they are stored, messages. An identity is a dict with every state key of `EMPTY`; each function
returns a new one and leaves the one it was given unchanged.
"""

from ..values import merge

EMPTY: dict = {
    "userId": "",
    "userTraits": {},
    "anonymousId": "",
    "groupId": "",
    "groupTraits": {},
    "initialReferrer": "",
    "initialReferringDomain": "",
    "sessionInfo": {},
    "authToken": "",
}
"""The identity of a visitor never seen, by state key; a value that is as here is not kept [js 3.1]."""

_RESET: dict[str, bool] = {
    "userId": True,
    "userTraits": True,
    "groupId": True,
    "groupTraits": True,
    "sessionInfo": True,
    "authToken": True,
    "anonymousId": False,
    "initialReferrer": False,
    "initialReferringDomain": False,
}


def identify(identity: dict, user_id: str | None, traits: dict | None) -> dict:
    """The visitor is `user_id` (None: the one they are) with these traits merged into the stored ones.

    Another user than the stored one starts afresh, with the same anonymousId. Traits that are not given stay: the
    documentation says that they need not be repeated (the official SDK forgets them, CONTRACT section 8).
    """
    if user_id and identity["userId"] and user_id != identity["userId"]:
        identity = reset(identity, {}, "")
    return identity | {
        "userId": identity["userId"] if user_id is None else user_id,
        "userTraits": merge(identity["userTraits"], traits or {}),
    }


def group(identity: dict, group_id: str | None, traits: dict | None) -> dict:
    """The visitor belongs to this group (None: the one they are in; "": none) with these traits merged in."""
    return identity | {
        "groupId": identity["groupId"] if group_id is None else group_id,
        "groupTraits": merge(identity["groupTraits"], traits or {}),
    }


def reset(identity: dict, entries: dict, fresh_id: str) -> dict:
    """Forget what `entries` says by state key, over the defaults of [js 1.9]; `fresh_id` is the next anonymousId.

    Only True and False say something; what else is there counts as the default.
    """
    said = {key: entries[key] for key in entries if isinstance(entries[key], bool)}
    forgotten = {key: EMPTY[key] for key in EMPTY if said.get(key, _RESET[key])}
    if "anonymousId" in forgotten:
        forgotten["anonymousId"] = fresh_id
    return identity | forgotten


def arrive(identity: dict, fresh_id: str, referrer: str, referring_domain: str) -> dict:
    """A page was opened: an anonymousId where there is none, and the first referrer ever, kept for good [js 3.6]."""
    arrived = identity | {"anonymousId": identity["anonymousId"] or fresh_id}
    if not (identity["initialReferrer"] and identity["initialReferringDomain"]):
        arrived["initialReferrer"] = identity["initialReferrer"] or referrer
        arrived["initialReferringDomain"] = (
            _host(identity["initialReferrer"]) if identity["initialReferrer"] else referring_domain
        )
    return arrived


def _host(address: str) -> str:
    rest: str = address.partition("://")[2]
    for end in "/?#":
        rest = rest.split(end, 1)[0]
    return rest
