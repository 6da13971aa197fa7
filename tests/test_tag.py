"""The script tag that `show()` gives, read as a browser reads it."""

import json
from html.parser import HTMLParser

import pytest

from rudderanalytics.tag import Tag


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("assets_url", ["https://a.example/dist", "https://a.example/dist/"])
def test_its_attributes_are_what_was_loaded(assets_url: str) -> None:
    options = {"logLevel": "ERROR", "sessions": {"autoTrack": False}, "odd": "\"'<>&amp;</script>é"}
    tag = Tag(assets_url, 'KEY"<', "https://d.example/?a=1&b=2", options)
    (found,) = Tags(str(tag)).found
    assert found[0] == "script"
    said = found[1].pop("data-options")
    assert said is not None and json.loads(said) == options
    assert found[1] == {
        "async": None,
        "src": "https://a.example/dist/rudderanalytics.js",
        "data-runtime": "micropython",
        "data-write-key": 'KEY"<',
        "data-data-plane-url": "https://d.example/?a=1&b=2",
    }
    assert tag._repr_html_() == str(tag)
