"""The wire message: call + identity + session + page -> the JSON object that the data plane gets [js 2].

Must not know: storage, delivery. The keys are those of the wire, in camelCase.
`sentAt` is not here: it changes at each attempt, so the outbox adds it.
"""

import time

from ..calls.traits import fill_name
from ..values import merge, without_nulls

NAME = "RudderAnalytics Python"
NAMESPACE = "io.rudderanalytics.python"
LARGE = 32_768
"""Characters of JSON from which the official SDK warns that a message is large [js 2.9]."""

_KEYWORDS = (
    "id anonymous_id user_id sent_at timestamp received_at original_timestamp event event_text channel context_ip "
    "context_request_ip context_passed_ip group_id previous_id"
)
_COLUMNS = _KEYWORDS.split()

_PROTECTED = ("library", "consentManagement", "userAgent", "ua-ch", "screen")
_TOP_LEVEL = ("anonymousId", "originalTimestamp", "integrations", "context")


def build(call: dict, identity: dict, more: dict, observed: dict, library: dict) -> dict:
    """The message for a canonical call.

    `more` is what else the context says. `observed` is {at, id, page, fresh}: epoch ms, the UUID that becomes the
    messageId, what the page saw when the call was made, and a UUID: the anonymousId of a message that may show none
    [js 7.2]. `library` is {version, runtime, installType}.
    """
    page = observed["page"]
    options = call.get("options") or {}
    own = _own_fields(call, identity)
    seen = page_properties(page, identity)
    context = _context(identity, page, library) | more
    if call["type"] == "page":
        wanted = options.get("page")
        filled = seen | _truthy(wanted if isinstance(wanted, dict) else {})
        own["properties"] = {key: filled[key] for key in seen} | own["properties"]
        seen = seen | _truthy({key: own["properties"][key] for key in seen})
    if seen:
        context["page"] = seen
    message: dict = {
        "type": call["type"],
        "channel": "web",
        "messageId": observed["id"],
        "originalTimestamp": iso_8601(observed["at"]),
        "anonymousId": identity["anonymousId"] or observed["fresh"],
        "userId": identity["userId"],
        "integrations": {"All": True},
        "context": context,
    } | without_nulls(own)
    if options:
        message = without_nulls(_with_options(message, options))
    return message


def remarks(message: dict, options: dict) -> list[str]:
    """What looks like a mistake in a message that goes as it is: the names of RudderStack's own columns among its
    properties or traits [js 2.8] (but the trait `id`, which the documentation has), a context that is no object."""
    lines = []
    if not isinstance(options.get("context", {}), dict):
        lines.append("options.context should be an object; it is ignored")
    for where in ("properties", "traits", "context.traits"):
        found = message["context"].get("traits") if where == "context.traits" else message.get(where)
        for name in sorted(found) if isinstance(found, dict) else ():
            if name.lower() in _COLUMNS and where + name != "context.traitsid":
                lines.append(f"{where}.{name} has the name of a column of RudderStack's own; it is sent as given")
    return lines


def _truthy(values: dict) -> dict:
    return {key: values[key] for key in values if values[key]}


def _own_fields(call: dict, identity: dict) -> dict:
    """The fields that only this type of message has [js 2.3]."""
    kind = call["type"]
    if kind == "track":
        return {"event": call["event"], "properties": call["properties"]}
    if kind == "page":
        named = {key: call[key] for key in ("name", "category") if isinstance(call[key], str) and call[key]}
        properties = call["properties"] | named
        return {"name": call["name"], "category": call["category"], "properties": properties}
    if kind == "group":
        return {"groupId": identity["groupId"] or None, "traits": identity["groupTraits"]}
    if kind == "alias":
        previous = call["from"] or identity["userId"] or identity["anonymousId"]
        return {"userId": call["to"] or identity["userId"], "previousId": previous}
    return {}


def _context(identity: dict, page: dict, library: dict) -> dict:
    own = {"name": NAME, "version": library["version"]}
    # What the caller or the browser may have left open; nothing else here is ever null.
    said: dict = without_nulls(
        {
            "traits": fill_name(identity["userTraits"]),
            "library": own | {"runtime": library["runtime"], "snippetVersion": page.get("snippetVersion")},
            "screen": page["screen"],
            "ua-ch": page.get("uaCh"),
        }
    )
    return said | {
        "app": own | {"namespace": NAMESPACE, "installType": library["installType"]},
        "userAgent": _user_agent(page),
        "os": page["os"],
        "locale": page["locale"],
        "campaign": campaign(page["query"]),
        "timezone": page["timezone"],
    }


def _user_agent(page: dict) -> str:
    """Brave calls itself Chrome; the official SDK adds its name."""
    agent: str = page["userAgent"]
    version = agent.partition("Chrome/")[2].split(" ")[0]
    return f"{agent} Brave/{version}" if page.get("brave") and version else agent


def page_view(wanted: dict, page_view_id: str) -> dict:
    """What the load option `autoTrack` adds to every context [js 2.4]."""
    of_page = wanted["pageLifecycle"]["enabled"]
    if of_page or (of_page is None and wanted["enabled"]):
        return {"autoTrack": {"page": {"pageViewId": page_view_id}}}
    return {"autoTrack": {}} if wanted["enabled"] else {}


def page_properties(page: dict, identity: dict) -> dict:
    """The nine page properties of [js 2.5]; the canonical address counts where the page names an absolute one.

    None where there is no page, in a worker that has its own client.
    """
    if not page["href"]:
        return {}
    canonical = page["canonical"]
    place = canonical or page
    search = (canonical and canonical["search"]) or page["search"]
    return {
        "path": place["path"],
        "referrer": page["referrer"] or "$direct",
        "referring_domain": page["referrerHost"],
        "search": page["search"],
        "title": page["title"],
        "url": place["origin"] + place["path"] + search,
        "tab_url": page["href"],
        "initial_referrer": identity["initialReferrer"],
        "initial_referring_domain": identity["initialReferringDomain"],
    }


def campaign(query: list) -> dict:
    """The `utm_` parameters of the address, `utm_campaign` as `name`, the last of two alike [js 2.4]."""
    found = {}
    for name, value in query:
        if name.startswith("utm_"):
            found["name" if name == "utm_campaign" else name[4:]] = value
    return found


def _with_options(message: dict, options: dict) -> dict:
    """Option overrides [js 2.6]: three at the top level, the rest into the context, some never."""
    for key in ("anonymousId", "originalTimestamp"):
        if isinstance(options.get(key), str) and options[key]:
            message[key] = options[key]
    if isinstance(options.get("integrations"), dict) and options["integrations"]:
        message["integrations"] = options["integrations"]
    # `options.context` comes last: MicroPython knows no order of keys.
    inner = options.get("context")
    for given, apart in ((options, _TOP_LEVEL), (inner if isinstance(inner, dict) else {}, ())):
        wanted = {key: given[key] for key in given if key not in _PROTECTED and key not in apart}
        message["context"] = merge(message["context"], wanted)
    return message


def iso_8601(at: int) -> str:
    """Epoch ms as `Date.toISOString` writes it: `2026-11-23T14:45:50.673Z`."""
    second = time.gmtime(at // 1000)
    date = f"{second[0]:04d}-{second[1]:02d}-{second[2]:02d}"
    return f"{date}T{second[3]:02d}:{second[4]:02d}:{second[5]:02d}.{at % 1000:03d}Z"
