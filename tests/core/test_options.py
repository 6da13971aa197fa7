"""options: what `load` takes, and what the README says of it."""

import re
from pathlib import Path

import pytest

from rudderanalytics.core import options
from rudderanalytics.core.visitor import identity
from rudderanalytics.errors import Refused


@pytest.mark.parametrize("given", [None, {}])
def test_without_options_the_defaults_hold(given: object) -> None:
    assert options.validate(given) == (options.DEFAULTS, [])


@pytest.mark.parametrize("given", ["x", 5, [], False])
def test_options_that_are_no_object_get_one_line(given: object) -> None:
    assert options.validate(given) == (options.DEFAULTS, ["load: the options should be an object"])


def test_defaults_are_the_official_sdks_but_for_what_is_said() -> None:  # [js 3.3, 3.9]
    cut_off = {"enabled": False, "duration": 43_200_000}
    assert options.DEFAULTS["sessions"] == {"autoTrack": True, "timeout": 1_800_000, "cutOff": cut_off}
    assert (options.DEFAULTS["sameSiteCookie"], options.DEFAULTS["secureCookie"]) == ("Lax", False)
    assert (options.DEFAULTS["setCookieDomain"], options.DEFAULTS["sameDomainCookiesOnly"]) == (None, False)
    assert options.DEFAULTS["logLevel"] == "WARN"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("respectGPC", True),
        ("respectDNT", True),
        ("logLevel", "NONE"),
        ("sameSiteCookie", "Strict"),
        ("secureCookie", True),
        ("setCookieDomain", ".example.com"),
        ("sameDomainCookiesOnly", True),
        ("outboxMaxBytes", 0),
        ("externalAnonymousIdCookieName", "own"),
        ("uaChTrackLevel", "full"),
        ("useGlobalIntegrationsConfigInEvents", True),
        ("redact", []),
    ],
)
def test_an_option_that_fits_is_accepted(name: str, value: object) -> None:
    assert options.validate({name: value}) == (options.DEFAULTS | {name: value}, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("logLevel", "LOUD"),
        ("logLevel", ["WARN"]),
        ("sameSiteCookie", "lax"),
        ("secureCookie", 1),
        ("setCookieDomain", ""),
        ("setCookieDomain", 5),
        ("sameDomainCookiesOnly", "true"),
        ("outboxMaxBytes", -1),
        ("outboxMaxBytes", True),
        ("outboxMaxBytes", 1.5),
        ("sessions", []),
        ("storage", "none"),
        ("beforeSend", True),
        ("respectGPC", "yes"),
        ("redact", "token"),
        ("redact", ["token", 5]),
    ],
)
def test_an_option_of_the_wrong_type_gets_a_line_and_the_default(name: str, value: object) -> None:
    accepted, (line,) = options.validate({name: value})
    assert accepted == options.DEFAULTS
    assert line.startswith(f"load option {name} should be ")
    assert line.endswith("; the default is used")


@pytest.mark.parametrize(
    ("group", "member", "value", "expected"),
    [
        ("sessions", "autoTrack", 1, "true or false"),
        ("sessions", "timeout", -1, "a whole number, 0 or more"),
        ("sessions", "timeout", "1800000", "a whole number, 0 or more"),
        ("storage", "type", "cookie", "cookieStorage or localStorage or sessionStorage or memoryStorage or none"),
        ("storage", "entries", [], "an object"),
        ("storage", "migrate", 0, "true or false"),
    ],
)
def test_a_member_of_the_wrong_type_gets_a_line_and_its_default(
    group: str, member: str, value: object, expected: str
) -> None:
    line = f"load option {group}.{member} should be {expected}; the default is used"
    assert options.validate({group: {member: value}}) == (options.DEFAULTS, [line])


def test_an_unknown_option_gets_a_line() -> None:
    given = {"useBeacon": True, "storage": {"entries": {"userId": {"kind": "none"}}}}
    assert options.validate(given) == (
        options.DEFAULTS,
        [
            "load option storage.entries.userId.kind does nothing here; it is ignored",
            "load option useBeacon does nothing here; it is ignored",
        ],
    )


def test_null_is_the_default() -> None:
    assert options.validate({"logLevel": None, "unknown": None}) == (options.DEFAULTS, [])


def test_storage_is_by_value_or_for_all() -> None:
    given = {"type": "localStorage", "entries": {"userId": {"type": "none"}}, "cookie": {"maxage": 0}}
    accepted, lines = options.validate({"storage": given})
    storage = options.DEFAULTS["storage"]
    assert lines == []
    assert accepted["storage"] == storage | {
        "type": "localStorage",
        "entries": storage["entries"] | {"userId": {"type": "none"}},
        "cookie": storage["cookie"] | {"maxage": 0},
    }


def test_the_values_that_are_kept_are_those_of_the_identity() -> None:
    assert list(options.DEFAULTS["storage"]["entries"]) == list(identity.EMPTY)


