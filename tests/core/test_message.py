"""message: everything together, as it is sent. tests/vectors/ has whole messages; here are the rules one by one."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vectors.run import NOW, PAGE

from rudderanalytics.core.calls.overloads import canonical
from rudderanalytics.core.delivery import message
from rudderanalytics.core.visitor.identity import EMPTY

IDENTITY = EMPTY | {
    "userId": "u1",
    "userTraits": {"plan": "pro"},
    "anonymousId": "anonymous",
    "groupId": "g1",
    "groupTraits": {"seats": 5},
    "initialReferrer": "$direct",
}
LIBRARY = {"version": "1.2.3", "runtime": "any 1.0", "installType": "script"}
PAGE_KEYS = {"path", "referrer", "referring_domain", "search", "title", "url", "tab_url"}
PAGE_KEYS |= {"initial_referrer", "initial_referring_domain"}


def build(method: str, *arguments: object, more: dict | None = None, **page: object) -> dict:
    observed = {"at": NOW, "id": "message", "page": PAGE | page}
    return message.build(canonical(method, list(arguments)), IDENTITY, more or {}, observed, LIBRARY)


def test_the_loading_snippet_and_brave_are_named() -> None:  # [js 2.4]
    assert "snippetVersion" not in build("track")["context"]["library"]
    assert build("track", snippetVersion="3.2.0")["context"]["library"]["snippetVersion"] == "3.2.0"
    chrome = "Mozilla/5.0 Chrome/156.0.0.0 Safari/537.36"
    for agent, brave, told in [
        (chrome, False, chrome),
        (chrome, True, chrome + " Brave/156.0.0.0"),
        ("Mozilla/5.0 Chrome/156", True, "Mozilla/5.0 Chrome/156 Brave/156"),
        ("Mozilla/5.0", True, "Mozilla/5.0"),
    ]:
        assert build("track", userAgent=agent, brave=brave)["context"]["userAgent"] == told


@pytest.mark.parametrize("method", ["track", "page"])
def test_a_worker_that_has_no_page_says_nothing_of_one(method: str) -> None:
    built = build(method, {"path": "given"} if method == "page" else "x", href="")
    assert "page" not in built["context"]
    assert built["properties"] == ({"path": "given"} if method == "page" else {})


@pytest.mark.parametrize("method", ["identify", "track", "page", "group", "alias"])
def test_fields_that_every_message_has(method: str) -> None:  # [js 2.2]
    built = build(method)
    assert (built["type"], built["channel"], built["messageId"]) == (method, "web", "message")
    assert (built["anonymousId"], built["userId"]) == ("anonymous", "u1")
    assert built["originalTimestamp"] == "2026-11-23T14:45:50.673Z"
    assert built["integrations"] == {"All": True}
    assert "sentAt" not in built  # the outbox adds it at each attempt


@pytest.mark.parametrize(
    ("method", "own"),
    [
        ("identify", set()),
        ("track", {"properties"}),
        ("page", {"properties"}),
        ("group", {"groupId", "traits"}),
        ("alias", {"previousId"}),
    ],
)
def test_fields_that_only_this_type_has(method: str, own: set[str]) -> None:  # [js 2.1, 2.3]
    assert set(build(method)) - set(build("identify")) == own


def test_identify_has_its_traits_in_the_context_and_never_at_the_root() -> None:  # [js 2.3], [server 2.1]
    built = build("identify", "u1", {})
    assert built["context"]["traits"] == {"plan": "pro"}
    assert "traits" not in built


def test_group_has_the_groups_traits_at_the_root_and_the_users_in_the_context() -> None:  # [js 2.3]
    built = build("group", "g1")
    assert (built["groupId"], built["traits"]) == ("g1", {"seats": 5})
    assert built["context"]["traits"] == {"plan": "pro"}


def test_alias_says_who_is_whom() -> None:  # [js 2.3]
    built = build("alias", "new", "old")
    assert (built["userId"], built["previousId"]) == ("new", "old")


@pytest.mark.parametrize(("user_id", "previous"), [("u1", "u1"), ("", "anonymous")])
def test_alias_without_from_is_the_visitor_as_they_are_known(user_id: str, previous: str) -> None:  # [js 1.5]
    observed = {"at": NOW, "id": "message", "page": PAGE}
    built = message.build(canonical("alias", ["new"]), IDENTITY | {"userId": user_id}, {}, observed, LIBRARY)
    assert built["previousId"] == previous


def test_the_context_has_what_the_page_saw() -> None:  # [js 2.4]
    context = build("track")["context"]
    for key in ("userAgent", "os", "locale", "screen", "timezone"):
        assert context[key] == PAGE[key]
    assert context["campaign"] == {"source": "news"}
    assert set(context["page"]) == PAGE_KEYS


def test_app_and_library_name_this_sdk_truthfully() -> None:  # CONTRACT section 5
    context = build("track")["context"]
    assert context["app"] == {
        "name": message.NAME,
        "namespace": message.NAMESPACE,
        "version": "1.2.3",
        "installType": "script",
    }
    assert context["library"] == {"name": message.NAME, "version": "1.2.3", "runtime": "any 1.0"}
    assert "JavaScript" not in message.NAME


def test_the_session_is_in_the_context() -> None:  # [js 2.4]
    context = build("track", more={"sessionId": 5, "sessionStart": True})["context"]
    assert (context["sessionId"], context["sessionStart"]) == (5, True)


def test_the_name_is_filled_in_the_message_only() -> None:
    known = IDENTITY | {"userTraits": {"firstName": "Richard", "lastName": "Hendricks"}}
    observed = {"at": NOW, "id": "message", "page": PAGE}
    built = message.build(canonical("track", ["Bought"]), known, {}, observed, LIBRARY)
    assert built["context"]["traits"]["name"] == "Richard Hendricks"
    assert "name" not in known["userTraits"]


def test_nulls_are_not_sent() -> None:  # [js 2.1]
    assert build("track", "Bought", {"a": None, "b": [None]})["properties"] == {"b": [None]}


def test_a_page_message_has_the_page_properties() -> None:  # [js 2.5]
    built = build("page")
    assert built["properties"] == built["context"]["page"]
    assert "name" not in built


@pytest.mark.parametrize(
    ("arguments", "at_the_root", "among_the_properties"),
    [
        (["C", "N"], ("N", "C"), ("N", "C")),
        (["C", "N", {"name": "mine", "category": "mine"}], ("N", "C"), ("N", "C")),
        ([{"name": "mine", "category": "mine"}], (None, None), ("mine", "mine")),
        (["", ""], ("", ""), (None, None)),
        ([5, 6], (6, 5), (None, None)),
    ],
)
def test_name_and_category_of_a_page(  # [js 1.5]
    arguments: list, at_the_root: tuple, among_the_properties: tuple
) -> None:
    built = build("page", *arguments)
    assert (built.get("name"), built.get("category")) == at_the_root
    assert (built["properties"].get("name"), built["properties"].get("category")) == among_the_properties


@pytest.mark.parametrize(
    ("given_title", "in_options", "sent", "in_context"),
    [
        ("mine", "theirs", "mine", "theirs"),
        ("", "theirs", "", "theirs"),
        (None, "theirs", None, "theirs"),
        (..., "theirs", "theirs", "theirs"),
        (..., "", "A title", ""),
        ("mine", ..., "mine", "mine"),
        ("", ..., "", "A title"),
    ],
)
def test_page_properties_come_from_the_caller_then_options_then_the_page(  # [js 2.5, 2.6]
    given_title: object, in_options: object, sent: str | None, in_context: str
) -> None:
    given_properties = {} if given_title is ... else {"title": given_title}
    built = build("page", given_properties, {"page": {} if in_options is ... else {"title": in_options}})
    assert built["properties"].get("title") == sent
    assert built["context"]["page"]["title"] == in_context


def test_page_properties_of_other_messages_are_the_pages_own() -> None:  # [js 2.5]
    built = build("track", "Bought", {"title": "mine"}, {"page": {"path": "/theirs"}})
    assert built["properties"] == {"title": "mine"}
    assert (built["context"]["page"]["title"], built["context"]["page"]["path"]) == ("A title", "/theirs")


def test_a_canonical_address_counts() -> None:  # [js 2.5]
    seen = build("track", canonical={"origin": "https://a.example", "path": "/c", "search": ""})["context"]["page"]
    assert (seen["path"], seen["url"]) == ("/c", "https://a.example/c?utm_source=news")
    assert seen["tab_url"] == PAGE["href"]
    seen = build("track", canonical={"origin": "https://a.example", "path": "/c", "search": "?id=1"})["context"]["page"]
    assert (seen["url"], seen["search"]) == ("https://a.example/c?id=1", "?utm_source=news")


def test_no_referrer_is_direct() -> None:  # [js 2.5]
    seen = build("track", referrer="", referrerHost="")["context"]["page"]
    assert (seen["referrer"], seen["referring_domain"]) == ("$direct", "")


@pytest.mark.parametrize(
    ("query", "campaign"),
    [
        ([], {}),
        ([["q", "1"]], {}),
        ([["utm_campaign", "c"], ["utm_term", "t"]], {"name": "c", "term": "t"}),
        ([["utm_source", "a"], ["utm_source", "b"]], {"source": "b"}),
    ],
)
def test_campaign(query: list, campaign: dict) -> None:  # [js 2.4]
    assert message.campaign(query) == campaign


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("anonymousId", "mine", "mine"),
        ("anonymousId", "", "anonymous"),
        ("anonymousId", 5, "anonymous"),
        ("originalTimestamp", "yesterday", "yesterday"),
        ("originalTimestamp", 5, "2026-11-23T14:45:50.673Z"),
        ("integrations", {"All": False}, {"All": False}),
        ("integrations", {}, {"All": True}),
        ("integrations", [], {"All": True}),
    ],
)
def test_options_at_the_top_level(key: str, value: object, found: object) -> None:  # [js 2.6]
    built = build("track", "Bought", {}, {key: value})
    assert built[key] == found
    assert key not in built["context"]


@pytest.mark.parametrize("key", ["library", "consentManagement", "userAgent", "ua-ch", "screen"])
def test_options_that_are_never_taken(key: str) -> None:  # [js 2.6]
    untouched = build("track")["context"]
    assert build("track", "", {}, {key: "x"})["context"] == untouched
    assert build("track", "", {}, {"context": {key: "x"}})["context"] == untouched


@pytest.mark.parametrize("wrap", [False, True])
def test_other_options_are_merged_into_the_context(wrap: bool) -> None:  # [js 2.6]
    wanted = {"os": {"version": "6"}, "traits": {"extra": 1}, "locale": "de", "userId": "x", "own": [1]}
    built = build("track", "", {}, {"context": wanted} if wrap else wanted)
    assert built["context"]["os"] == {"name": "Linux", "version": "6"}
    assert built["context"]["traits"] == {"plan": "pro", "extra": 1}
    assert (built["context"]["locale"], built["context"]["userId"], built["context"]["own"]) == ("de", "x", [1])
    assert built["userId"] == "u1"


def test_the_context_option_wins_over_the_others() -> None:  # MicroPython knows no order of keys
    built = build("track", "", {}, {"x": {"a": 1}, "context": {"x": {"a": 2}, "y": 2}, "y": 1})
    assert (built["context"]["x"], built["context"]["y"]) == ({"a": 2}, 2)


@pytest.mark.parametrize("value", ["x", None, [1]])
def test_a_context_option_that_is_no_object_is_ignored(value: object) -> None:  # [js 2.6]
    assert build("track", "", {}, {"context": value})["context"] == build("track")["context"]


@settings(deadline=None)
@given(st.integers(0, 4_102_444_799_999))  # the year 2099: MicroPython's calendar ends in 2106
def test_times_are_written_as_date_to_iso_string_does(at: int) -> None:  # [js 2.2]
    moment = datetime.datetime.fromtimestamp(at // 1000, datetime.UTC)
    assert message.iso_8601(at) == f"{moment:%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}Z"


@pytest.mark.parametrize("method", ["track", "alias"])
def test_a_message_that_may_show_no_anonymous_id_has_its_own(method: str) -> None:  # [js 3.4, 7.2]
    observed = {"at": NOW, "id": "message", "page": PAGE, "fresh": "fresh"}
    identity = IDENTITY | {"userId": "", "anonymousId": ""}
    built = message.build(canonical(method, ["u2"]), identity, {}, observed, LIBRARY)
    assert (built["anonymousId"], built.get("previousId", "")) == ("fresh", "")


@pytest.mark.parametrize(
    ("enabled", "of_page", "context"),
    [
        (False, None, {}),
        (False, False, {}),
        (True, None, {"autoTrack": {"page": {"pageViewId": "id"}}}),
        (False, True, {"autoTrack": {"page": {"pageViewId": "id"}}}),
        (True, False, {"autoTrack": {}}),
    ],
)
def test_auto_track_tells_page_views_apart(enabled: bool, of_page: bool | None, context: dict) -> None:  # [js 2.4]
    assert message.page_view({"enabled": enabled, "pageLifecycle": {"enabled": of_page}}, "id") == context


@pytest.mark.parametrize(
    ("more", "options", "lines"),
    [
        ({}, {}, []),
        ({"properties": [1]}, {"context": {}}, []),
        ({}, {"context": "x"}, ["options.context should be an object; it is ignored"]),
        ({}, {"context": None}, ["options.context should be an object; it is ignored"]),
        (
            {"properties": {"Event": 1, "events": 1}},
            {},
            ["properties.Event has the name of a column of RudderStack's own"],
        ),
        ({"traits": {"id": 1}}, {}, ["traits.id has the name of a column of RudderStack's own"]),
        ({"context": {"traits": {"id": 1, "channel": 1}}}, {}, ["context.traits.channel has the name of a column"]),
        ({"context": {"traits": 5}}, {}, []),
    ],
)
def test_what_looks_like_a_mistake_is_said(more: dict, options: dict, lines: list[str]) -> None:  # [js 2.6, 2.8]
    found = message.remarks({"context": {}} | more, options)
    assert len(found) == len(lines)
    assert all(line.startswith(start) for line, start in zip(found, lines, strict=True))
