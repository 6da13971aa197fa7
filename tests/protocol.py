"""What crosses between page and core, held against the TypedDicts of `rudderanalytics._types`.

`check_input` and `check_effect` raise AssertionError for what is not in the protocol: another type, a member too many
or too few, a member of another type.
"""

import types
import typing
from typing import Any, Literal, NotRequired, get_args, get_origin, is_typeddict

from rudderanalytics import _types
from rudderanalytics.core.calls import overloads

INPUTS: dict[str, Any] = dict.fromkeys(overloads.METHODS, _types.Call) | {
    "load": _types.Load,
    "consent": _types.Consented,
    "consents": _types.Learned,
    "reviewed": _types.Reviewed,
    "adopt": _types.Adopt,
    "adopted": _types.Input,
    "response": _types.Response,
    "lost": _types.Lost,
    "forget": _types.Forget,
    "hidden": _types.Hidden,
    "online": _types.Input,
    "offline": _types.Input,
    "shown": _types.Input,
    "tick": _types.Input,
    "flush": _types.Input,
}
EFFECTS: dict[str, Any] = {
    "keep": _types.Keep,
    "accept": _types.Accept,
    "review": _types.Review,
    "send": _types.Send,
    "part": _types.Send,
    "wake": _types.Wake,
    "remember": _types.Remember,
    "log": _types.Log,
    "fail": _types.Fail,
    "emit": _types.Emit,
}
# They may have members that the core has nothing to do with.
_OPEN = {_types.AcceptedOptions, _types.AutoTrack, _types.PageLifecycle, _types.CutOff}


def check_input(given: dict) -> None:
    _check(given, INPUTS[given["type"]], given["type"])


def check_effect(effect: dict) -> None:
    _check(effect, EFFECTS[effect["type"]], effect["type"])


def _check(value: object, shape: Any, where: str) -> None:
    origin = get_origin(shape)
    if is_typeddict(shape):
        _check_members(value, shape, where)
    elif origin is NotRequired:
        _check(value, get_args(shape)[0], where)
    elif origin is Literal:
        assert value in get_args(shape), f"{where}: {value!r} is none of {get_args(shape)}"
    elif origin in (types.UnionType, typing.Union):
        kinds = [each for each in get_args(shape) if _fits(value, each)]
        assert kinds, f"{where}: {value!r} is no {shape}"
    elif origin is list:
        assert isinstance(value, list), f"{where}: {value!r} is no list"
        for item in value:
            _check(item, get_args(shape)[0], where + "[]")
    elif origin is tuple:
        assert isinstance(value, list | tuple) and len(value) == len(get_args(shape)), f"{where}: {value!r}"
    elif origin is dict:
        assert isinstance(value, dict), f"{where}: {value!r} is no object"
        for item in value.values():
            _check(item, get_args(shape)[1], where + ".*")
    elif shape is not object:
        is_number = shape in (int, float) and isinstance(value, int) and not isinstance(value, bool)
        assert is_number or type(value) is shape, f"{where}: {value!r} is no {shape.__name__}"


def _check_members(value: object, shape: Any, where: str) -> None:
    assert isinstance(value, dict), f"{where}: {value!r} is no object"
    members = typing.get_type_hints(shape, include_extras=True)
    absent = set(shape.__required_keys__) - set(value)
    beyond = set(value) - set(members)
    assert not absent, f"{where}: {sorted(absent)} are not there"
    assert not beyond or shape in _OPEN, f"{where}: {sorted(beyond)} are not in the protocol"
    for name in value:
        if name in members:
            _check(value[name], members[name], f"{where}.{name}")


def _fits(value: object, shape: Any) -> bool:
    if shape is type(None):
        return value is None
    try:
        _check(value, shape, "")
    except AssertionError:
        return False
    return True
