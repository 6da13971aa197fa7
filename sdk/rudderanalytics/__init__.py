"""RudderStack's event API for Python in the page.

    import rudderanalytics

    rudderanalytics.load("WRITE_KEY", "https://dataplane.example.com")
    rudderanalytics.identify("27340af5c8819", {"name": "Richard Hendricks", "email": "", "logins": 2})

The same source runs in PyScript (`py` and `mpy`), Pyodide and MicroPython. Every call is stamped and stored in the
browser before its line returns, and delivered in order. Values must be JSON values, `datetime` or `date` (sent as
ISO-8601), or JavaScript's (`null` and `undefined` are None, a `Date` is ISO-8601, a BigInt its digits, objects and
arrays are converted); others raise `TypeError`, which names the key, before anything is stored. So does a whole number
beyond 2 ** 53, which JavaScript does not hold exactly, unless it is an id: that is its digits. Outside a page, the
import works and every function raises `NotInAPage`.

The house, from the outside in; imports go one way, down:

    browser              these functions -> window.rudderanalytics, the page's one client (web/src)
    worker               the same from a worker without a document: over a channel, or with a client of its own
    conversion           what a value of Python becomes in JSON
    javascript           JavaScript's values, where Python gives them
    core/boundary        window.rudderanalytics -> the core: text in, text out; all that crosses
    core/analytics       one input -> what the page must do (effects)
    core/client          what each input does
    core/calls/          overloads    the public methods as they are called -> one canonical call
                         traits       the reserved traits
    core/visitor/        identity     userId, anonymousId, traits, group
                         session      start, extend, expire
                         transition   what a call changes in them
                         amp_linker   the anonymousId in a link from an AMP page
    core/consent/        consent      what the page says of the visitor's decision
                         before_send  what `beforeSend` makes of a message
                         redact       addresses and titles without what is not for others
                         secrets      names and texts that are not for others
                         address      addresses in pieces
    core/delivery/       message      everything together, as it is sent
                         sender       messages out, answers in
                         waiting      messages until the visitor has decided
                         outbox       what is undelivered: order, batches, limits
                         queue        messages in line
                         search       which of them it is that always fails
                         aside        those, at the back
                         backoff      when to try again
                         clock        time as it passes, whatever the clock says
                         request      a delivery as HTTP
    core/effects         what the core asks of the page
    core/ids             what texts are no ids
    core/values          JSON text, merging
    core/nesting         how deep objects and arrays go
    core/base64          base64, which is not the same on every interpreter
    tag                  the script tag, for who shows what a worker's Python gives
    tracebacks           an exception -> the properties of a message
    logs                 what happens -> Python's `logging`
    errors               what can go wrong
"""

from . import browser, tracebacks
from ._version import __version__
from .browser import as_id as _id
from .browser import as_json as _json
from .errors import NotInAPage, RudderAnalyticsError
from .logs import forward as _forward
from .tag import Tag as _Tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal, Unpack, overload

    from ._types import (
        ConsentOptions,
        Delivered,
        Dropped,
        Failed,
        Flushed,
        LoadOptions,
        Options,
        ResetEntries,
        Stats,
        Traits,
    )


__all__ = [
    "NotInAPage",
    "RudderAnalyticsError",
    "__version__",
    "alias",
    "consent",
    "debug",
    "end_session",
    "exception",
    "flush",
    "get_anonymous_id",
    "get_group_id",
    "get_group_traits",
    "get_session_id",
    "get_user_id",
    "get_user_traits",
    "group",
    "identify",
    "load",
    "on",
    "page",
    "reset",
    "revoke",
    "set_anonymous_id",
    "set_auth_token",
    "show",
    "start_session",
    "stats",
    "track",
]

_loaded: "list[Any]" = []  # what the last `load` was called with, for `show`


def load(write_key: str, data_plane_url: str, **options: "Unpack[LoadOptions]") -> None:
    """Start: messages go to this data plane, for the source with this write key.

    Options are those of RudderStack's JavaScript SDK in snake_case (`log_level="ERROR"`, `sessions={"timeout":
    1_800_000}`), times in ms, sizes in bytes; the documentation has them all. `before_send`
    gets each message (a dict) and returns what is sent, or None, which drops it (a PyScript worker raises
    RudderAnalyticsError: no page can wait for it); `on_loaded` gets this module once the client is ready. One that is
    unknown or of the wrong type logs one line and has its default. A wrong write key or URL logs one line and keeps the
    calls for a `load` that works; the first one that works counts.

    `standalone=True` is for a worker (JupyterLite, marimo, one of your own) without the script tag: where no page of
    the origin answers, the worker is the client, with a visitor of its own, who is one for all workers of the origin.
    Raises RudderAnalyticsError for options that need a page. On a page, and where one answers, it changes nothing.
    """
    given: dict[str, object] = dict(options)
    standalone = _json(given.pop("standalone", False), "standalone")
    called = {name: given.pop(name) for name in ("before_send", "on_loaded") if callable(given.get(name))}
    arguments = [_json(write_key, "write_key"), _json(data_plane_url, "data_plane_url"), browser.members(given)]
    if standalone:
        browser.refuse_alone(arguments[2])
    if "before_send" in called:
        browser.review(called["before_send"])  # type: ignore[arg-type]
    if "on_loaded" in called:
        browser.on("ready", lambda _: called["on_loaded"](__import__(__name__)))  # type: ignore[operator]
    _forward(browser.on)
    browser.call("load", *arguments)
    _loaded[:] = arguments
    if standalone:
        browser.stand_alone(arguments)


