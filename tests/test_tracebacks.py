"""An exception as the properties of a message."""

import pytest

from rudderanalytics import tracebacks


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_what_is_said_of_an_exception() -> None:
    said = tracebacks.describe(raised(ValueError("no such thing")), handled=True)
    text = str(said.pop("traceback"))
    assert said == {
        "language": "python",
        "name": "ValueError",
        "message": "no such thing",
        "handled": True,
        "count": 1,
    }
    assert text.startswith("Traceback (most recent call last):\n")
    assert text.endswith("\nValueError: no such thing")
    assert "in raised" in text


def test_an_exception_that_was_never_raised() -> None:
    said = tracebacks.describe(KeyError("k"), handled=False)
    assert (said["message"], said["traceback"], said["handled"]) == ("'k'", "KeyError: 'k'", False)


class Odd(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no")


def test_an_exception_that_cannot_be_said() -> None:
    said = tracebacks.describe(raised(Odd()), handled=True)
    assert (said["name"], said["message"]) == ("Odd", "")
    assert "in raised" in str(said["traceback"])


@pytest.mark.parametrize("length", [200_000])
def test_what_is_long_does_not_cross(length: int) -> None:
    said = tracebacks.describe(raised(ValueError("x" * length)), handled=True)
    assert len(str(said["message"])) == len(str(said["traceback"])) == 100_000
