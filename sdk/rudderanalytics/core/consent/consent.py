"""Consent: what the page says of the visitor's decision, and what messages show because of it [js 7].

Must not know: options, consent managers, storage: the page decides, and this obeys. A policy is {`buffers`, `hides`,
`visible`, `anonymous`}, consents are {`provider`, `allowedConsentIds`, `deniedConsentIds`}: see `boundary`.
"""

from ..visitor.identity import EMPTY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..._types import Consents, Policy

_OWN = "custom"
"""The provider of pages that say themselves which ids there are."""


class Consent:
    """What holds now. `buffers`: messages wait for the decision. `hides`: they leave without what they may not show."""

    def __init__(self, policy: "Policy", consents: "Consents") -> None:
        self.decide(policy, consents)

    def decide(self, policy: "Policy", consents: "Consents") -> None:
        """The visitor decided, or the page did before."""
        self.buffers: bool = policy["buffers"]
        self.hides: bool = policy["hides"]
        self._visible = policy["visible"]
        self._is_anonymous = policy["anonymous"]
        self.learn(consents)

    def learn(self, consents: "Consents") -> None:
        """What messages name from now on. It is no decision."""
        self._consents = consents

    def shows(self, state_key: str) -> bool:
        """Whether messages may show this value of the visitor's identity."""
        return not self.hides or state_key in self._visible

    def visible(self, identity: dict) -> dict:
        """The identity as messages may show it."""
        return {key: identity[key] if self.shows(key) else EMPTY[key] for key in EMPTY}

    def context(self) -> dict:
        """What the context of a message says of it [js 2.4]."""
        return self.management() | ({"trulyAnonymousTracking": True} if self._is_anonymous else {})

    def management(self) -> dict:
        """The part of it that a message which waited is to say too."""
        provider = self._consents["provider"]
        if provider is None:
            return {}
        said = {
            "provider": provider,
            "allowedConsentIds": self._consents["allowedConsentIds"],
            "deniedConsentIds": self._consents["deniedConsentIds"],
        }
        return {"consentManagement": said if provider == _OWN else said | {"resolutionStrategy": "and"}}
