"""Runs scenarios in the official SDK and in ours, in one browser, each from an empty profile.

Those whose calls change nothing of the visitor share a page: it is as empty after them as it was before. What each left
behind (the messages that the data plane received, the decoded cookies, what the getters answered) is
put under the mask of `_Mask` and compared field by field.
"""

import base64
import itertools
import json
import math
import re
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from browser.site_under_test import Site, basic
from playwright.sync_api import Page, Request

MISSING = "(missing)"

Differences = dict[str, list[Any]]
"""Path -> [theirs, ours]."""

Exchange = list[str]
"""What the core was given, and what it answered; see `replay`."""

_LAST = "the last call"
_numbers = itertools.count()
_PATIENCE = 30  # seconds for one page of all runs that go on at the same time


@dataclass(frozen=True)
class Opened:
    """A page that the visitor opens, and what it calls there."""

    calls: tuple[str, ...] = ()
    """JavaScript statements; `sdk` is the client, `note(value)` keeps what a getter answered."""
    address: str = ""
    """Query and fragment."""
    head: str = ""
    referrer: str = ""
    load: dict[str, Any] = field(default_factory=dict)
    """Load options."""
    preloaded: str = "[]"
    """The array that `window.rudderanalytics` is before the script: calls made early, as JavaScript."""
    early: bool = False
    """Call at once after `load`, not when the client is ready."""
    notes: int = 0
    """How many notes the page makes by itself, later than its calls return: they are waited for."""
    leaves: dict[str, Any] = field(default_factory=dict)
    """Values by storage key that cookies hold before the page opens; "now+1000" is a time in ms."""
    raw: dict[str, str] = field(default_factory=dict)
    """The same as the texts that the cookies hold."""


@dataclass(frozen=True)
class Scenario:
    """Pages opened one after the other."""

    name: str
    pages: tuple[Opened, ...]

    @property
    def leaves_the_visitor_alone(self) -> bool:
        """Nothing about its page is special, and no call changes who the visitor is."""
        calls = self.pages[0].calls
        methods = {method for call in calls for method in re.findall(r"sdk\.(\w+)", call)}
        return self.pages == (Opened(calls),) and methods <= {"track", "page", "alias"}


Group = list[Scenario]
"""Scenarios that run on one page, or one alone."""

_TOGETHER = 12


def groups(scenarios: list[Scenario], different: Collection[str]) -> list[Group]:
    """The scenarios, those that may share a page side by side; `different` are names of those that may not."""
    alike = [each for each in scenarios if each.leaves_the_visitor_alone and each.name not in different]
    shared = [alike[at : at + _TOGETHER] for at in range(0, len(alike), _TOGETHER)]
    return [[scenario] for scenario in scenarios if scenario not in alike] + shared


# An empty profile: the page's context is new, or was used for another scenario.
_EMPTY = """<script>
localStorage.clear();
sessionStorage.clear();
</script>"""

# The ids of sessions are times: no two calls in one ms.
_DRIVER = """<script>
const notes = [];
const note = (value) => notes.push(value === undefined ? "(undefined)" : JSON.parse(JSON.stringify(value)));
const pause = (ms) => new Promise((settle) => setTimeout(settle, ms));
const attempt = (call) => {
  try {
    call();
  } catch (error) {
    note("threw " + error);
  }
};
const rounds = [%(rounds)s];
const early = %(early)s;
if (early) rounds[0].splice(0).forEach(attempt);
let begun = false; // the official SDK is ready a second time after `consent`
sdk.ready(async () => {
  if (begun) return;
  begun = true;
  // Ours has `flush`: Python in a worker answers later.
  await (sdk.flush?.() ?? pause(20));
  const left = [];
  for (const calls of rounds) {
    for (const call of calls) {
      attempt(call);
      await pause(3);
      await sdk.flush?.();
    }
    for (let n = 0; n < 300 && notes.length < %(notes)d; n++) await pause(10);
    const local = Object.fromEntries(Object.entries(localStorage).filter(([key]) => key.startsWith("rl_")));
    left.push({notes: notes.splice(0), cookies: document.cookie, local});
    sdk.track("%(last)s");
  }
  window.left = left;
});
</script>"""

