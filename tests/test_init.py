"""rudderanalytics: the public functions. Outside a page the import works, and wrong values are found first."""

import asyncio
import datetime
import inspect
import math
from collections.abc import Callable

import pytest

import rudderanalytics
from rudderanalytics import NotInAPage

# Every public function with arguments that it takes.
CALLS: dict[str, tuple] = {
    "alias": ("new",),
    "consent": (),
    "end_session": (),
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
            asyncio.run(answer)

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
        (lambda: rudderanalytics.identify("u1", {"address": {"city": b"x"}}), "traits.address.city: a bytes cannot"),
        (lambda: rudderanalytics.identify(math.nan), "user_id: nan is not a JSON number"),
        (lambda: rudderanalytics.identify("u1", {}, {"context": {1: 2}}), "options.context: the key 1 is not a string"),
        (lambda: rudderanalytics.track(object()), "event: a object cannot"),
        (lambda: rudderanalytics.track("x", {"tags": {"a"}}), "properties.tags: a set cannot"),
        (lambda: rudderanalytics.page("N", "C", {"list": [1, 2j]}), r"properties.list\[1\]: a complex cannot"),
        (lambda: rudderanalytics.page(b"N"), "name: a bytes cannot"),
        (lambda: rudderanalytics.page(category=b"C"), "category: a bytes cannot"),
        (lambda: rudderanalytics.group("g", {"seats": math.inf}), "traits.seats: inf is not a JSON number"),
        (lambda: rudderanalytics.alias(b"new"), "to: a bytes cannot"),
        (lambda: rudderanalytics.alias("new", b"old"), "from_id: a bytes cannot"),
        (lambda: rudderanalytics.load(b"KEY", "https://a.example"), "write_key: a bytes cannot"),
        (lambda: rudderanalytics.load("KEY", b"x"), "data_plane_url: a bytes cannot"),
        (lambda: rudderanalytics.load("KEY", "x", log_level=b"x"), "log_level: a bytes cannot"),
        (lambda: rudderanalytics.set_anonymous_id(b"x"), "anonymous_id: a bytes cannot"),
        (lambda: rudderanalytics.start_session(b"x"), "session_id: a bytes cannot"),
        (lambda: rudderanalytics.consent(storage={"type": b"x"}), "storage.type: a bytes cannot"),
        (lambda: rudderanalytics.set_auth_token(b"x"), "token: a bytes cannot"),
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
