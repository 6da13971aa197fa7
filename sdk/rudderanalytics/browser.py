"""The face for Python in a page: finds or installs `window.rudderanalytics`, and speaks to it in text.

With `javascript` and `worker`, the only module that knows of `js` and of PyScript. A page has one client. Where the
page has none yet, it is made from the script that this package carries, and the core in this interpreter becomes its
brain; where a script tag made one, this is a thin face over it (and its brain, if the tag says `data-runtime="host"`).
A PyScript worker does the same to the page that lends it its window; the core, in the worker, answers that page later.
Any other worker speaks to a page that has the script tag (`worker`).
"""

import json
import sys

from . import conversion, javascript
from .core import boundary, values
from .errors import NotInAPage, RudderAnalyticsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_SCRIPT = "rudderanalytics.js"
_client: "Any" = None
_lend: "Any" = None  # in a worker: makes a function outlive the call that passes it to the page


def take_over() -> None:
    """At the import: a client that waits for Python's core has it, also one whose script is still to come.

    A page without one is left as it is.
    """
    place = _place()
    if place is None:
        return
    window, document, lend = place
    if _has_client(window):
        _get()
    elif document.readyState != "complete":

        def loaded(_: object) -> None:
            if _has_client(window):
                _get()

        window.addEventListener("load", (lend or _keeping())(loaded))


def find() -> None:
    """Raise NotInAPage where there is no page to speak to."""
    _get()


def call(method: str, *arguments: object) -> "Any":
    """Call a method of the client; the arguments are JSON values already. Returns what it returns, as a JSON value."""
    return json.loads(_get().call(values.encode([method] + list(arguments))))


def as_json(value: object, key: str) -> object:
    """A value of Python or JavaScript as a JSON value; `TypeError`, which names the key, for what is none."""
    return conversion.from_python(value, key, javascript.read)


def as_id(value: object, key: str) -> object:
    """The same for an id: a whole number that JavaScript does not hold exactly is the text of its digits."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > conversion.MOST:
        return str(value)
    return as_json(value, key)


def members(options: dict) -> "dict[str, object]":
    """Options as the client takes them; the names in `integrations` are not ours."""
    given = {name: as_json(options[name], name) for name in options}
    return {_camel(name): given[name] if name == "integrations" else _in_camel_case(given[name]) for name in given}


def refuse_alone(options: "Any") -> None:
    """Raise RudderAnalyticsError where a worker's own client cannot have these options (as `members` gives them)."""
    if not hasattr(_get(), "stand_alone"):
        return  # a page has all of them
    import js

    from . import worker

    reason = worker.refusal(options, js.navigator)
    if reason:
        raise RudderAnalyticsError("standalone: " + reason)


def stand_alone(loaded: "list[object]") -> None:
    """In a worker where no page answers the client is its own, with the core in this interpreter.

    `loaded` is what `load` was called with. Raises RudderAnalyticsError where the worker may not run its script.
    """
    client = _get()
    if hasattr(client, "stand_alone"):
        client.stand_alone(_own_client, values.encode(loaded), boundary.handle, _interpreter())


def _own_client() -> "Any":
    import js

    try:
        js.Function.new(_source())()
    except Exception as error:
        reason = f"standalone: this worker may not run a script that comes as a text: {error}"
        raise RudderAnalyticsError(reason)
    return js.rudderanalytics.python


def _in_camel_case(options: object) -> object:
    return {_camel(name): _in_camel_case(options[name]) for name in options} if isinstance(options, dict) else options


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join([part.upper() if part in ("gpc", "dnt") else part[:1].upper() + part[1:] for part in rest])


def review(listener: "Callable[[Any], object]") -> None:
    """Let `listener` see each message before it is accepted, from the next `load` on; its answer is what is sent."""
    client = _get()
    if _lend:
        raise RudderAnalyticsError("before_send works on the page's main thread only: no page can wait for a worker")
    client.on("", lambda text: values.encode(_reviewed(listener(values.decode(text)))))