_WAIT = """(seconds) => new Promise((settle) => {
  const end = Date.now() + 1000 * seconds;
  const look = () => (window.left || Date.now() > end ? settle(window.left) : setTimeout(look, 5));
  look();
})"""

_OFFICIAL = """<script src="/official/index.js"></script><script>
const {RudderAnalytics} = window.rudderanalytics;
window.rudderanalytics = %(preloaded)s;
const sdk = new RudderAnalytics();
sdk.load("%(key)s", location.origin, {configUrl: location.origin, ...%(options)s});
</script>"""

_OURS = """<script>window.rudderanalytics = %(preloaded)s;</script>
<script src="/dist/rudderanalytics.js" data-runtime="%(runtime)s" data-write-key="%(key)s"
 data-data-plane-url="%(url)s" data-assets-url="%(assets)s" data-options='%(options)s'></script>
<script>const sdk = window.rudderanalytics;</script>"""


class Run:
    """One SDK (`runtime` "" is the official one) on its way through a group; `assets` is where the runtime is."""

    def __init__(self, page: Page, site: Site, group: Group, runtime: str, assets: str) -> None:
        self._page, self._context = page, page.context
        self._site, self._group, self._runtime, self._assets = site, group, runtime, assets
        self._name = f"run{next(_numbers)}-{runtime or 'official'}"
        self._context.clear_cookies()
        self._page.on("request", self._note_request)
        self._issued: list[str] = []  # the order in which the official SDK sends; it sends in parallel
        self._opened = 0
        self.exchanges: list[list[Exchange]] = []
        """By page: what the core was given and answered, where `replay.listen` is what was asked for it."""
        self._left: list[list[dict[str, Any]]] = []
        self._messages: list[dict[str, Any]] = []

    def _note_request(self, request: Request) -> None:
        if request.method == "POST" and "/v1/" in request.url and not self._runtime:
            self._issued.append(request.post_data_json["messageId"])  # type: ignore[index]

    def open(self) -> bool:
        """Open the next page; whether there is one."""
        if self._opened == len(self._group[0].pages):
            return False
        opened = self._group[0].pages[self._opened]
        rounds = [opened.calls] if len(self._group) == 1 else [scenario.pages[0].calls for scenario in self._group]
        self._opened += 1
        texts = {key: _encoded(_timed(value)) for key, value in opened.leaves.items()} | opened.raw
        if texts:
            self._context.add_cookies(
                [{"name": key, "value": quote(text, safe=""), "url": self._site.url} for key, text in texts.items()]
            )
        fill = {
            "rounds": ", ".join(f"[{', '.join(f'() => {{ {call} }}' for call in calls)}]" for calls in rounds),
            "early": json.dumps(opened.early),
            "notes": opened.notes,
            "last": _LAST,
            "preloaded": opened.preloaded,
            "key": self._name,
            "options": json.dumps(opened.load),
            "runtime": self._runtime,
            "assets": self._assets,
            "url": self._site.url,
        }
        html = "" if self._opened > 1 else _EMPTY
        html += (_OURS if self._runtime else _OFFICIAL) % fill + _DRIVER % fill
        url = self._site.write(html, f"{self._name}-{self._opened}.html", opened.head)
        self._page.goto(url + opened.address, referer=opened.referrer or None, wait_until="commit")
        return True

    def called(self) -> bool:
        """Wait until all calls of the page are made."""
        left = self._page.evaluate(_WAIT, _PATIENCE)
        if left is not None:
            self._left.append(left)
        return left is not None

    def go_on(self, events: list[dict[str, Any]]) -> bool:
        """Whether all calls of the page are made and have arrived."""
        messages = [event["message"] for event in events if event["headers"].get("authorization") == basic(self._name)]
        if sum(map(_is_last, messages)) < self._opened * len(self._group):
            return False
        if not self._runtime:
            self._page.evaluate("0")  # lets the browser's events in
            if not {message["messageId"] for message in messages} >= set(self._issued):
                return False
            messages.sort(key=lambda message: self._issued.index(message["messageId"]))
        self._messages = messages
        if self._runtime:
            self.exchanges.append(self._page.evaluate("window.exchanges ?? []"))
        return True

    def outcomes(self) -> list[dict[str, Any]]:
        """What each scenario left behind, under the mask."""
        platform = self._page.evaluate("navigator.userAgentData?.platform || ''") if self._runtime else ""
        names = ("domain", "path", "secure", "sameSite", "httpOnly")
        attributes = {cookie["name"]: [cookie.get(name) for name in names] for cookie in self._context.cookies()}
        if len(self._group) == 1:
            left = [(self._messages, [rounds[0] for rounds in self._left])]
        else:
            ends = [at + 1 for at, message in enumerate(self._messages) if _is_last(message)]
            messages = [self._messages[start:end] for start, end in zip([0, *ends], ends, strict=False)]
            rounds = self._left[0] if self._left else []
            left = [(sent, [round]) for sent, round in zip(messages, rounds, strict=False)]
        left += [([], [])] * (len(self._group) - len(left))  # it is stuck
        return [self._outcome(*each, _Mask(self._name, platform)) | {"attributes": attributes} for each in left]

    def _outcome(self, messages: list[Any], pages: list[Any], mask: "_Mask") -> dict[str, Any]:
        return {
            "messages": [mask.message(message) for message in messages],
            "pages": [
                {
                    "notes": mask.value(left["notes"]),
                    "cookies": mask.value(_decoded(dict(_cookies(left["cookies"])))),
                    "local": mask.value(_decoded(left["local"])),
                }
                for left in pages
            ],
        }

    def close(self) -> None:
        self._page.remove_listener("request", self._note_request)


