"""Sequences of calls that nobody thought of, from Hypothesis: the same messages, cookies and getters in both SDKs.

Calls leave out what differs on purpose (`differences.json`). A visit makes many calls, quicker than many visits;
they are the same in every run.
"""

import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from browser.differential.replay import Replay
from browser.differential.runner import Opened, Scenario, run
from browser.site_under_test import Site
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

CALLS = 60
KEYS = st.sampled_from(["plan", "email", "name", "a", "b", "é ✓", "id", "address"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
SINGLE = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e6, 1e6) | TEXTS
# No arrays where something may be merged over them.
OBJECTS = st.dictionaries(KEYS, SINGLE | st.dictionaries(KEYS, SINGLE, max_size=3), max_size=4)
# No arrays in arrays: they become objects there.
ARRAYS = st.lists(SINGLE | st.dictionaries(KEYS, SINGLE, max_size=3), max_size=3)
ANY = SINGLE | ARRAYS | st.dictionaries(KEYS, SINGLE | ARRAYS, max_size=3)
PROPERTIES = st.dictionaries(KEYS, ANY, max_size=4)
IDS = st.sampled_from(["u1", "u2", "Zoë ✓ 😀", 7, 1.5, True]) | st.integers(0, 2**53)
NAMES = st.sampled_from(["Home", "Docs", "é", "a b"])
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "integrations": st.dictionaries(st.sampled_from(["All", "B"]), st.booleans(), max_size=2),
        "anonymousId": st.sampled_from(["", "own", "✓"]),
        "originalTimestamp": st.sampled_from(["2020-02-29T00:00:00.000Z", ""]),
        "traits": OBJECTS,
        "own": ANY,
        "userId": TEXTS,
        "library": SINGLE,
    },
)
ENTRIES = st.dictionaries(
    st.sampled_from(["userId", "userTraits", "anonymousId", "groupId", "groupTraits", "sessionInfo"]), st.booleans()
)
SESSIONS = st.just(()) | st.tuples(st.integers(1_000_000_000, 2**53 - 1))


def called(method: str, *arguments: st.SearchStrategy[object]) -> st.SearchStrategy[str]:
    """The statement of a call, which may leave arguments out from the end, but for the first two."""
    given = st.tuples(*arguments)
    cut = st.integers(min(2, len(arguments)), len(arguments))
    return st.builds(lambda given, cut: statement(method, given[:cut]), given, cut)


def statement(method: str, given: tuple[object, ...]) -> str:
    return f"sdk.{method}({', '.join(json.dumps(each) for each in given)})"


STATEMENTS = st.one_of(
    called("identify", IDS, OBJECTS, OPTIONS),
    called("identify", OBJECTS, OPTIONS),
    called("track", NAMES, PROPERTIES, OPTIONS),
    called("page", NAMES, NAMES, PROPERTIES, OPTIONS),
    called("page", NAMES, PROPERTIES, OPTIONS),
    called("page", PROPERTIES, OPTIONS),
    called("group", IDS, OBJECTS, OPTIONS),
    called("group", OBJECTS, OPTIONS),
    called("alias", IDS, IDS, OPTIONS),
    called("alias", IDS, OPTIONS),
    st.sampled_from(["sdk.reset()", "sdk.reset(true)", "sdk.endSession()", "sdk.setAnonymousId('own')"]),
    st.builds(lambda entries: statement("reset", ({"entries": entries},)), ENTRIES),
    st.builds(lambda given: statement("startSession", given), SESSIONS),
    st.just(
        "note([sdk.getUserId(), sdk.getUserTraits(), sdk.getGroupId(), sdk.getGroupTraits(), sdk.getAnonymousId()])"
    ),
    st.just("note(sdk.getSessionId())"),
)


@pytest.fixture(scope="module")
def pages(browser: Browser, config: SimpleNamespace) -> Iterator[list[Page]]:
    contexts = [browser.new_context(viewport=config.VIEWPORT) for _ in range(2)]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


@settings(
    max_examples=4,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(calls=st.lists(STATEMENTS, min_size=CALLS, max_size=CALLS))
def test_any_sequence_of_calls_leaves_the_same_behind(
    calls: list[str], pages: list[Page], running_site: Site, listening: str, replay: Replay
) -> None:
    running_site.clear()
    among = [[Scenario("any", (Opened(tuple(calls)),))]]
    found = run(pages, running_site, among, "micropython", listening)["any"]
    assert found.differences == {}, "\n".join(calls)
    assert [replay.unlike(exchanges) for exchanges in found.exchanges] == [[]]
