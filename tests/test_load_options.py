"""What docs/options.md says of the load options, held against the vectors of their validation (tests/vectors)."""

import json
import re
from pathlib import Path

import pytest
from vectors.run import EMPTY, OPTIONS

ROOT = Path(__file__).resolve().parents[1]
SECTION = (ROOT / "docs" / "options.md").read_text()
VECTORS = json.loads((ROOT / "tests" / "vectors" / "options.json").read_text())
(DEFAULTS,) = [vector["whole"] for vector in VECTORS if vector["name"] == "the defaults of the load options"]
OFFICIAL = set(
    re.findall(
        r"\w+",
        """
logLevel integrations configUrl queueOptions useBeacon beaconQueueOptions destinationsQueueOptions
loadIntegration sessions secureCookie sameSiteCookie setCookieDomain sameDomainCookiesOnly storage anonymousIdOptions
externalAnonymousIdCookieName useServerSideCookies dataServiceEndpoint destSDKBaseURL pluginsSDKBaseURL
lockIntegrationsVersion lockPluginsVersion plugins polyfillIfRequired polyfillURL onLoaded uaChTrackLevel
getSourceConfig
sendAdblockPage sendAdblockPageOptions useGlobalIntegrationsConfigInEvents bufferDataPlaneEventsUntilReady
dataPlaneEventsBufferTimeout autoTrack sourceConfigurationOverride transportMode
""",
    )
)
"""Those of [js 5], but for consent."""


def members(name: str, default: object) -> list[str]:
    return [f"{name}.{member}" for member in default] if isinstance(default, dict) else [name]


def ignored() -> list[str]:
    found = []
    column = "".join(re.findall(r"^\|([^|]*)", SECTION.split("| ignored |")[1], re.MULTILINE))
    for group, names, single in re.findall(r"`(?:([\w.]+)\.\{([\w.,]+)\}|(\w+))`", column):
        found += [f"{group}.{name}" for name in names.split(",")] if group else [single]
    return found


def test_the_readme_has_every_option() -> None:
    rows = re.findall(r"^\| `([\w.]+)`", SECTION.split("| ignored |")[0], re.MULTILINE)
    names = []
    for name, value in DEFAULTS.items():
        names += [name] if name == "integrations" else members(name, value)
    assert rows == names


@pytest.mark.parametrize("path", ignored())
def test_an_option_that_the_readme_says_is_ignored_has_a_vector(path: str) -> None:
    (vector,) = [vector for vector in VECTORS if vector["name"] == f"ignored: {path}"]
    assert vector["accepted"] == {}
    assert vector["lines"] == [f"load option {path} does nothing here; it is ignored"]


def test_the_readme_says_what_becomes_of_each_option_of_the_official_sdk() -> None:
    said = set(re.findall(r"\w+", SECTION))
    assert said >= OFFICIAL
    assert {name for name in OFFICIAL if name not in DEFAULTS} == {name for name in ignored() if "." not in name}


def test_the_defaults_are_the_official_sdks_but_for_what_is_said() -> None:  # [js 3.3, 3.9]
    cut_off = {"enabled": False, "duration": 43_200_000}
    assert DEFAULTS["sessions"] == {"autoTrack": True, "timeout": 1_800_000, "cutOff": cut_off}
    assert (DEFAULTS["sameSiteCookie"], DEFAULTS["secureCookie"]) == ("Lax", False)
    assert (DEFAULTS["setCookieDomain"], DEFAULTS["sameDomainCookiesOnly"]) == (None, False)
    assert DEFAULTS["logLevel"] == "WARN"


def test_the_values_that_are_kept_are_those_of_the_identity() -> None:
    assert list(DEFAULTS["storage"]["entries"]) == list(EMPTY)


def test_the_core_is_tested_with_the_defaults() -> None:
    assert {name: DEFAULTS[name] for name in OPTIONS} == OPTIONS