def test_integrations_have_any_name() -> None:  # [js 2.7]
    accepted, lines = options.validate({"integrations": {"GA4": {"x": None}}})
    assert (accepted["integrations"], lines) == ({"All": True, "GA4": {"x": None}}, [])


def test_sessions_are_filled_up_with_their_defaults() -> None:
    accepted, lines = options.validate({"sessions": {"timeout": 60_000, "cutOff": {"enabled": True}}})
    cut_off = {"enabled": True, "duration": 43_200_000}
    assert (accepted["sessions"], lines) == ({"autoTrack": True, "timeout": 60_000, "cutOff": cut_off}, [])
    assert options.DEFAULTS["sessions"]["timeout"] == 1_800_000


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ({"timeout": 9_999}, ["sessions.timeout under 10 seconds is not recommended"]),
        ({"timeout": 0}, ["sessions.timeout of 0 turns automatic sessions off"]),
        ({"timeout": 0, "autoTrack": False}, []),
        (
            {"cutOff": {"enabled": True, "duration": 1_799_999}},
            ["sessions.cutOff.duration is less than the timeout; there is no cut-off"],
        ),
        ({"cutOff": {"duration": 5}}, []),
        ({"cutOff": {"enabled": True, "duration": 1_800_000}}, []),
    ],
)
def test_sessions_that_make_little_sense_get_a_line(given: dict, lines: list[str]) -> None:  # [js 3.9]
    accepted, found = options.validate({"sessions": given})
    assert found == ["load option " + line for line in lines]
    assert accepted["sessions"]["cutOff"]["enabled"] is (not lines and "enabled" in given.get("cutOff", {}))


def test_lines_are_in_one_order_on_every_interpreter() -> None:
    lines = options.validate({"z": 1, "a": 1, "logLevel": 1})[1]
    assert lines == sorted(lines)


def test_a_write_key_is_taken_without_blanks() -> None:
    assert options.write_key(" key\n") == "key"


@pytest.mark.parametrize("value", [None, "", "  ", 5, ["key"]])
def test_a_missing_write_key_is_refused(value: object) -> None:  # [js 1.3]
    with pytest.raises(Refused, match=r"^load: the write key is missing"):
        options.write_key(value)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://dataplane.example.com", "https://dataplane.example.com"),
        (" http://localhost:8080/\n", "http://localhost:8080"),
        ("HTTPS://A.example/base//", "https://A.example/base"),
        ("https://a.example/base?x=/#y/", "https://a.example/base"),
        ("http://intranet", "http://intranet"),
        ("http://127.0.0.1:80", "http://127.0.0.1:80"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("http://[::1]", "http://[::1]"),
        ("https://bücher.example/ü", "https://bücher.example/ü"),
    ],
)
def test_a_data_plane_url_loses_query_fragment_and_slashes_at_its_end(given: str, url: str) -> None:  # [js 1.3, 4.2]
    assert options.data_plane_url(given) == url


@pytest.mark.parametrize(
    "given",
    [
        None,
        5,
        "",
        "dataplane.example.com",
        "//dataplane.example.com",
        "ftp://a.example",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://?x",
        "https://:8080",
        "https://a.example:",
        "https://a.example:http",
        "https://me@a.example",
        "https://a b.example",
        "https://a.example/a b",
        "https://<script>",
    ],
)
def test_what_cannot_be_a_data_plane_url_is_refused(given: object) -> None:  # [js 1.3]
    with pytest.raises(Refused, match=r"^load: .* is not a data plane URL \(http or https\); nothing is sent"):
        options.data_plane_url(given)


SECTION = (Path(__file__).parents[2] / "README.md").read_text().split("## Load options")[1].split("\n## ")[0]
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
    free = {"integrations"}
    names = [
        row
        for name, value in options.DEFAULTS.items()
        for row in (members(name, value) if name not in free else [name])
    ]
    assert rows == names


@pytest.mark.parametrize("path", ignored())
def test_an_option_that_the_readme_says_is_ignored_gets_a_line(path: str) -> None:
    given: dict = {}
    *groups, name = path.split(".")
    inner = given
    for group in groups:
        inner = inner.setdefault(group, {})
    inner[name] = {"enabled": True}
    assert options.validate(given) == (options.DEFAULTS, [f"load option {path} does nothing here; it is ignored"])


def test_the_readme_says_what_becomes_of_each_option_of_the_official_sdk() -> None:
    said = set(re.findall(r"\w+", SECTION))
    assert said >= OFFICIAL
    assert {name for name in OFFICIAL if name not in options.DEFAULTS} == {
        name for name in ignored() if "." not in name
    } | {"onLoaded"}


def test_the_encryption_of_the_first_version_is_a_line() -> None:
    accepted, lines = options.validate({"storage": {"encryption": {"version": "legacy"}}})
    assert accepted["storage"]["encryption"] == {"version": "legacy"}
    assert lines == ["load option storage.encryption.version: what is stored is plain JSON, which every version reads"]
