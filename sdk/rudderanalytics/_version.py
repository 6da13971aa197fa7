"""The version, in one place: the wheel, `context.library` and the page's script all take it from here."""

__version__ = "0.1.0"