def show(assets_url: str) -> "_Tag":
    """The script tag for the page around a worker whose output can be HTML (JupyterLite, stlite): end a cell with it.

    That page is then the client, and what was called meanwhile goes by it. `assets_url` is the address of `dist/`,
    without which no script can come; write key, data plane and options are those of the last `load`. A page that has
    the tag already keeps it. Raises RudderAnalyticsError before `load`.
    """
    if not isinstance(assets_url, str):
        raise TypeError("assets_url should be a text")
    browser.find()
    if not _loaded:
        raise RudderAnalyticsError("show: call load first, with the write key and the data plane of the page")
    return _Tag(assets_url, *_loaded)


def identify(
    user_id: "str | int | None" = None,
    traits: "Traits | dict[str, object] | None" = None,
    options: "Options | dict[str, object] | None" = None,
) -> str:
    """Say who the visitor is, and what is known of them. Returns the messageId (a UUID).

    `user_id` None is the visitor as they are known. Traits are merged into the stored ones, so only what changed need
    be given; they go with every later message. A blank id or NaN is refused with a line in the console.
    """
    message_id: str = browser.call(
        "identify", _id(user_id, "user_id"), _json(traits, "traits"), _json(options, "options")
    )
    return message_id


def track(
    event: str,
    properties: "dict[str, object] | None" = None,
    options: "Options | dict[str, object] | None" = None,
) -> str:
    """Say what the visitor did. Returns the messageId."""
    message_id: str = browser.call(
        "track", _json(event, "event"), _json(properties, "properties"), _json(options, "options")
    )
    return message_id


def exception(error: BaseException, properties: "dict[str, object] | None" = None) -> str:
    """Say that something went wrong: a track message `Error` with the exception's class (`name`), its `message` and its
    `traceback`, 8 kB at most, without what is not for others. Returns the messageId.

    `properties` are added. What nobody catches becomes such a message with `auto_track={"errors": True}`.
    """
    if not isinstance(error, BaseException):
        raise TypeError("error should be an exception")
    more: dict[str, object] = _json(properties, "properties") or {}  # type: ignore[assignment]
    message_id: str = browser.call("track", tracebacks.EVENT, more | tracebacks.describe(error, handled=True))
    return message_id


def page(
    name: "str | None" = None,
    category: "str | None" = None,
    properties: "dict[str, object] | None" = None,
    options: "Options | dict[str, object] | None" = None,
) -> str:
    """Say that the visitor sees a page; its address, title and referrer are added. Returns the messageId.

    The name comes first here, and the category first in JavaScript's `page`; as keywords they need no order.
    """
    name_given, category_given = _json(name, "name"), _json(category, "category")
    given = _json(properties, "properties")
    if given is None:
        given = {}
    more = _json(options, "options")
    if name_given is None and category_given is not None and isinstance(given, dict):
        given["category"] = category_given  # on its own, a first text would be the name
        category_given = None
    message_id: str
    if name_given is None:
        message_id = browser.call("page", given, more)
    else:
        message_id = browser.call("page", category_given, name_given, given, more)
    return message_id


def group(
    group_id: "str | int | None" = None,
    traits: "dict[str, object] | None" = None,
    options: "Options | dict[str, object] | None" = None,
) -> str:
    """Say which group (company, team) the visitor belongs to. Returns the messageId.

    `group_id` None is the group they are known to be in; the group's traits are merged into the stored ones.
    """
    message_id: str = browser.call(
        "group", _id(group_id, "group_id"), _json(traits, "traits"), _json(options, "options")
    )
    return message_id


def alias(
    to: "str | int",
    from_id: "str | int | None" = None,
    options: "Options | dict[str, object] | None" = None,
) -> str:
    """Say that `from_id` (None: the visitor as they are known) and `to` are one person. Returns the messageId."""
    message_id: str = browser.call("alias", _id(to, "to"), _id(from_id, "from_id"), _json(options, "options"))
    return message_id