@dataclass(frozen=True)
class Found:
    """What both SDKs made of a scenario: every field that is not the same; a run that does not end has the path ""."""

    differences: Differences
    exchanges: list[list[Exchange]]
    """By page of ours, which the scenario may have shared with others."""


def run(pages: list[Page], site: Site, among: list[Group], runtime: str, assets: str = "/dist") -> dict[str, Found]:
    """Run groups at the same time, in both SDKs, on pages of separate contexts."""
    runs = [
        Run(page, site, among[number // 2], runtime if number % 2 else "", assets)
        for number, page in enumerate(pages[: 2 * len(among)])
    ]
    stuck: set[Run] = set()
    while opened := {each for each in runs if each not in stuck and each.open()}:
        stuck |= {each for each in opened if not each.called()}
        opened -= stuck
        end = time.monotonic() + _PATIENCE
        while opened:
            events = site.events()
            opened -= {each for each in opened if each.go_on(events)}
            if time.monotonic() > end:
                stuck |= opened
                break
            time.sleep(0.02)
    outcomes = [each.outcomes() for each in runs]
    for each in runs:
        each.close()
    found = {}
    for at, group in enumerate(among):
        both = runs[2 * at : 2 * at + 2]
        ended = {"": ["did not end" if each in stuck else "ended" for each in both]} if stuck & set(both) else {}
        for scenario, theirs, ours in zip(group, outcomes[2 * at], outcomes[2 * at + 1], strict=True):
            found[scenario.name] = Found(differences(theirs, ours) | ended, both[1].exchanges)
    return found


def _is_last(message: dict[str, Any]) -> bool:
    return message.get("event") == _LAST


def differences(theirs: Any, ours: Any, path: str = "") -> Differences:
    """Every path whose values are not the same."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        keys = sorted(theirs.keys() | ours.keys())
        pairs = [(key, theirs.get(key, MISSING), ours.get(key, MISSING)) for key in keys]
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        pairs = [(str(index), *pair) for index, pair in enumerate(zip(theirs, ours, strict=True))]
    elif path == "messages":
        return {path: [[message.get("event", message.get("type")) for message in side] for side in (theirs, ours)]}
    else:
        # 1 == True in Python, and not in JSON
        return {} if json.dumps(theirs, sort_keys=True) == json.dumps(ours, sort_keys=True) else {path: [theirs, ours]}
    found = {}
    for key, left, right in pairs:
        found |= differences(left, right, f"{path}.{key}" if path else key)
    return found


class _Mask:
    """What cannot be the same in two runs, and who they are. Ids and times are compared by equality within the run."""

    def __init__(self, name: str, platform: str) -> None:
        self._name, self._platform = name, platform
        self._numbers: dict[Any, str] = {}
        self._now = time.time() * 1000

    def message(self, message: dict[str, Any]) -> dict[str, Any]:
        """`library`, `app` and `os` where they are what an SDK says of itself; an override is compared."""
        context = dict(message["context"])
        own_names = {"name", "version", "variant", "runtime"}
        context["library"] = {key: text for key, text in context["library"].items() if key not in own_names}
        own = {"RudderLabs JavaScript SDK", "RudderAnalytics Python", "com.rudderlabs.javascript"}
        own |= {"io.rudderanalytics.python", "npm", "script", message["context"]["library"]["version"]}
        if isinstance(context.get("app"), dict):
            context["app"] = {key: "(its own)" if text in own else text for key, text in context["app"].items()}
        if isinstance(context.get("os"), dict) and self._platform and context["os"].get("name") == self._platform:
            context["os"] = context["os"] | {"name": ""}
        received = ("receivedAt", "request_ip", "rudderId")  # added by the data plane
        fields = {key: value for key, value in message.items() if key not in received}
        return self.value(fields | {"context": context})  # type: ignore[no-any-return]

    def value(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self.value(value[name], name) for name in sorted(value)}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, str):
            if re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", value):
                return self._numbered("id", value)
            if re.fullmatch(time.strftime("%Y-%m-", time.gmtime()) + r"\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value):
                return "(now)"
            return value.replace(f"/site/{self._name}", "/site/page")
        if isinstance(value, int) and not isinstance(value, bool) and abs(value - self._now) < 86_400_000:
            if key == "expiresAt":  # runs take less than a minute
                return f"(in {math.ceil(max(value - self._now, 1) / 60_000)} minutes)"
            return self._numbered("session", value)
        return value

    def _numbered(self, kind: str, value: Any) -> str:
        return self._numbers.setdefault(value, f"({kind} {len(self._numbers) + 1})")


def _timed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _timed(each) for key, each in value.items()}
    if isinstance(value, str) and (found := re.fullmatch(r"now([+-]\d+)", value)):
        return int(time.time() * 1000) + int(found[1])
    return value


def _encoded(value: Any) -> str:
    return "RS_ENC_v3_" + base64.b64encode(json.dumps(value, ensure_ascii=False).encode()).decode()


def _cookies(text: str) -> list[tuple[str, str]]:
    pairs = [pair.partition("=") for pair in text.split("; ") if pair]
    return [(unquote(name), unquote(value)) for name, _, value in pairs]


def _decoded(texts: dict[str, str]) -> dict[str, Any]:
    """What stored texts say, decoded independently of our code."""
    found: dict[str, Any] = {}
    for key, text in texts.items():
        inner = json.loads(text) if text.startswith('"RS_ENC') else text
        if inner.startswith("RS_ENC_v3_"):
            found[key] = json.loads(base64.b64decode(inner.removeprefix("RS_ENC_v3_")))
        else:
            found[key] = {"not encoded": text}
    return found
