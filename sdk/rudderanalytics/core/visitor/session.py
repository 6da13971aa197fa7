"""Sessions: start, extend, expire, given the time [js 1.10, 3.9].

Must not know: where they are stored. A session is the dict that the official SDK keeps in `rl_session`: automatic
`{id, expiresAt, timeout, autoTrack, sessionStart?, cutOff?}` or manual `{id, manualTrack, sessionStart?}` (on later
pages with `autoTrack` False and `timeout`); `{}` is none. `sessions` is the load option. A `cutOff` {enabled, duration,
expiresAt} ends a session though it is in use; its time goes on through the sessions that end before it.
Times are epoch ms, durations ms.
"""


def resume(session: dict, sessions: dict, now: int) -> dict:
    """The session as a page opens: a manual one stays, an automatic one is renewed or begun as `sessions` says."""
    if session.get("manualTrack"):
        return session | {"autoTrack": False, "timeout": sessions["timeout"]}
    if not sessions["autoTrack"] or not sessions["timeout"]:  # a timeout of 0 switches them off [js 3.9]
        return {}
    automatic = _automatic(session, sessions, now)
    if _alive(session, now):
        automatic |= {key: session[key] for key in ("id", "sessionStart") if key in session}
    return automatic


def extend(session: dict, sessions: dict, now: int) -> dict:
    """The session as a message is made: a live one lasts longer, an expired automatic one is followed by another.

    A call that an earlier page made (its `now` is past) does not shorten it. `sessionStart` is True in the session that
    this message opens and False from the next message on.
    """
    if session.get("autoTrack"):
        if _alive(session, now):
            session = session | {"expiresAt": max(session["expiresAt"], now + session["timeout"])}
        else:
            session = _automatic(session, sessions, now)
    if not session:
        return session
    return session | {"sessionStart": "sessionStart" not in session}


def start(session_id: int) -> dict:
    """A manual session: it never expires and outlives the page."""
    return {"id": session_id, "manualTrack": True}


def renew(session: dict, sessions: dict, now: int) -> dict:
    """The session after a reset: another of the kind it was; an ended one stays ended."""
    if session.get("manualTrack"):
        return start(now)
    return _automatic({}, sessions, now) if session.get("autoTrack") else {}


def context(session: dict) -> dict:
    """What a message says of its session: `sessionId`, and `sessionStart` in the first one only."""
    if "id" not in session:
        return {}
    return {"sessionId": session["id"]} | ({"sessionStart": True} if session.get("sessionStart") else {})


def _automatic(session: dict, sessions: dict, now: int) -> dict:
    """Another session after this one."""
    timeout = sessions["timeout"]
    another = {"id": now, "expiresAt": now + timeout, "timeout": timeout, "autoTrack": True}
    if sessions["cutOff"]["enabled"]:
        end = _cut_off(session)
        end = now + sessions["cutOff"]["duration"] if end is None or now > end else end
        another["cutOff"] = sessions["cutOff"] | {"expiresAt": end}
    return another


def _alive(session: dict, now: int) -> bool:
    # A cookie can hold anything: what does not have numbers where they belong is no live session.
    end = _cut_off(session)
    return (
        "id" in session
        and _is_number(session.get("timeout"))
        and _is_number(session.get("expiresAt"))
        and bool(now <= session["expiresAt"])
        and (end is None or now <= end)
    )


def _cut_off(session: dict) -> int | None:
    cut_off = session.get("cutOff")
    end = cut_off.get("expiresAt") if isinstance(cut_off, dict) else None
    return end if _is_number(end) else None


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class Unsaid:
    """Sessions that no data plane will know of, because the page dropped the message that opened them: the next message
    of that session says once more that it starts."""

    def __init__(self) -> None:
        self._ids: list = []

    def add(self, message: dict) -> None:
        """This message was dropped on purpose, before it could be sent."""
        said = message.get("context")
        if isinstance(said, dict) and said.get("sessionStart"):
            self._ids.append(said.get("sessionId"))

    def context(self, session: dict) -> dict:
        """What the next message says of its session."""
        said = context(session)
        if said and said["sessionId"] in self._ids:
            self._ids.remove(said["sessionId"])
            said["sessionStart"] = True
        return said

    def reopened(self, session: dict) -> dict:
        """The session as it is kept where its start was not said: as if no message had opened it."""
        if session.get("id") not in self._ids:
            return session
        return {key: session[key] for key in session if key != "sessionStart"}
