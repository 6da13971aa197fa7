"""visitor: the nine values in the browser's storage."""

import json

import pytest

from rudderanalytics.core import cookies
from rudderanalytics.core.consent.consent import consented
from rudderanalytics.core.effects import Effects
from rudderanalytics.core.options import DEFAULTS, validate
from rudderanalytics.core.visitor.identity import EMPTY
from rudderanalytics.core.visitor.storage import Visitor

NOW = 1_795_445_150_673
YEAR = 31_536_000_000
KNOWN = EMPTY | {"userId": "u1", "anonymousId": "anonymous", "userTraits": {"a": 1}}


class Browser:
    """Storage that does what `store` effects say, and a visitor who is kept there."""

    def __init__(self, storage: dict | None = None, **areas: dict | None) -> None:
        self.stored: dict = {"cookie": {}, "localStorage": {}, "sessionStorage": {}, "memory": {}} | areas
        self.effects = Effects()
        self.options = validate({"storage": storage or {}})[0]
        self.visitor = Visitor(self.effects, self.options, ".example.com")

    def keep(self, identity: dict, **how: bool) -> list[dict]:
        """Keep an identity as the core does, after reading; the effects."""
        self.visitor.read(self.stored)
        self.visitor.keep(identity, self.stored, NOW, **how)
        done = self.effects.take()
        for effect in done:
            if effect["type"] == "store":
                area = self.stored[effect["area"]]
                area.pop(effect["key"], None)
                if effect["value"] is not None:
                    area[effect["key"]] = effect["value"]
        return done

    def read(self) -> dict:
        return Visitor(self.effects, self.options, None).read(self.stored)


def stores(effects: list[dict]) -> list[tuple]:
    return [(effect["area"], effect["key"], effect["value"]) for effect in effects if effect["type"] == "store"]


def held(browser: Browser) -> dict:
    """From now on everything is held; what storage holds, memory aside."""
    browser.visitor.types = dict.fromkeys(EMPTY, "held")
    return {area: dict(browser.stored[area]) for area in ("cookie", "localStorage", "sessionStorage")}


def test_what_is_held_is_in_memory_and_what_is_stored_stays_as_it_is() -> None:
    browser = Browser(cookie={"rl_user_id": '"u1"', "rl_trait": '{"b":1}'})
    before = held(browser)
    assert browser.visitor.read(browser.stored) == EMPTY | {"userId": "u1", "userTraits": {"b": 1}}
    browser.keep(KNOWN | {"userId": "u2"}, renew=True)
    browser.keep(EMPTY)
    assert browser.visitor.read(browser.stored) == EMPTY | {"anonymousId": ""}
    assert {area: browser.stored[area] for area in before} == before
    assert browser.keep(EMPTY) == []


@pytest.mark.parametrize(
    ("storage", "area"), [({}, "cookie"), ({"type": "localStorage"}, "localStorage"), ({"type": "none"}, None)]
)
def test_what_was_held_is_stored_when_the_visitor_is_settled(storage: dict, area: str | None) -> None:
    browser = Browser(cookie={"rl_user_id": '"u1"', "rl_group_id": '"g"'})
    held(browser)
    browser.keep(KNOWN | {"userId": "u2"}, renew=True)
    known = browser.visitor.read(browser.stored)
    said = validate({"storage": storage})[0]["storage"] if storage else consented({})[0]["storage"]
    browser.visitor.settle(said, ".wide.example")
    browser.keep(known, renew=True)
    if area is None:
        assert browser.stored["cookie"] == {"rl_user_id": '"u1"', "rl_group_id": '"g"'}
        return
    assert browser.visitor.read(browser.stored) == KNOWN | {"userId": "u2"}
    assert set(browser.stored[area]) == {"rl_user_id", "rl_trait", "rl_anonymous_id"}
    assert browser.stored["memory"] == {}


