"""`import rudderanalytics` in any engine: PyScript, its workers, the script tag beside it, bare Pyodide."""

import json
from pathlib import Path

import pytest
from browser import in_worker
from browser.site_under_test import SEED, WRITE_KEY, Site, stored_identity

from .engine import Tab
from .pages import run_python, write

RUNTIMES = {"py": "pyodide 0.29.5", "mpy": "micropython 1.27.0"}
IDENTIFY = """
import rudderanalytics
rudderanalytics.load("{key}", "{url}")
message_id = rudderanalytics.identify({id!r}, {traits!r})
flushed = await rudderanalytics.flush()
result = {{"id": message_id, "flushed": flushed, "user": rudderanalytics.get_user_id()}}
"""


def program(site: Site) -> str:
    return IDENTIFY.format(key=WRITE_KEY, url=site.url, id=SEED[0], traits=SEED[1])


@pytest.mark.parametrize("worker", [False, True], ids=["page", "worker"])
def test_pyscript(site: Site, tab: Tab, kind: str, wheel: str, worker: bool) -> None:
    """PyScript `py` and `mpy`, on the page and in a worker of a cross-origin isolated page"""
    result = run_python(site, tab, kind, wheel, program(site), worker=worker, isolated=worker)
    (message,) = site.messages()
    assert result == {
        "id": message["messageId"],
        "flushed": {"delivered": 1, "dropped": 0, "pending": 0},
        "user": SEED[0],
    }
    assert (message["userId"], message["context"]["traits"]) == tuple(SEED)
    assert message["context"]["library"]["runtime"] == RUNTIMES[kind]
    identity = stored_identity(tab)
    assert (identity["rl_user_id"], identity["rl_trait"]) == tuple(SEED)
    assert identity["rl_anonymous_id"] == message["anonymousId"]


def test_pyscript_every_type(site: Site, tab: Tab, kind: str, wheel: str) -> None:
    """Every function from PyScript, in order; errors name the key"""
    result = run_python(
        site,
        tab,
        kind,
        wheel,
        f"""
import rudderanalytics as r
r.load("{WRITE_KEY}", "{site.url}", log_level="ERROR")
r.set_anonymous_id("anonymous-1")
r.identify("u1", {{"plan": "free"}})
r.identify(traits={{"age": 36}})
r.track("Bought", {{"price": 9.5, "tags": ("a", "b"), "big": 12345678901}})
r.page("Home", "Docs", {{"x": 1}})
r.group("g1", {{"size": 3}})
r.alias("u2", "u1")
await r.flush()
state = [r.get_user_id(), r.get_user_traits(), r.get_group_id(), r.get_group_traits(), r.get_anonymous_id()]
r.reset()
state.append(r.get_user_id())
try:
    r.identify("u1", {{"a": {{"b": {{1, 2}}}}}})
except TypeError as error:
    result = {{"state": state, "error": str(error)}}
""",
    )
    messages = site.messages()
    assert [message["type"] for message in messages] == ["identify", "identify", "track", "page", "group", "alias"]
    assert messages[2]["properties"] == {"price": 9.5, "tags": ["a", "b"], "big": 12345678901}
    traits = {"plan": "free", "age": 36}
    assert result["state"] == ["u1", traits, "g1", {"size": 3}, "anonymous-1", ""]
    assert "a.b" in result["error"]


def test_one_client(site: Site, tab: Tab, kind: str, wheel: str) -> None:
    """PyScript beside a script tag with `data-runtime="host"`: one client, the tag's calls first"""
    buffer = "<script>window.rudderanalytics = []; rudderanalytics.push(['identify', 'u1', {plan: 'free'}])</script>"
    source = """
import rudderanalytics
rudderanalytics.track("from Python")
await rudderanalytics.flush()
result = rudderanalytics.get_user_id()
"""
    assert run_python(site, tab, kind, wheel, source, before=buffer + site.tag("host")) == "u1"
    tab.run("rudderanalytics.track('from JavaScript')")
    messages = site.wait_for(3)
    assert [message.get("event") for message in messages] == [None, "from Python", "from JavaScript"]
    assert {message["userId"] for message in messages} == {"u1"}
    assert {message["context"]["library"]["runtime"] for message in messages} == {RUNTIMES[kind]}


def test_an_import_takes_over(site: Site, tab: Tab, kind: str, wheel: str) -> None:
    """PyScript that only imports, beside a script tag with `data-runtime="host"`: it takes over"""
    buffer = "<script>window.rudderanalytics = []; rudderanalytics.push(['identify', 'u1', {plan: 'free'}])</script>"
    source = "import rudderanalytics\nresult = True"
    assert run_python(site, tab, kind, wheel, source, before=buffer + site.tag("host"))
    tab.run("rudderanalytics.track('from JavaScript')")
    messages = site.wait(lambda messages: len(messages) == 2, seconds=10)
    assert [message["type"] for message in messages] == ["identify", "track"]


def test_bare_pyodide(site: Site, tab: Tab, wheel: str) -> None:
    """Bare Pyodide after `micropip.install`"""
    tab.open(write(site, "a page of its own"))
    source = f"""
import micropip
await micropip.install("{site.url}{wheel}")
{program(site)}
"""
    tab.run(
        """async (source) => {
            const { loadPyodide } = await import("/dist/pyodide/pyodide.mjs");
            const pyodide = await loadPyodide();
            await pyodide.loadPackage("micropip");
            await pyodide.runPythonAsync(source);
        }""",
        source,
    )
    (message,) = site.messages()
    assert (message["userId"], message["context"]["traits"]) == tuple(SEED)


def test_pyscript_policy(site: Site, tab: Tab, kind: str, wheel: str) -> None:
    """PyScript under a policy that allows inline scripts and eval, which its own core needs"""
    policy = "script-src 'self' 'unsafe-inline' 'unsafe-eval'"
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    result = run_python(site, tab, kind, wheel, program(site), before=head)
    assert result["flushed"]["delivered"] == 1
    assert len(site.messages()) == 1


@pytest.mark.parametrize("shared", [False, True], ids=["dedicated", "shared"])
def test_a_worker_alone(site: Site, tab: Tab, dist: Path, shared: bool) -> None:
    """Pyodide in a dedicated or shared worker without the script tag: `standalone=True`; the next knows the visitor"""
    in_worker.put(site, dist)
    load = in_worker.LOAD.replace("{url}", site.url).replace("{options}", "{'standalone': True}")
    for call in ("identify('u1')", "track('n', {'n': 1})"):
        tab.open(write(site, "a page without us"))
        tab.run(in_worker.START, shared)
        said = tab.run("(program) => python(program)", f"{load}rudderanalytics.{call}\n{in_worker.FLUSH}")
        assert json.loads(said) == {"delivered": 1, "dropped": 0, "pending": 0}
    identify, track = site.messages()
    assert (identify["userId"], track["userId"]) == ("u1", "u1")
    assert identify["anonymousId"] == track["anonymousId"]
    assert "page" not in identify["context"] and "page" not in track["context"]
