"""consent: the core obeys what the page decided. tests/vectors/consent.json has it among calls."""

import pytest
from vectors.run import CONSENTS, EMPTY, POLICY

from rudderanalytics.core.consent.consent import Consent

KNOWN = dict.fromkeys(EMPTY, "known")


def consent(consents: dict | None = None, **policy: object) -> Consent:
    return Consent(POLICY | policy, CONSENTS | (consents or {}))  # type: ignore[arg-type]


def test_where_nothing_is_hidden_messages_show_everything() -> None:
    assert consent(visible=["userId"]).visible(KNOWN) == KNOWN
    assert consent().shows("sessionInfo")


@pytest.mark.parametrize("visible", [[], ["sessionInfo"], ["anonymousId"], list(EMPTY)])
def test_where_something_is_hidden_messages_show_what_is_visible(visible: list) -> None:  # [js 7.2]
    before = consent(hides=True, visible=visible)
    assert before.visible(KNOWN) == EMPTY | dict.fromkeys(visible, "known")
    assert [key for key in EMPTY if before.shows(key)] == [key for key in EMPTY if key in visible]


def test_a_decision_replaces_what_held_before() -> None:
    decided = consent(buffers=True, hides=True, anonymous=True)
    assert (decided.buffers, decided.hides) == (True, True)
    decided.decide(POLICY, CONSENTS | {"provider": "custom"})  # type: ignore[arg-type]
    assert (decided.buffers, decided.hides, decided.visible(KNOWN)) == (False, False, KNOWN)
    assert set(decided.context()) == {"consentManagement"}


@pytest.mark.parametrize(
    ("consents", "said"),
    [
        ({}, {}),
        ({"allowedConsentIds": ["a"]}, {}),
        ({"provider": "custom"}, {"provider": "custom", "allowedConsentIds": [], "deniedConsentIds": []}),
        (
            {"provider": "ketch", "allowedConsentIds": ["a"], "deniedConsentIds": ["b"]},
            {"provider": "ketch", "allowedConsentIds": ["a"], "deniedConsentIds": ["b"], "resolutionStrategy": "and"},
        ),
    ],
)
@pytest.mark.parametrize("anonymous", [False, True])
def test_messages_say_what_was_decided(consents: dict, said: dict, anonymous: bool) -> None:  # [js 2.4]
    held = consent(consents, anonymous=anonymous)
    management = {"consentManagement": said} if said else {}
    assert held.management() == management
    assert held.context() == management | ({"trulyAnonymousTracking": True} if anonymous else {})


def test_a_consent_manager_can_say_more_later() -> None:  # [js 7.1]
    """Which is no decision: what waits for that waits on."""
    held = consent({"provider": "ketch"}, buffers=True)
    held.learn({"provider": "ketch", "allowedConsentIds": ["b"], "deniedConsentIds": []})
    assert held.buffers
    assert held.context()["consentManagement"]["allowedConsentIds"] == ["b"]