def test_the_widest_domain_is_known_when_the_visitor_is_settled() -> None:
    for options, domain in [({}, ".wide.example"), ({"setCookieDomain": ".own.example"}, ".own.example")]:
        effects = Effects()
        visitor = Visitor(effects, validate(options)[0], None)
        visitor.settle(consented({})[0]["storage"], ".wide.example")
        visitor.keep(KNOWN, {"cookie": {}, "localStorage": {}, "sessionStorage": {}, "memory": {}}, NOW)
        assert effects.take()[0]["attributes"]["domain"] == domain


def test_a_visitor_never_seen_has_nothing() -> None:
    assert Browser().read() == EMPTY


def test_what_is_kept_is_read_again() -> None:
    browser = Browser()
    browser.keep(KNOWN)
    assert browser.read() == KNOWN
    assert set(browser.stored["cookie"]) == {"rl_user_id", "rl_trait", "rl_anonymous_id"}


def test_a_cookie_has_the_official_sdks_attributes() -> None:  # [js 3.3]
    effect = Browser().keep(EMPTY | {"userId": "u1"})[0]
    assert effect["attributes"] == {
        "path": "/",
        "domain": ".example.com",
        "samesite": "Lax",
        "secure": False,
        "expires": NOW + YEAR,
    }


@pytest.mark.parametrize(
    ("wanted", "top_domain", "domain"),
    [
        ({}, None, None),
        ({"setCookieDomain": ".shop.example.com"}, ".example.com", ".shop.example.com"),
        ({"setCookieDomain": ".shop.example.com", "sameDomainCookiesOnly": True}, ".example.com", None),
    ],
)
def test_the_domain_of_a_cookie_can_be_set(
    wanted: dict, top_domain: str | None, domain: str | None
) -> None:  # [js 3.3]
    effects = Effects()
    visitor = Visitor(effects, DEFAULTS | wanted, top_domain)
    visitor.keep(EMPTY | {"userId": "u1"}, {"cookie": {}, "localStorage": {}, "sessionStorage": {}, "memory": {}}, NOW)
    assert effects.take()[0]["attributes"]["domain"] == domain


def test_same_site_and_secure_can_be_set() -> None:  # [js 3.3]
    effects = Effects()
    visitor = Visitor(effects, DEFAULTS | {"sameSiteCookie": "None", "secureCookie": True}, None)
    visitor.keep(EMPTY | {"userId": "u1"}, {"cookie": {}, "localStorage": {}, "sessionStorage": {}, "memory": {}}, NOW)
    attributes = effects.take()[0]["attributes"]
    assert (attributes["samesite"], attributes["secure"]) == ("None", True)


def test_only_what_changed_is_written() -> None:
    browser = Browser()
    browser.keep(KNOWN)
    assert stores(browser.keep(KNOWN)) == []
    assert [store[1] for store in stores(browser.keep(KNOWN | {"userId": "u2"}))] == ["rl_user_id"]


def test_a_page_that_opens_renews_everything() -> None:  # [js 3.3]
    browser = Browser()
    browser.keep(KNOWN)
    assert {store[1] for store in stores(browser.keep(KNOWN, renew=True))} == {
        "rl_user_id",
        "rl_trait",
        "rl_anonymous_id",
    }


def test_a_value_that_is_its_default_is_removed() -> None:  # [js 3.1]
    browser = Browser()
    browser.keep(KNOWN)
    (effect,) = browser.keep(KNOWN | {"userTraits": {}})
    assert (effect["area"], effect["key"], effect["value"]) == ("cookie", "rl_trait", None)
    assert effect["attributes"]["expires"] == 0
    assert effect["attributes"]["domain"] == ".example.com"  # else the browser removes another cookie


def test_another_tabs_change_is_seen() -> None:  # CONTRACT section 8
    browser = Browser()
    browser.keep(KNOWN)
    browser.stored["cookie"]["rl_user_id"] = cookies.encode("u2")
    assert browser.visitor.read(browser.stored)["userId"] == "u2"


