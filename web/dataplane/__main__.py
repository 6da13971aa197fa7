"""`python -m dataplane`: the command behind `make demo`."""

import argparse
import ctypes
import errno
import gc
import os
import sqlite3
import sys
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from .doors import split
from .forward.queue import shown
from .options import PROJECT, Options, file_of
from .server import Server


def _arguments(given: list[str] | None) -> argparse.Namespace:
    defaults = Options()
    parser = argparse.ArgumentParser(
        prog="python -m dataplane",
        description="RudderStack's gateway on this machine, with what arrives kept and shown.",
    )
    parser.add_argument("--host", default=defaults.host, help="address to listen on (%(default)s)")
    parser.add_argument(
        "--host-name",
        type=_host_name,
        action="append",
        default=[],
        metavar="NAME",
        help="a name that the pages may be had by, beside localhost; *.NAME for all below it; repeatable",
    )
    parser.add_argument(
        "--port", type=_port, default=defaults.port, help="port to listen on (%(default)s); 0: a free one"
    )
    parser.add_argument(
        "--db",
        type=Path,
        help="SQLite file that keeps the messages (build/dataplane.sqlite3; other ports have their own)",
    )
    parser.add_argument("--write-key", action="append", default=[], help="accept this key and no other; repeatable")
    parser.add_argument("--disabled-write-key", action="append", default=[], help="a key whose source is disabled")
    parser.add_argument(
        "--forward", type=_address, metavar="URL", help="pass every accepted message on to this data plane as well"
    )
    parser.add_argument("--forward-write-key", metavar="KEY", help="the key to use there instead of the sender's")
    parser.add_argument(
        "--keep", type=_count, default=defaults.keep, help="messages that stay (%(default)s); 0: all of them"
    )
    parser.add_argument("--open", action="store_true", help="open a browser where there is a screen")
    parser.add_argument(
        "--once", action="store_true", help="submit the demo's form in a headless browser, print what arrived, stop"
    )
    return parser.parse_args(given)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text}")
    return int(text)


def _host_name(text: str) -> str:
    name, port = split(text.removeprefix("*."))
    if not name or port:
        raise argparse.ArgumentTypeError(f"a name such as shop.example.test, without scheme and port, not {text}")
    return text.lower()


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise argparse.ArgumentTypeError(f"a number of messages, not {text}")
    return int(text)


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise argparse.ArgumentTypeError(f"an address such as https://dataplane.example.com, not {text}")
    return text.rstrip("/")


def main(given: list[str] | None = None) -> int:
    arguments = _arguments(given)
    options = Options(
        host=arguments.host,
        host_names=frozenset(arguments.host_name),
        port=arguments.port,
        db=arguments.db or file_of(arguments.port),
        write_keys=frozenset(arguments.write_key),
        disabled_write_keys=frozenset(arguments.disabled_write_key),
        forward=arguments.forward,
        forward_write_key=arguments.forward_write_key,
        keep=arguments.keep,
        announce=None if arguments.once else _say,
    )
    try:
        if arguments.once:
            from .once import once  # Playwright is needed for this only

            return once(options)
        return _serve(options, open_browser=arguments.open)
    except OSError as failed:
        taken = failed.errno == errno.EADDRINUSE
        reason = "is in use; choose another (make demo PORT=8001)" if taken else f"cannot be used: {failed}"
        print(f"Port {options.port} on {options.host} {reason}", file=sys.stderr)
    except sqlite3.Error as failed:
        print(f"Messages cannot be kept in {options.db}: {failed}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def _serve(options: Options, *, open_browser: bool) -> int:
    server = Server(options)
    _say(f"Demo       {server.url}/")
    _say(f"PyScript   {server.url}/pyscript")
    _say(f"Live       {server.url}/live")
    if options.forward:
        _say(f"Forwarded  every message, to {shown(options.forward)}")
    else:
        _say("Forward    to your own data plane as well: make demo FORWARD=https://dataplane.example.com")
    _say(f"Messages are sent to {server.url} and kept in {_short(options.db)}. Ctrl-C stops.")
    if open_browser and _has_screen():
        # The socket listens already: the browser waits until the server answers.
        threading.Thread(target=webbrowser.open, args=(server.url,), daemon=True).start()
    _give_memory_back()
    # Messages are many small objects that are soon gone: to look for cycles among them so often costs a tenth of all.
    gc.freeze()
    gc.set_threshold(20_000)
    with suppress(KeyboardInterrupt):  # uvicorn raises it again after it has stopped
        server.serve_until_stopped()
    return 0


def _give_memory_back() -> None:
    """Of large messages, at once: glibc else keeps the room of each for the next one, in each thread.

    Where the C library has no such call, it is left as it is.
    """
    mmap_threshold, trim_threshold = -3, -1  # M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of malloc.h
    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        library.mallopt(mmap_threshold, 1_000_000)
        library.mallopt(trim_threshold, 16_000_000)


def _say(line: str) -> None:
    print(line, flush=True)


def _short(path: Path) -> Path:
    return path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path


def _has_screen() -> bool:
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
