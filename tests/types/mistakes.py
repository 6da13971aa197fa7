"""Mistakes that a type checker names, each in the line that ends in `# wrong`; no other line is one.

Not run: tests/test_types.py gives it to mypy --strict and to pyright.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

import rudderanalytics as r


def hear(message: dict[str, Any]) -> None:
    print(message["type"])


def drop(message: dict[str, Any]) -> None:
    return None


async def right() -> None:
    r.load("KEY", "https://a.example", log_level="ERROR", sessions={"auto_track": False}, before_send=drop)
    r.load("KEY", "https://a.example", storage={"type": "localStorage", "entries": {"user_id": {"type": "none"}}})
    r.identify("u1", {"name": "Ada", "own": Decimal("1.5"), "createdAt": datetime.now()})
    r.identify(7)
    r.page("Home")
    r.page("Home", "Docs", {"version": 2})
    r.page(name="Home", category="Docs")
    r.page(properties={"version": 2})
    r.on("message", hear)
    r.on("dropped", lambda dropped: print(dropped["reason"]))
    r.on("failed", lambda failed: print(failed["messageIds"][0], failed["status"] + 1, failed["nextTry"]))
    r.load("KEY", "https://a.example", before_send_failure="send", queue_options={"resend_unanswered": True})
    r.reset(entries={"user_traits": False})
    print(r.stats()["dropped"].get("expired", 0) + r.stats()["repeated"], (await r.flush(1.5))["dropped"])
    print((await r.flush())["pending"])


async def wrong() -> None:
    r.load("KEY")  # wrong
    r.load("KEY", "https://a.example", log_level="LOUD")  # wrong
    r.load("KEY", "https://a.example", logLevel="ERROR")  # wrong
    r.load("KEY", "https://a.example", sessions={"auto_trak": True})  # wrong
    r.load("KEY", "https://a.example", sessions={"timeout": "30 min"})  # wrong
    r.load("KEY", "https://a.example", secure_cookie="yes")  # wrong
    r.load("KEY", "https://a.example", same_site_cookie="lax")  # wrong
    r.load("KEY", "https://a.example", storage={"type": "cookies"})  # wrong
    r.load("KEY", "https://a.example", storage={"entries": {"userId": {"type": "none"}}})  # wrong
    r.load("KEY", "https://a.example", queue_options={"batch": {"max_items": "10"}})  # wrong
    r.load("KEY", "https://a.example", pre_consent={"events": {"delivery": "later"}})  # wrong
    r.load("KEY", "https://a.example", consent_management={"provider": "onetrust"})  # wrong
    r.load("KEY", "https://a.example", redact="token")  # wrong
    r.load("KEY", "https://a.example", before_send=True)  # wrong
    r.load("KEY", "https://a.example", runtime="cpython")  # wrong
    r.load("KEY", "https://a.example", ua_ch_track_level="all")  # wrong
    r.identify({"name": "Ada"})  # wrong
    r.identify("u1", "Ada")  # wrong
    r.track({"name": "Bought"})  # wrong
    r.track("Bought", price=3)  # wrong
    r.page(5)  # wrong
    r.page("Home", "Docs", "en")  # wrong
    r.group("g1", ["pro"])  # wrong
    r.alias()  # wrong
    r.reset(entries={"userTraits": False})  # wrong
    r.consent(consent_management={"allowed": []})  # wrong
    r.on("mesage", hear)  # wrong
    r.on("dropped", lambda dropped: print(dropped["why"]))  # wrong
    r.identfy("u1")  # wrong
    print(r.get_user_id() + 1)  # wrong
    print((await r.flush())["sent"])  # wrong
    r.start_session("today")  # wrong
    print((await r.flush("1 s"))["pending"])  # wrong
    r.on("failed", lambda failed: print(failed["messageId"]))  # wrong
    r.on("failed", lambda failed: print(failed["nextTry"] + 1))  # wrong
    r.on("dropped", lambda dropped: print(dropped["reason"] == "to_large"))  # wrong
    print(r.stats()["drop"])  # wrong
    print(r.stats()["dropped"]["reject"])  # wrong
    r.load("KEY", "https://a.example", before_send_failure="ignore")  # wrong
    r.load("KEY", "https://a.example", queue_options={"resend": True})  # wrong
    r.load("KEY", "https://a.example", queue_options={"min_retry_delay": "1 s"})  # wrong