def test_plain_json_is_read_and_written_in_the_encoding() -> None:  # [js 3.2]
    browser = Browser(cookie={"rl_user_id": '"u1"'})
    assert browser.read()["userId"] == "u1"
    browser.keep(EMPTY | {"userId": "u1"}, renew=True)
    assert browser.stored["cookie"]["rl_user_id"] == cookies.encode("u1")


def test_a_stored_null_is_nothing() -> None:
    assert Browser(cookie={"rl_user_id": "null"}).read() == EMPTY


def test_the_cookie_wins_over_local_storage_which_wins_over_memory() -> None:  # CONTRACT section 8
    areas = {
        "cookie": {"rl_user_id": cookies.encode("cookie")},
        "localStorage": {"rl_user_id": cookies.encode("local"), "rl_group_id": cookies.encode("local")},
        "memory": {"rl_group_id": cookies.encode("memory"), "rl_auth_token": cookies.encode("memory")},
    }
    found = Browser(**areas).read()
    assert (found["userId"], found["groupId"], found["authToken"]) == ("cookie", "local", "memory")


def test_writing_a_cookie_removes_what_other_areas_hold() -> None:
    browser = Browser(localStorage={"rl_user_id": cookies.encode("stale")}, memory={"rl_user_id": cookies.encode("x")})
    browser.keep(EMPTY | {"userId": "u1"})
    assert (browser.stored["localStorage"], browser.stored["memory"]) == ({}, {})


def test_removing_removes_from_every_area() -> None:
    text = cookies.encode("u1")
    browser = Browser(cookie={"rl_user_id": text}, localStorage={"rl_user_id": text}, memory={"rl_user_id": text})
    browser.keep(EMPTY)
    assert not any(browser.stored.values())


def test_a_tampered_value_counts_as_absent_with_one_line() -> None:
    browser = Browser(cookie={"rl_user_id": "junk", "rl_anonymous_id": cookies.encode("anonymous")})
    for _ in range(2):
        assert browser.visitor.read(browser.stored) == EMPTY | {"anonymousId": "anonymous"}
    assert browser.effects.take() == [
        {"type": "log", "level": "WARN", "text": "the stored rl_user_id cannot be read; it counts as absent"}
    ]
    browser.keep(EMPTY)
    assert "rl_user_id" not in browser.stored["cookie"]


def test_blocked_cookies_are_kept_in_local_storage() -> None:
    browser = Browser(cookie=None)
    browser.keep(KNOWN)
    assert json.loads(browser.stored["localStorage"]["rl_user_id"]) == cookies.encode("u1")  # [js 3.2]
    assert browser.read() == KNOWN


def test_blocked_storage_is_memory() -> None:
    browser = Browser(cookie=None, localStorage=None, sessionStorage=None)
    browser.keep(KNOWN)
    assert browser.stored["memory"]["rl_user_id"] == cookies.encode("u1")
    assert browser.read() == KNOWN


@pytest.mark.parametrize(("local_storage", "area"), [({}, "localStorage"), (None, "sessionStorage")])
def test_what_does_not_fit_a_cookie_is_kept_elsewhere_with_one_line(local_storage: dict | None, area: str) -> None:
    browser = Browser(localStorage=local_storage)  # CONTRACT section 8
    browser.keep(KNOWN)
    large = KNOWN | {"userTraits": {"bio": "x" * 4000}}
    effects = browser.keep(large)
    assert [effect["text"] for effect in effects if effect["type"] == "log"] == [
        f"rl_trait does not fit a cookie (4,096 bytes); it is kept in {area}"
    ]
    assert "rl_trait" in browser.stored[area]
    assert set(browser.stored["cookie"]) == {"rl_user_id", "rl_anonymous_id"}
    assert browser.read() == large
    browser.keep(KNOWN)
    assert "rl_trait" in browser.stored["cookie"]
    assert not browser.stored[area]


