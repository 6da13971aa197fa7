"""rudderanalytics: the public functions. Outside a page the import works, and wrong values are found first."""

import datetime
import inspect
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import event_loop
import pytest

import rudderanalytics
from rudderanalytics import NotInAPage, RudderAnalyticsError

ROOT = Path(__file__).resolve().parents[1]

# Every public function with arguments that it takes.
CALLS: dict[str, tuple] = {
    "alias": ("new",),
    "consent": (),
    "revoke": (),
    "debug": (),
    "end_session": (),
    "exception": (ValueError("no such thing"),),
    "flush": (),
    "get_anonymous_id": (),
    "get_group_id": (),
    "get_group_traits": (),
    "get_session_id": (),
    "get_user_id": (),
    "get_user_traits": (),
    "group": ("g1", {"plan": "pro"}),
    "identify": ("u1", {"birthday": datetime.date(1990, 1, 31)}),
    "load": ("KEY", "https://a.example"),
    "on": ("ready", print),
    "page": ("Name", "Category", {"p": 1}),
    "reset": (True,),
    "set_anonymous_id": ("me",),
    "set_auth_token": ("token",),
    "show": ("https://a.example/dist/",),
    "start_session": (1_234_567_890,),
    "stats": (),
    "track": ("Bought", {"price": 9.9}),
}


def test_every_public_function_is_called_here() -> None:
    public = {name for name in rudderanalytics.__all__ if inspect.isfunction(getattr(rudderanalytics, name))}
    assert set(CALLS) == public


def test_all_names_what_is_public() -> None:
    assert sorted(rudderanalytics.__all__) == rudderanalytics.__all__
    functions = {name for name, value in vars(rudderanalytics).items() if inspect.isfunction(value)}
    assert {name for name in functions if not name.startswith("_")} <= set(rudderanalytics.__all__)


@pytest.mark.parametrize("name", CALLS)
def test_outside_a_page_every_function_says_that_it_needs_one(name: str) -> None:
    def ask() -> None:
        answer = getattr(rudderanalytics, name)(*CALLS[name])
        if inspect.iscoroutine(answer):
            event_loop.run(answer)

    with pytest.raises(NotInAPage, match=r"^rudderanalytics needs a web page"):
        ask()


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(rudderanalytics.identify, id="the visitor as they are known"),
        pytest.param(lambda: rudderanalytics.identify(traits={"a": (1, 2)}), id="traits only"),
        pytest.param(rudderanalytics.page, id="a page without a name"),
        pytest.param(lambda: rudderanalytics.page(category="C"), id="a category without a name"),
        pytest.param(lambda: rudderanalytics.page("N", properties={"a": 1}), id="a name without a category"),
        pytest.param(lambda: rudderanalytics.load("KEY", "https://a.example", log_level="ERROR"), id="an option"),
        pytest.param(
            lambda: rudderanalytics.load("KEY", "https://a.example", sessions={"auto_track": False}), id="a group"
        ),
    ],
)
def test_arguments_can_be_left_out_or_named(ask: Callable[[], object]) -> None:
    with pytest.raises(NotInAPage):  # and not a TypeError
        ask()