def _reviewed(answer: object) -> object:
    """A large whole number in a message was JavaScript's before it was Python's."""
    return conversion.from_python(answer, "message", javascript.read, exact=False)


def on(name: str, listener: "Callable[[Any], object]") -> None:
    """Call `listener` with what is told under this name, as a JSON value."""
    client = _get()

    def told(text: str) -> object:
        try:
            return listener(json.loads(text))
        except Exception as error:
            if not _lend:
                raise  # to the page, which logs it; it would not wait for what a worker raises
            import js

            js.console.error("[rudderanalytics]", "callback failed:", repr(error))
            return None

    client.on(name, _lend(told) if _lend else told)


async def flush(timeout: "float | None" = None) -> "Any":
    """Wait until everything called so far is delivered or dropped, or for so many seconds."""
    return json.loads(await _get().flush(None if timeout is None else int(timeout * 1000)))


def _get() -> "Any":
    global _client
    if _client is None:
        _client = _find_or_install()
    return _client


def _find_or_install() -> "Any":
    global _lend
    place = _place()
    if place is None:
        return _from_a_worker()
    window, document, _lend = place
    if not _has_client(window):
        script = document.createElement("script")
        script.textContent = _source()
        document.head.appendChild(script)
        script.remove()
    if not _has_client(window):
        raise NotInAPage(
            "rudderanalytics could not add its script to the page: a content security policy forbids inline scripts. "
            'Add <script src=".../rudderanalytics.js" data-runtime="host"></script> to the page instead.'
        )
    client = window.rudderanalytics.python
    handle = boundary.handle
    client.attach(_lend(handle) if _lend else handle, _interpreter())
    return client


def _place() -> "Any":
    """A window, its document, and, where these are another thread's, what lends a function to them; None: no page."""
    from . import worker

    found = None if worker.is_worker() else _of_this_page()
    return _lent() if found is None else found


def _of_this_page() -> "Any":
    """The window and the document that this Python runs in; None where it runs elsewhere."""
    try:
        import js

        return js.window, js.document, None
    except (ImportError, AttributeError):
        return None


def _from_a_worker() -> "Any":
    """What speaks to a page from a worker that has none."""
    global _lend
    from . import worker

    if not worker.is_worker():  # raised here, so that a traceback shows this error alone
        raise NotInAPage(
            "rudderanalytics needs a web page: import it in PyScript or Pyodide on a page's main thread, in a worker "
            "where a page has the script tag, or in a PyScript worker of a page that comes with the headers "
            "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp. "
            f"This is {_interpreter()} without a window and a document."
        )
    import js

    door = worker.Door(js, _keeping())
    _lend = _as_it_is
    return door


def _as_it_is(function: "Any") -> "Any":
    return function


def _keeping() -> "Any":
    """What makes a function outlive the call that passes it to JavaScript; MicroPython's do so by themselves."""
    try:
        from pyodide.ffi import create_proxy

        return create_proxy
    except ImportError:
        return _as_it_is


def _lent() -> "Any":
    """PyScript's window and document in a worker, and what lets a function outlive its call; None elsewhere."""
    try:
        from pyscript import window
        from pyscript.ffi import create_proxy

        return window, window.document, create_proxy
    except (ImportError, AttributeError):
        return None


def _has_client(window: "Any") -> bool:
    return hasattr(window, "rudderanalytics") and hasattr(window.rudderanalytics, "python")


def _source() -> str:
    with open(__file__.rsplit("/", 1)[0] + "/" + _SCRIPT) as file:  # noqa: PTH123 - MicroPython has no pathlib
        return file.read()


def _interpreter() -> str:
    """Name and version, as `context.library.runtime` says them: "pyodide 0.29.5", "micropython 1.27.0"."""
    pyodide = sys.modules.get("pyodide")
    if pyodide is not None and hasattr(pyodide, "__version__"):
        return f"pyodide {pyodide.__version__}"
    return sys.implementation.name + " " + ".".join([str(part) for part in sys.implementation.version[:3]])