@pytest.mark.parametrize(("length", "area"), [(3052, "cookie"), (3053, "localStorage")])
def test_the_largest_cookie_is_4096_bytes(length: int, area: str) -> None:
    text = cookies.encode("x" * length)
    assert (cookies.size("rl_auth_token", text) <= 4096) is (area == "cookie")
    assert cookies.size("rl_auth_token", text) in (4096, 4104)
    browser = Browser()
    browser.keep(EMPTY | {"authToken": "x" * length})
    assert "rl_auth_token" in browser.stored[area]


def test_cookies_cleared_while_the_page_is_open_leave_the_anonymous_id() -> None:
    browser = Browser()
    browser.keep(KNOWN)
    browser.stored["cookie"].clear()
    assert browser.visitor.read(browser.stored) == EMPTY | {"anonymousId": "anonymous"}
    browser.keep(EMPTY | {"anonymousId": "anonymous"})
    assert browser.read()["anonymousId"] == "anonymous"


@pytest.mark.parametrize(
    ("kind", "area"),
    [("localStorage", "localStorage"), ("sessionStorage", "sessionStorage"), ("memoryStorage", "memory")],
)
def test_the_identity_is_kept_where_the_options_say(kind: str, area: str) -> None:  # [js 3.4]
    browser = Browser({"type": kind}, cookie={"rl_user_id": cookies.encode("of before"), "rl_trait": '{"a":1}'})
    assert (browser.read()["userId"], browser.read()["userTraits"]) == ("of before", {"a": 1})
    browser.keep(KNOWN, renew=True)
    assert {name for name in browser.stored if browser.stored[name]} == {area}
    assert browser.read() == KNOWN


def test_a_value_can_have_a_place_of_its_own() -> None:  # [js 3.4]
    browser = Browser({"type": "localStorage", "entries": {"userId": {"type": "cookieStorage"}}})
    browser.keep(KNOWN)
    assert (list(browser.stored["cookie"]), len(browser.stored["localStorage"])) == (["rl_user_id"], 2)


@pytest.mark.parametrize("kind", ["localStorage", "sessionStorage"])
def test_storage_that_is_blocked_is_memory_with_one_line(kind: str) -> None:  # [js 3.4]
    browser = Browser({"type": kind}, **{kind: None})
    assert [effect["text"] for effect in browser.keep(KNOWN) if effect["type"] == "log"] == [
        f"{kind} is blocked; the visitor's identity is kept in memory, for this page only"
    ]
    assert len(browser.stored["memory"]) == 3


def test_what_is_not_to_be_kept_is_neither_read_nor_written_nor_removed() -> None:  # [js 3.4, 3.5]
    before = {"rl_user_id": cookies.encode("of before")}
    browser = Browser({"type": "none"}, cookie=dict(before))
    assert browser.visitor.is_truly_anonymous()
    assert browser.keep(KNOWN) == []
    assert browser.visitor.read(browser.stored) == EMPTY
    assert browser.stored["cookie"] == before


def test_where_a_value_is_kept_can_change() -> None:
    browser = Browser({"type": "none"})
    browser.keep(KNOWN)
    browser.visitor.types |= {"userId": "cookieStorage"}
    assert not browser.visitor.is_truly_anonymous()
    browser.keep(KNOWN)
    assert browser.visitor.read(browser.stored) == EMPTY | {"userId": "u1"}


@pytest.mark.parametrize(
    ("cookie", "attributes"),
    [
        ({"maxage": 1000}, {"expires": NOW + 1000}),
        ({"maxage": 1000, "expires": "2026-12-31T00:00:00.000Z"}, {"expires": NOW + 1000}),
        ({"maxage": 0, "expires": "2026-12-31T00:00:00.000Z"}, {"expires": "2026-12-31T00:00:00.000Z"}),
        ({"maxage": 0}, {"expires": None}),
        ({"path": "/shop"}, {"path": "/shop"}),
        ({"domain": "a.example"}, {"domain": "a.example"}),
        ({"samesite": "Strict", "secure": True}, {"samesite": "Strict", "secure": True}),
        ({"secure": False}, {"secure": False}),
    ],
)
@pytest.mark.parametrize("narrow", [False, True])
def test_a_cookies_attributes_can_be_set(cookie: dict, attributes: dict, narrow: bool) -> None:  # [js 3.3]
    effects = Effects()
    wanted = {"storage": {"cookie": cookie}, "setCookieDomain": "b.example", "sameDomainCookiesOnly": narrow}
    visitor = Visitor(effects, validate(wanted)[0], ".example.com")
    visitor.keep(EMPTY | {"userId": "u1"}, {"cookie": {}, "localStorage": {}, "sessionStorage": {}, "memory": {}}, NOW)
    found = effects.take()[0]["attributes"]
    usual = {"path": "/", "domain": "b.example", "samesite": "Lax", "secure": False, "expires": NOW + YEAR}
    assert found == usual | attributes | ({"domain": None} if narrow else {})


