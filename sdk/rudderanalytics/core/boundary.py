"""The only door to the core: text in, text out.

The page calls `handle` with the JSON text of one input, and gets the JSON text of a list of effects, which it performs
in order. Nothing else crosses: no proxies, no 32-bit integers, no exceptions. One interpreter holds one client. A text
of more than some 250,000 characters can come in pieces, each but the last with a + before it: from version 1.28 on,
MicroPython takes none that is larger than all the memory that it has used so far.

The page decides what cannot wait for Python (options, which `load` counts, where a value may be kept, what is stored)
and says so in the input; the core never decides it again. This is all that crosses, and `_types` has each as a
TypedDict of the same members. Times are epoch ms, durations ms, sizes bytes of UTF-8; ids are UUIDs, a messageId is
that of its call.

Inputs. Each has `type` and `now`; from a page also `elapsed` (ms that it is open, by a clock that nobody sets: waits
are measured by it), `online` where the browser was asked, and `part` where the page is answered later, as Python is
elsewhere, and has no other input for now: true: say, too, what to send if the page is left before the next input is
answered.

    load        `id`, `at`, `page` (what the page saw), `identity`, `writeKey`, `dataPlaneUrl` (no slash at its end),
                `options` (accepted and complete), `policy`, `consents`, `owner` (an id of this page), `runtime`,
                `installType`, `online`, `coolUntil` (as a page before remembered it, or null), `reviews` (whether
                there is a `beforeSend`). Comes once, before all others
    identify, track, page, group, alias, reset, setAnonymousId, startSession, endSession, setAuthToken
                a call: `id`, `at`, `page`, `arguments` (JSON values), `identity` (all nine values as they were just
                before the call, which the page may have changed since), `fresh` (a UUID, for a message that may show no
                anonymousId); `recovered`: true if a page before made it
    consent     the visitor decided: `policy`, `consents`, `discard` (what waited), `integrations` ({}: as before),
                `identity` as with a call
    consents    a consent manager says more; no decision: `consents`
    reviewed    the answer to `review`: `id`, and `message` (null or false: drop it) with `size`, the bytes of its JSON,
                or `error` (a text)
    adopt       what pages before left: `messages` [{`id`, `type`, `anonymousId`, `at`, `size`, `waited` (ms that they
                were seen waiting), `doubtful` (true: sent as a page was left, and nobody knows whether it arrived)}];
                the page has the texts
    adopted     there are no (more) such messages: sending may begin. `waiting`: so many inputs have waited for that
    response    the answer to `send`: `delivery`, `status` (0: none came), `retryAfter` (ms or null), `id` (a fresh
                UUID: chance), `movedTo` where a redirect made a GET of it: the address that answered; `ids` where only
                these of its messages went in that request, as the page is hidden or left
    lost        the page has no text of these messages of a `send`, and left them out (there is no `response` if no
                other was in it): `delivery`, `ids`
    forget      the visitor took back what allowed these messages; the page let go of them, and counted them: `ids`
    hidden      the page is out of sight, about to be left, or left: `parted` (the `delivery` of the `part` that it then
                performed, or null)
    online, offline, shown, tick (the time of `wake` has come), flush (somebody waits)

`identity` has the nine values by state key (`visitor.identity.EMPTY`). The anonymousId is "" on a first `load`, whose
`id` becomes it, and where it may not be kept: then each message has its own.
`policy`: `buffers` (accept, and send nothing), `hides` (send at once, and show no values but the `visible`: state
keys), `anonymous` (messages say that nothing of the visitor is kept).
`consents`: `provider` (null: messages say nothing of consent), `allowedConsentIds`, `deniedConsentIds`.

Effects.

    keep        `identity`: the values that a call changed, by state key; a page that did the same at the call need not
    accept      a call became a message: hold it until it is delivered or dropped. `id`, `again` (true: it was accepted
                before; this is its text now), and `message` (its JSON), or `reviewed` where the page has it: "asked"
                (it is the one of `review`) or "answered" (the one of the `reviewed` input)
    review      show `beforeSend` a message: `id`, `message`. Answer before any call that waits
    send        POST messages (one as it is, several as {"batch": [...]}; each, and the batch, with `sentAt` as the
                header SentAt has it): `delivery`, `ids`, `url`, `headers`, `keepalive`. Answer with `response`
    part        a `send` for when the page is left before its next input is answered; it is stamped with that time then
    wake        give a `tick` at `at` (null: none); replaces the wake before it
    remember    keep `coolUntil` (null: nothing) for the `load` of the next page
    log         one line for the console, unless the load option `logLevel` is above its `level` ("LOG" .. "ERROR"):
                `text`; where there is a `kind`, what to do about it, too: the page has the words (web/src/advice.js)
    fail        the input failed, for a fault of ours: an error line, `text`; if it was a call (or `reviewed`) of which
                the page has no message now, that is dropped, reason `failed`
    emit        tell who listens: `name` "ready", "retried", "failed" (a try, with `reason`, `status` and `nextTry`, a
                time or null), or "delivered", "dropped" (with `reason`), with which the messages are let go; `ids`
"""

from .._version import __version__
from . import values
from .analytics import Analytics

_analytics = Analytics(__version__)
_pieces: list[str] = []


def handle(text: str) -> str:
    """Act on one input: a JSON object in, a JSON list of effects out; "" after a piece. Never raises."""
    try:
        if text[:1] == "+":
            _pieces.append(text[1:])
            return ""
        if _pieces:
            pieces = _pieces + [text]
            _pieces.clear()
            text = "".join(pieces)
        given: dict = values.decode(text)  # type: ignore[assignment]
        return _joined(_analytics.handle(given))
    except Exception as error:  # the page must never see an exception of ours
        return values.encode([{"type": "fail", "text": f"an input failed: {type(error).__name__}: {error}"}])


def _joined(effects: list[dict]) -> str:
    """The JSON of effects. A message is JSON already: it crosses as what its `text` says, not escaped once more."""
    parts = []
    separator = "["
    for effect in effects:
        parts.append(separator)
        separator = ","
        if "text" in effect and effect["type"] not in ("log", "fail"):
            rest = values.encode({key: effect[key] for key in effect if key != "text"})
            parts += [rest[:-1], ',"message":', effect["text"], "}"]
        else:
            parts.append(values.encode(effect))
    parts.append("]" if effects else "[]")
    return "".join(parts)
