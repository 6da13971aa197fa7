"""Sessions: start, extend, expire, given the time [js 1.10, 3.9].

Must not know: where they are stored. A session is the dict that the official SDK keeps in `rl_session`: automatic
`{id, expiresAt, timeout, autoTrack, sessionStart?}` or manual `{id, manualTrack, sessionStart?}` (on later pages with
`autoTrack` False and `timeout`); `{}` is none.
Times are epoch ms, durations ms.
"""


def resume(session: dict, sessions: dict, now: int) -> dict:
    """The session as a page opens: a manual one stays, an automatic one is renewed or begun as `sessions` says."""
    if session.get("manualTrack"):
        return session | {"autoTrack": False, "timeout": sessions["timeout"]}
    if not sessions["autoTrack"] or not sessions["timeout"]:  # a timeout of 0 switches them off [js 3.9]
        return {}
    if not _alive(session, now):
        return _automatic(sessions, now)
    return session | {"expiresAt": now + sessions["timeout"], "timeout": sessions["timeout"], "autoTrack": True}


def extend(session: dict, sessions: dict, now: int) -> dict:
    """The session as a message is made: a live one lasts longer, an expired automatic one is followed by another.

    A call that an earlier page made (its `now` is past) does not shorten it. `sessionStart` is True in the session that
    this message opens and False from the next message on.
    """
    if session.get("autoTrack"):
        if _alive(session, now):
            session = session | {"expiresAt": max(session["expiresAt"], now + session["timeout"])}
        else:
            session = _automatic(sessions, now)
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
    return _automatic(sessions, now) if session.get("autoTrack") else {}


def context(session: dict) -> dict:
    """What a message says of its session: `sessionId`, and `sessionStart` in the first one only."""
    if "id" not in session:
        return {}
    return {"sessionId": session["id"]} | ({"sessionStart": True} if session.get("sessionStart") else {})


def _automatic(sessions: dict, now: int) -> dict:
    return {"id": now, "expiresAt": now + sessions["timeout"], "timeout": sessions["timeout"], "autoTrack": True}


def _alive(session: dict, now: int) -> bool:
    # A cookie can hold anything: what does not have numbers where they belong is no live session.
    for key in ("expiresAt", "timeout"):
        if isinstance(session.get(key), bool) or not isinstance(session.get(key), (int, float)):
            return False
    return "id" in session and bool(now <= session["expiresAt"])