@pytest.mark.parametrize(
    ("known", "cookie", "local", "name", "source", "found"),
    [
        ("known", {"own": "named", "ajs_anonymous_id": "c"}, "local", None, None, "known"),
        ("", {"own": "named", "ajs_anonymous_id": "c"}, "local", None, None, ""),
        ("known", {"own": "named"}, "local", "own", "segment", "named"),
        ("known", {}, "local", "own", "segment", "known"),
        ("", {"ajs_anonymous_id": "c"}, '"local"', "own", "segment", "local"),
        ("", {"ajs_anonymous_id": '"c"'}, None, None, "segment", "c"),
        ("", {}, "", "own", "segment", ""),
        ("", None, None, "own", "segment", ""),
    ],
)
def test_another_sdks_anonymous_id(
    known: str, cookie: dict | None, local: str | None, name: str | None, source: str | None, found: str
) -> None:  # [js 3.5, 3.8]
    auto = {"enabled": bool(source), "source": source}
    options = validate({"externalAnonymousIdCookieName": name, "anonymousIdOptions": {"autoCapture": auto}})[0]
    visitor = Visitor(Effects(), options, None)
    stored = {"cookie": cookie, "localStorage": {"ajs_anonymous_id": local}, "sessionStorage": None}
    stored["memory"] = {"rl_anonymous_id": cookies.encode(known)} if known else {}
    assert visitor.adopt(stored, options)["anonymousId"] == found


LEGACY = "RudderEncrypt:U2FsdGVkX1+5q5jikppUASe8AdIH6O2iORyF41sYXgxzIGiX9whSeVxxww0OK5h/"


def test_a_legacy_text_that_could_not_be_opened_is_left_alone_with_one_line() -> None:  # [js 3.2]
    before = {"rl_user_id": LEGACY, "rl_group_id": LEGACY}
    browser = Browser(cookie=dict(before), localStorage={"rl_group_id": cookies.quote_local(LEGACY)})
    assert browser.read() == EMPTY
    effects = browser.keep(KNOWN | {"groupId": "g1"}, renew=True)
    assert {name: browser.stored["cookie"][name] for name in before} == before
    assert set(browser.stored["cookie"]) == {"rl_user_id", "rl_group_id", "rl_trait", "rl_anonymous_id"}
    assert (list(browser.stored["localStorage"]), list(browser.stored["sessionStorage"])) == (
        ["rl_group_id", "rl_user_id"],
        ["rl_group_id"],
    )
    assert browser.read() == KNOWN | {"groupId": "g1"}
    browser.keep(EMPTY)
    assert browser.stored["cookie"] == before
    lines = [effect["text"] for effect in effects if effect["type"] == "log"]
    assert lines == ["RudderEncrypt cookies cannot be opened on this page; they are left alone"]


def test_without_encryption_for_the_first_version_of_the_official_sdk() -> None:  # [js 3.2.4]
    browser = Browser({"encryption": {"version": "legacy"}}, cookie={})
    browser.keep(KNOWN)
    assert browser.stored["cookie"]["rl_trait"] == '{"a":1}'
    assert browser.stored["cookie"]["rl_user_id"] == '"u1"'
    assert browser.visitor.read(browser.stored) == KNOWN
    assert browser.keep(KNOWN) == []