@pytest.mark.parametrize(
    ("ask", "line"),
    [
        (
            lambda: rudderanalytics.identify("u1", {"address": {"city": b"x"}}),
            "traits.address.city: a value of type bytes cannot",
        ),
        (lambda: rudderanalytics.identify(math.nan), "user_id: nan is not a JSON number"),
        (
            lambda: rudderanalytics.identify("u1", {"n": [2**53 + 1]}),
            r"traits.n\[0\]: 9007199254740993 is beyond 2 \*\* 53",
        ),
        (lambda: rudderanalytics.track("x", {"n": -(2**60)}), "properties.n: -1152921504606846976 is beyond"),
        (lambda: rudderanalytics.start_session(2**53 + 1), "session_id: 9007199254740993 is beyond"),
        (lambda: rudderanalytics.identify("u1", {}, {"context": {1: 2}}), "options.context: the key 1 is not a string"),
        (lambda: rudderanalytics.track(object()), "event: a value of type object cannot"),
        (lambda: rudderanalytics.track("x", {"tags": {"a"}}), "properties.tags: a value of type set cannot"),
        (
            lambda: rudderanalytics.page("N", "C", {"list": [1, 2j]}),
            r"properties.list\[1\]: a value of type complex cannot",
        ),
        (lambda: rudderanalytics.page(b"N"), "name: a value of type bytes cannot"),
        (lambda: rudderanalytics.page(category=b"C"), "category: a value of type bytes cannot"),
        (lambda: rudderanalytics.group("g", {"seats": math.inf}), "traits.seats: inf is not a JSON number"),
        (lambda: rudderanalytics.alias(b"new"), "to: a value of type bytes cannot"),
        (lambda: rudderanalytics.alias("new", b"old"), "from_id: a value of type bytes cannot"),
        (lambda: rudderanalytics.load(b"KEY", "https://a.example"), "write_key: a value of type bytes cannot"),
        (lambda: rudderanalytics.load("KEY", b"x"), "data_plane_url: a value of type bytes cannot"),
        (lambda: rudderanalytics.load("KEY", "x", log_level=b"x"), "log_level: a value of type bytes cannot"),
        (lambda: rudderanalytics.set_anonymous_id(b"x"), "anonymous_id: a value of type bytes cannot"),
        (lambda: rudderanalytics.start_session(b"x"), "session_id: a value of type bytes cannot"),
        (lambda: rudderanalytics.consent(storage={"type": b"x"}), "storage.type: a value of type bytes cannot"),
        (lambda: rudderanalytics.show(b"x"), "assets_url should be a text"),  # type: ignore[arg-type]
        (lambda: rudderanalytics.set_auth_token(b"x"), "token: a value of type bytes cannot"),
        (lambda: rudderanalytics.on("message", "print"), "on: the listener of message cannot be called"),
    ],
)
def test_a_value_json_cannot_hold_is_a_type_error_that_names_the_key(ask: Callable[[], object], line: str) -> None:
    with pytest.raises(TypeError, match=f"^{line}"):  # before anything is done: there is no page to do it in
        ask()


def test_the_callers_own_values_are_not_changed() -> None:
    properties: dict = {"a": 1}
    with pytest.raises(NotInAPage):
        rudderanalytics.page(category="C", properties=properties)
    assert properties == {"a": 1}