def reset(anonymous_id: bool = False, entries: "ResetEntries | None" = None) -> None:
    """Forget the user, their traits, group and session (at logout); True: make another anonymousId too.

    `entries` says it for each value: `{"user_traits": False}` keeps the traits,
    `{"initial_referrer": True}` forgets the first referrer too.
    """
    said: dict[str, object] = _json(entries, "entries") or {}  # type: ignore[assignment]
    forget = {"anonymousId": bool(_json(anonymous_id, "anonymous_id"))} | browser.members(said)
    browser.call("reset", {"entries": forget})


def get_user_id() -> str:
    """The stored user id; "" where the visitor is not identified."""
    user_id: str = browser.call("getUserId")
    return user_id


def get_user_traits() -> "dict[str, object]":
    """The stored traits of the user; {} where there are none."""
    traits: dict[str, object] = browser.call("getUserTraits")
    return traits


def get_anonymous_id() -> str:
    """The visitor's anonymousId, a UUID unless it was set; one is made where there is none."""
    anonymous_id: str = browser.call("getAnonymousId")
    return anonymous_id


def set_anonymous_id(anonymous_id: "str | None" = None, linker: "str | None" = None) -> None:
    """Set the anonymousId; None takes the one in an AMP page's `linker`, where it holds, or a fresh UUID."""
    browser.call("setAnonymousId", _json(anonymous_id, "anonymous_id"), _json(linker, "linker"))


def get_group_id() -> str:
    """The stored group id; "" where there is none."""
    group_id: str = browser.call("getGroupId")
    return group_id


def get_group_traits() -> "dict[str, object]":
    """The stored traits of the group; {} where there are none."""
    traits: dict[str, object] = browser.call("getGroupTraits")
    return traits


def get_session_id() -> "int | None":
    """The session's id: epoch ms of its start, or what it was started with; None where there is no session."""
    session_id: int | None = browser.call("getSessionId")
    return session_id


def start_session(session_id: "int | None" = None) -> None:
    """Start a session by hand: it never expires. The id is a whole number of 10 digits or more; None: the time."""
    browser.call("startSession", _json(session_id, "session_id"))


def end_session() -> None:
    """End the session; later messages have none, until the next page begins one."""
    browser.call("endSession")


def set_auth_token(token: "str | None") -> None:
    """Keep an authentication token beside the identity; None removes it."""
    browser.call("setAuthToken", _json(token, "token"))


def consent(**options: "Unpack[ConsentOptions]") -> None:
    """Say what the visitor decided: `consent_management={"allowed_consent_ids": ["C1"]}`; without ids the consent
    manager is asked. What is unknown or of the wrong type logs one line. The documentation, "Privacy", has more."""
    browser.call("consent", browser.members(dict(options)))


def revoke() -> None:
    """Take back what the visitor allowed: all of this SDK's is removed from this browser, in all tabs, and what is
    undelivered is dropped (reason `consent`). Then nothing is stored or sent until `consent()`."""
    browser.call("revoke")


if TYPE_CHECKING:

    @overload
    def on(name: Literal["ready"], listener: Callable[[None], object]) -> None: ...
    @overload
    def on(name: Literal["message"], listener: Callable[[dict[str, Any]], object]) -> None: ...
    @overload
    def on(name: Literal["delivered"], listener: Callable[[Delivered], object]) -> None: ...
    @overload
    def on(name: Literal["dropped"], listener: Callable[[Dropped], object]) -> None: ...
    @overload
    def on(name: Literal["failed"], listener: Callable[[Failed], object]) -> None: ...


def on(name: str, listener: "Callable[[Any], object]") -> None:
    """Call `listener` at each `ready` (with None), `message` (accepted: with the message), `delivered` (with
    {"messageId"}), `dropped` (with {"messageId", "reason"}) or `failed` (a try, with {"messageIds", "status", "reason",
    "nextTry"}: status 0 is no answer, `nextTry` epoch ms or None). Raises TypeError where it cannot be called."""
    if not callable(listener):
        raise TypeError(f"on: the listener of {name} cannot be called")
    browser.on(name, listener)


async def flush(timeout: "float | None" = None) -> "Flushed":
    """Wait until everything called so far is delivered or dropped, or for `timeout` seconds. Returns {"delivered",
    "dropped", "pending"}: how many of them were, and how many still wait."""
    flushed: Flushed = await browser.flush(timeout)
    return flushed


def stats() -> "Stats":
    """What became of all that this page called or adopted from pages before it: {"accepted", "delivered", "retried"
    (each time counts), "repeated" (those of which nobody knows whether they had arrived), "dropped": {reason: count},
    "pending"}, and "lastFailure", why the last try failed, if one did."""
    counts: Stats = browser.call("stats")
    return counts


def debug() -> None:
    """Show in the browser's console how things are, and from now on each call, message and delivery, as
    `log_level="DEBUG"` does. What `logging` is told does not depend on it."""
    browser.call("debug")


browser.take_over()
