"""The script tag as HTML, for a page that shows what a worker's Python gives it."""

import json


class Tag:
    """What `show()` returns. Notebooks display it by `_repr_html_`; elsewhere its text is the HTML."""

    def __init__(self, assets_url: str, write_key: str, data_plane_url: str, options: dict) -> None:
        """`assets_url` is the address of `dist/`; the others are those of `load`, options as JavaScript's."""
        self._attributes = {
            "src": assets_url.rstrip("/") + "/rudderanalytics.js",
            "data-runtime": "micropython",
            "data-write-key": write_key,
            "data-data-plane-url": data_plane_url,
            "data-options": json.dumps(options),
        }

    def __str__(self) -> str:
        written = [f'{name}="{_escaped(value)}"' for name, value in self._attributes.items()]
        return f"<script async {' '.join(written)}></script>"

    def _repr_html_(self) -> str:
        return str(self)


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