class Client:
    """What `browser` speaks to, in a page that is not there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple] = []
        self.listeners: dict[str, Callable] = {}
        monkeypatch.setattr(rudderanalytics, "_loaded", [])
        monkeypatch.setattr(rudderanalytics.browser, "find", lambda: None)
        monkeypatch.setattr(rudderanalytics.browser, "call", lambda *call: self.calls.append(call))
        monkeypatch.setattr(rudderanalytics.browser, "on", self.listeners.__setitem__)
        monkeypatch.setattr(rudderanalytics.browser, "review", lambda each: self.listeners.update(review=each))


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    return Client(monkeypatch)


def test_options_are_those_of_the_client(client: Client) -> None:
    rudderanalytics.load("KEY", "https://a.example", respect_gpc=True, integrations={"All": False, "My_Own": True})
    rudderanalytics.load("KEY", "https://a.example", storage={"entries": {"user_id": {"type": "none"}}}, on_loaded=5)
    rudderanalytics.consent(storage={"type": "localStorage"}, integrations={"My_Own": True}, track_consent=True)
    rudderanalytics.reset(entries={"user_traits": False})
    rudderanalytics.reset(True)
    rudderanalytics.set_anonymous_id(linker="1*a*b*c")
    assert client.calls == [
        ("load", "KEY", "https://a.example", {"respectGPC": True, "integrations": {"All": False, "My_Own": True}}),
        ("load", "KEY", "https://a.example", {"storage": {"entries": {"userId": {"type": "none"}}}, "onLoaded": 5}),
        (
            "consent",
            {"storage": {"type": "localStorage"}, "integrations": {"My_Own": True}, "trackConsent": True},
        ),
        ("reset", {"entries": {"anonymousId": False, "userTraits": False}}),
        ("reset", {"entries": {"anonymousId": True}}),
        ("setAnonymousId", None, "1*a*b*c"),
    ]


def test_on_loaded_is_called_with_the_module_once_it_is_ready(client: Client) -> None:
    seen: list = []
    rudderanalytics.load("KEY", "https://a.example", on_loaded=seen.append, before_send=print)
    assert seen == []
    client.listeners["ready"](None)
    assert seen == [rudderanalytics]
    assert client.listeners["review"] is print
    assert client.calls == [("load", "KEY", "https://a.example", {})]


def test_what_is_shown_is_what_was_loaded(client: Client) -> None:
    with pytest.raises(RudderAnalyticsError, match=r"^show: call load first"):
        rudderanalytics.show("https://a.example/dist")
    rudderanalytics.load("KEY", "https://d.example", log_level="ERROR", before_send=print)
    shown = str(rudderanalytics.show("https://a.example/dist"))
    assert 'data-write-key="KEY" data-data-plane-url="https://d.example"' in shown
    assert 'data-options="{&quot;logLevel&quot;: &quot;ERROR&quot;}"' in shown


def test_a_wrong_option_is_an_error_for_type_checkers(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        """import rudderanalytics as r
r.load("KEY", "https://a.example", log_level="ERROR", consent_management={"enabled": True}, before_send=print)
r.consent(track_consent=True, consent_management={"allowed_consent_ids": ["C1"]})
r.load("KEY", "https://a.example", log_levle="ERROR")
r.load("KEY", "https://a.example", secure_cookie="yes")
r.consent(consent_management={"allowed": []})
"""
    )
    mypy = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--cache-dir", str(tmp_path), str(program)]
    environment = os.environ | {"MYPYPATH": str(ROOT / "sdk")}
    done = subprocess.run(mypy, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    wrong = [line.split(":")[1] for line in done.stdout.splitlines() if ": error:" in line]
    assert wrong == ["4", "5", "6"], done.stdout + done.stderr


def test_ids_of_any_size_keep_their_digits(client: Client) -> None:
    large = 2**64 + 1
    rudderanalytics.identify(large)
    rudderanalytics.group(large)
    rudderanalytics.alias(large, -large)
    rudderanalytics.identify(2**53)
    assert client.calls == [
        ("identify", str(large), None, None),
        ("group", str(large), None, None),
        ("alias", str(large), str(-large), None),
        ("identify", 2**53, None, None),
    ]


class Null:
    """What `null` is in Pyodide."""


Null.__name__ = "JsNull"


def test_null_of_javascript_is_none(client: Client) -> None:
    null: Any = Null()
    rudderanalytics.identify(null, {"a": [null]}, null)
    rudderanalytics.page(null, "C", null)
    rudderanalytics.page(null, null, null)
    rudderanalytics.reset(null, null)
    rudderanalytics.set_anonymous_id(null)
    assert client.calls == [
        ("identify", None, {"a": [None]}, None),
        ("page", {"category": "C"}, None),
        ("page", {}, None),
        ("reset", {"entries": {"anonymousId": False}}),
        ("setAnonymousId", None, None),
    ]


def test_help_speaks_to_users() -> None:
    texts = [rudderanalytics.__doc__, *(getattr(rudderanalytics, name).__doc__ for name in CALLS)]
    assert [text for text in texts if not text or "[js" in text] == []


def test_a_traceback_shows_one_error_alone() -> None:
    with pytest.raises(NotInAPage) as raised:
        rudderanalytics.track("Bought")
    assert (raised.value.__context__, raised.value.__cause__) == (None, None)
