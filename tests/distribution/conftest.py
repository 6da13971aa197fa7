"""What tests of both interpreters share."""

import json
from pathlib import Path

import pytest

from ..inputs import sessions

LONG = 5_000  # characters of an input that takes long, and says nothing about functions


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sessions of today's vectors and state machine."""
    heard = [[text for text in session if len(text) < LONG] for session in sessions()]
    path = tmp_path_factory.mktemp("recorded") / "sessions.json"
    path.write_text(json.dumps([session for session in heard if session]))
    return path
