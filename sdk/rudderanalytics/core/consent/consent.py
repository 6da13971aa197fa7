"""Permission: what holds while the visitor has not decided, and what messages say of the decision [js 7].

Must not know: how anything is stored or sent. Before consent a value of the visitor is kept as its options say if the
strategy names it, else `held`: in memory, to be stored after consent. `seen` is what the page sees of the consent
managers: `groups`, `active` (OneTrust), `ketch`, `iubenda`, and all `cookies`.
"""

import binascii

from .. import values
from ..effects import Effects
from ..options import DEFAULTS, fill
from ..visitor.identity import EMPTY

_OPTIONS: dict = {
    "storage": {"type": None, "entries": DEFAULTS["storage"]["entries"]},
    "consentManagement": DEFAULTS["consentManagement"],
    "integrations": {},
    "discardPreConsentEvents": False,
    "sendPageEvent": False,
    "trackConsent": False,
}


class Permission:
    """The visitor's decision. `pending`: there is none yet. Until then messages wait (`buffers`) or are sent without
    what may not be stored (`hides`), and nothing may be stored at all (`quiet`)."""

    def __init__(self, effects: Effects, options: dict, seen: dict) -> None:
        management, before = options["consentManagement"], options["preConsent"]
        self._effects = effects
        self._enabled: bool = management["enabled"]
        self._provider = management["provider"]
        self._tells = False  # does the page hear, as it has the functions of a consent manager that was asked?
        self._strategy = before["storage"]["strategy"]
        given = management["allowedConsentIds"] is not None or management["deniedConsentIds"] is not None
        self.pending: bool = before["enabled"] and self._enabled and not given
        self.buffers: bool = self.pending and before["events"]["delivery"] == "buffer"
        self.hides: bool = self.pending and not self.buffers
        self.quiet: bool = self.pending and self._strategy == "none"
        if before["enabled"] and not self._enabled:
            effects.log("WARN", "load option preConsent needs consentManagement.enabled")
        self.learn(seen, management["allowedConsentIds"], management["deniedConsentIds"])

    def decide(self, wanted: dict, seen: dict) -> None:
        """The visitor decided: these ids, or what the consent manager says. `wanted` is what `consented` gives."""
        if wanted["trackConsent"]:
            self._effects.call("track", ["Consent Management Interaction"])
        if wanted["sendPageEvent"]:
            self._effects.call("page", [])
        management = wanted["consentManagement"]
        self.pending = self.buffers = self.hides = self.quiet = False
        self._provider = management["provider"] or self._provider
        self.learn(seen, management["allowedConsentIds"], management["deniedConsentIds"])

    def context(self) -> dict:
        """What a message says of it."""
        if not self._enabled or self._provider is None:
            return {}
        more = {} if self._provider == "custom" else {"resolutionStrategy": "and"}
        return {"consentManagement": self._decided | more}

    def types(self, configured: dict) -> dict:
        """State key -> where its value is kept now."""
        return {
            key: "held" if configured[key] != "none" and not self.keeps(key) else configured[key] for key in configured
        }

    def visible(self, identity: dict) -> dict:
        """The identity as messages that are sent before consent know it."""
        return {key: identity[key] if self.keeps(key) else EMPTY[key] for key in EMPTY}

    def keeps(self, state_key: str) -> bool:
        """Whether this value may be stored."""
        return not self.pending or state_key == {"session": "sessionInfo"}.get(self._strategy, self._strategy)

    def learn(self, seen: dict, allowed: list | None = None, denied: list | None = None) -> None:
        """The ids that messages name from now on: these, or what the consent manager says."""
        if allowed is None and denied is None and self._enabled and self._provider not in (None, "custom"):
            self._tells = True
            try:
                allowed, denied = ask(self._provider, seen)
            except Exception:  # what is in a page's globals and cookies can be anything
                self._effects.log("WARN", f"{self._provider} says nothing that can be read")
        self._decided = {
            "provider": self._provider,
            "allowedConsentIds": allowed or [],
            "deniedConsentIds": denied or [],
        }
        if self._tells:
            self._effects.consents(self._decided)


def consented(given: object) -> tuple[dict, list[str]]:
    """The options of `consent()` with defaults filled in, and one line for each that was not accepted."""
    lines: list[str] = []
    return fill(given if isinstance(given, dict) else {}, _OPTIONS, "consent option ", lines), lines


def ask(provider: str, seen: dict) -> tuple[list, list]:
    """The allowed and the denied ids, as the page sees them. Raises what comes where it sees nothing of the kind."""
    if provider == "oneTrust":
        active = [each for each in seen["active"].split(",") if each]
        groups = [group["CustomGroupId"] for group in seen["groups"]]
        return active, [each for each in groups if each not in active]
    purposes = seen.get(provider)
    if purposes is None and provider == "ketch":
        text = seen["cookies"]["_ketch_consent_v1_"].rstrip("=")
        told = values.decode(binascii.a2b_base64((text + "=" * (-len(text) % 4)).encode()).decode())
        purposes = {key: told[key]["status"] == "granted" for key in told}  # type: ignore[attr-defined, index]
    elif purposes is None:
        (text,) = [seen["cookies"][key] for key in seen["cookies"] if key[:8] == "_iub_cs-" and key[8:].isdigit()]
        purposes = values.decode(text)["purposes"]  # type: ignore[index]
    names = sorted(purposes)  # the same order on every interpreter
    return [name for name in names if purposes[name]], [name for name in names if not purposes[name]]
