"""The npm package as an app has it: installed from its tarball, built by the app's bundler, run in a browser.

An app of a test is a folder of its own. npm installs the tarball there; the bundlers are those of web/package.json.
"""

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browser.site_under_test import SEED, Site, basic, stored_identity
from examples import EXAMPLES, Example, on_site, runs, under
from playwright.sync_api import BrowserContext, Page

MODULES = Path(__file__).parents[2] / "web" / "node_modules"
BESIDE = ("react", "react-dom", "@types/react", "@types/react-dom")

FIVE_LINES = """import { load, identify, flush } from "rudderanalytics";
load("%(key)s", "%(url)s", %(options)s);
identify("27340af5c8819", { name: "Richard Hendricks", email: "", logins: 2 });
"""
REACT = """import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { RudderAnalytics, type Message } from "rudderanalytics";

const analytics = new RudderAnalytics();
analytics.load("%(key)s", "%(url)s", %(options)s);

const App = () => {
  const [sent, setSent] = useState<string[]>([]);
  useEffect(() => {
    const stop = analytics.on("message", (message: Message) => setSent((before) => [...before, message.type]));
    return () => stop();
  }, []);
  return <button onClick={() => analytics.track("Clicked", { sent: sent.length })}>{sent.join()}</button>;
};
createRoot(document.getElementById("app")!).render(<StrictMode><App /></StrictMode>);
"""
WEBPACK = """
import webpack from "%(modules)s/webpack/lib/index.js";
const [, , context, path, publicPath, mode] = process.argv;
const output = { path, publicPath, filename: "main.js" };
webpack({ context, mode, entry: "./main.js", output, performance: false }, (error, stats) => {
  console.error(error || stats.toString({ all: false, errors: true, warnings: true }));
  process.exit(error || stats.hasErrors() || stats.hasWarnings() ? 1 : 0);
});
"""
SERVER = """
import * as named from "rudderanalytics";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
const analytics = new named.RudderAnalytics();
const stop = analytics.on("ready", () => { throw new Error("no page is ready here"); });
const Shop = () => {
  analytics.load("KEY", "https://dataplane.example.com", { runtime: "micropython" });
  analytics.identify("u1", { name: "Ada" });
  return createElement("p", null, `user ${JSON.stringify(analytics.getUserId())}`);
};
const html = renderToString(createElement(Shop));
stop();
const answers = { html, traits: named.getUserTraits(), session: named.getSessionId(), track: named.track("x") };
answers.flushed = await named.flush();
answers.stats = named.stats();
answers.globals = ["window", "document", "rudderanalytics"].filter((name) => name in globalThis);
console.log(JSON.stringify(answers));
"""


def run(*command: str | Path, cwd: Path) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def package(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`node_modules` of an app into which npm installed the tarball, with React beside it."""
    (tarball,) = (dist / "npm").glob("rudderanalytics-*.tgz")
    app = tmp_path_factory.mktemp("app")
    (app / "package.json").write_text('{"private": true, "type": "module"}')
    run("npm", "install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", tarball, cwd=app)
    for name in BESIDE:
        link = app / "node_modules" / name
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(MODULES / name)
    return app / "node_modules"


@pytest.fixture
def app(package: Path, tmp_path: Path) -> Path:
    """An app's folder, empty but for what is installed."""
    (tmp_path / "package.json").write_text('{"private": true, "type": "module"}')
    run("cp", "-r", package, tmp_path / "node_modules", cwd=tmp_path)
    return tmp_path


def program(source: str, site: Site, **options: str) -> str:
    return source % {"key": site.write_key, "url": site.url, "options": json.dumps(options)}


def write(app: Path, main: str, source: str) -> None:
    (app / main).write_text(source)
    html = f'<!doctype html><title>An app</title><div id="app"></div><script type="module" src="/{main}"></script>'
    (app / "index.html").write_text(html)


def build_with_vite(app: Path, site: Site) -> str:
    """The address of what Vite makes of the app."""
    folder = site.folder / app.name
    run(
        MODULES / ".bin" / "vite", "build", "--base", f"/site/{app.name}/", "--outDir", folder, "--emptyOutDir", cwd=app
    )
    return f"{site.url}/site/{app.name}/"


def build_with_webpack(app: Path, site: Site, mode: str) -> str:
    folder = site.folder / app.name
    (app / "build.mjs").write_text(WEBPACK % {"modules": MODULES})
    run("node", "build.mjs", app, folder, f"/site/{app.name}/", mode, cwd=app)
    (folder / "index.html").write_text("<!doctype html><title>An app</title><script src='main.js'></script>")
    return f"{site.url}/site/{app.name}/"


def assert_the_seed_came(site: Site, context: BrowserContext, runtime: str) -> None:
    (message,) = site.wait_for(1)
    assert (message["userId"], message["context"]["traits"]) == (SEED[0], SEED[1])
    assert runtime in message["context"]["library"]["runtime"]
    assert message["context"]["app"]["installType"] == "npm"
    assert stored_identity(context)["rl_user_id"] == SEED[0]


def test_three_lines_and_vite(app: Path, site: Site, page: Page, context: BrowserContext, runtime: str) -> None:
    write(app, "main.js", program(FIVE_LINES, site, runtime=runtime))
    page.goto(build_with_vite(app, site))
    assert_the_seed_came(site, context, runtime)


@runs([each for each in EXAMPLES if each.language == "js" and 'from "rudderanalytics"' in each.code])
def test_the_documentations_example(app: Path, site: Site, page: Page, example: Example) -> None:
    write(app, "main.js", on_site(example.code, site.url))
    page.goto(build_with_vite(app, site))
    identify, track = site.wait_for(2)
    assert (identify["userId"], identify["context"]["traits"]["name"]) == (SEED[0], SEED[1]["name"])
    assert (track["event"], track["properties"]) == ("Order Completed", {"total": 30})


@runs(under("docs/recipes.md", "React", "tsx"))
def test_the_documentations_react_component(app: Path, site: Site, page: Page, example: Example) -> None:
    write(app, "main.tsx", on_site(example.code, site.url))
    page.goto(build_with_vite(app, site))
    page.click("button")
    opened, bought = site.wait_for(2)
    assert (opened["name"], bought["event"], bought["properties"]) == ("Shop", "Order Completed", {"total": 30})


@runs(under("docs/npm.md", "Two clients on a page"))
def test_the_documentations_two_clients(app: Path, site: Site, page: Page, example: Example) -> None:
    write(app, "main.ts", on_site(example.code, site.url, site.write_key).replace("https://team.example.com", site.url))
    page.goto(build_with_vite(app, site))
    site.wait_for(2)
    sent = {event["headers"]["authorization"]: event["message"] for event in site.events()}
    identify, track = sent[basic(site.write_key)], sent[basic("OTHER_KEY")]
    assert (identify["type"], track["event"]) == ("identify", "Checked Out")
    assert identify["userId"] == track["userId"] == SEED[0]


THEIRS = """import { RudderAnalytics } from "@rudderstack/analytics-js";

const analytics = new RudderAnalytics();
analytics.load("WRITE_KEY", "https://dataplane.example.com", {});
analytics.ready(() => analytics.track("Ready", {}, () => {}));
analytics.identify("27340af5c8819", { name: "Richard Hendricks", email: "", logins: 2 });
"""
"""An app of the official SDK."""


@runs(under("docs/migrate.md", language="diff"))
def test_the_documentations_change_of_an_app_of_the_official_sdk(
    app: Path, site: Site, page: Page, example: Example
) -> None:
    (before,), (after,) = (re.findall(rf"^\{sign}(.+)$", example.code, re.MULTILINE) for sign in "-+")
    assert before in THEIRS
    write(app, "main.js", on_site(THEIRS.replace(before, after), site.url))
    page.goto(build_with_vite(app, site))
    identify, ready = site.wait_for(2)
    assert (identify["userId"], identify["context"]["traits"]) == tuple(SEED)
    assert (ready["event"], ready["userId"], ready["context"]["app"]["installType"]) == ("Ready", SEED[0], "npm")


class Registry(SimpleHTTPRequestHandler):
    """Of npm, with one package: the tarball in `tarball`."""

    tarball: Path

    def do_GET(self) -> None:
        if self.path == "/rudderanalytics":
            version = self.tarball.stem.removeprefix("rudderanalytics-")
            address = f"http://{self.headers['host']}/{self.tarball.name}"
            one = {"name": "rudderanalytics", "version": version, "dist": {"tarball": address}}
            body = json.dumps({"name": "rudderanalytics", "dist-tags": {"latest": version}, "versions": {version: one}})
            self.answer(body.encode())
        elif self.path == f"/{self.tarball.name}":
            self.answer(self.tarball.read_bytes())
        else:
            self.send_error(404)

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@runs(under("web/npm/README.md", language="sh"))
def test_the_readmes_command(dist: Path, tmp_path: Path, example: Example) -> None:
    """In the folder of an app, from a registry that has the package."""
    (tmp_path / "package.json").write_text('{"private": true}')
    (tarball,) = (dist / "npm").glob("rudderanalytics-*.tgz")
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Ours", (Registry,), {"tarball": tarball})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        registry = {"npm_config_registry": f"http://127.0.0.1:{server.server_port}", "npm_config_cache": "cache"}
        shell = ["env", *(f"{name}={value}" for name, value in registry.items()), "sh", "-e", "-c", example.code]
        run(*shell, cwd=tmp_path)
        server.shutdown()
    imported = "import('rudderanalytics').then((all) => console.log(typeof all.identify))"
    assert run("node", "-e", imported, cwd=tmp_path) == "function\n"
    assert list(json.loads((tmp_path / "package.json").read_text())["dependencies"]) == ["rudderanalytics"]


@pytest.mark.parametrize("mode", ["production", "development"])
def test_webpack(app: Path, site: Site, page: Page, context: BrowserContext, runtime: str, mode: str) -> None:
    write(app, "main.js", program(FIVE_LINES, site, runtime=runtime))
    page.goto(build_with_webpack(app, site, mode))
    assert_the_seed_came(site, context, runtime)


@pytest.fixture
def development(app: Path) -> Iterator[str]:
    """Vite's development server; the app is written before the page is opened."""
    (app / "vite.config.js").write_text("export default { server: { host: '127.0.0.1', port: 0 } }")
    environment = os.environ | {"NO_COLOR": "1"}
    server = subprocess.Popen(
        [MODULES / ".bin" / "vite"],
        cwd=app,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        stdin=subprocess.DEVNULL,
    )
    assert server.stdout is not None
    for line in server.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        if found:
            break
    else:
        pytest.fail("Vite did not start")
    yield found[0]
    server.terminate()
    server.wait(10)
    server.stdout.close()


def test_vites_development_server(
    app: Path, site: Site, page: Page, context: BrowserContext, runtime: str, development: str
) -> None:
    write(app, "main.js", program(FIVE_LINES, site, runtime=runtime))
    page.goto(development)
    assert_the_seed_came(site, context, runtime)


def test_react_and_typescript(app: Path, site: Site, page: Page, package: Path) -> None:
    write(app, "main.tsx", program(REACT, site, runtime="micropython"))
    compiler = {"strict": True, "noEmit": True, "jsx": "react-jsx", "module": "ESNext", "moduleResolution": "bundler"}
    compiler |= {"target": "ES2022", "lib": ["ES2022", "DOM"], "skipLibCheck": True, "types": []}
    (app / "tsconfig.json").write_text(json.dumps({"compilerOptions": compiler, "include": ["main.tsx"]}))
    run(MODULES / ".bin" / "tsc", "--project", ".", cwd=app)
    page.goto(build_with_vite(app, site))
    page.click("button")
    page.wait_for_function("document.querySelector('button').textContent === 'track'")
    (message,) = site.wait_for(1)
    assert (message["event"], message["properties"]) == ("Clicked", {"sent": 0})


@pytest.mark.parametrize("runtime", ["pyodide", "micropython"])
def test_assets_from_elsewhere(app: Path, site: Site, page: Page, context: BrowserContext, runtime: str) -> None:
    """With a bundler that copies nothing: esbuild, and `dist/` as it lies on the site."""
    write(app, "main.js", program(FIVE_LINES, site, runtime=runtime, assetsUrl="/dist"))
    folder = site.folder / app.name
    bundle = ["--bundle", "--format=esm", f"--outfile={folder / 'main.js'}", "--log-level=error"]
    run(MODULES / ".bin" / "esbuild", "main.js", *bundle, cwd=app)
    (folder / "index.html").write_text("<!doctype html><script type='module' src='main.js'></script>")
    page.goto(f"{site.url}/site/{app.name}/")
    assert_the_seed_came(site, context, runtime)


def test_a_bundler_that_reads_the_runtimes_finds_all_that_they_name(app: Path) -> None:
    """Parcel takes them for modules of the app. What they have for Node is not asked for in a browser."""
    runtimes = [path for path in (app / "node_modules" / "rudderanalytics" / "assets").rglob("*.*js") if path.is_file()]
    assert {"rudderanalytics.mjs", "pyodide.asm.js"} <= {path.name for path in runtimes}
    bundle = ["--bundle", "--format=esm", f"--outdir={app / 'built'}", "--log-level=error"]
    run(MODULES / ".bin" / "esbuild", *runtimes, *bundle, cwd=app)


def test_a_script_tag_and_the_package_are_one_client(app: Path, site: Site, page: Page) -> None:
    write(
        app,
        "main.js",
        'import { RudderAnalytics, identify } from "rudderanalytics"; identify("u1"); window.it = new RudderAnalytics',
    )
    address = build_with_vite(app, site)
    built = site.folder / app.name / "index.html"
    tag = site.tag("micropython").replace("async ", "")
    built.write_text(built.read_text().replace("<div", tag + "<div"))
    page.goto(address)
    (message,) = site.wait_for(1)
    assert message["context"]["app"]["installType"] == "script"
    assert page.evaluate("it.getUserId()") == "u1"


def test_python_of_the_page_takes_over_where_the_runtime_is_host(app: Path, site: Site, page: Page, wheel: str) -> None:
    write(app, "main.js", program(FIVE_LINES, site, runtime="host"))
    address = build_with_vite(app, site)
    page.goto(address)
    page.evaluate(
        """async (wheel) => {
            const { loadPyodide } = await import("/dist/pyodide/pyodide.mjs");
            const pyodide = await loadPyodide({ packages: ["micropip"] });
            await pyodide.runPythonAsync(`
import micropip
await micropip.install("${location.origin}${wheel}")
import rudderanalytics
rudderanalytics.track("From Python")`);
        }""",
        wheel,
    )
    identify, track = site.wait_for(2)
    assert (identify["userId"], track["event"]) == (SEED[0], "From Python")
    assert "pyodide" in track["context"]["library"]["runtime"]


def test_it_has_every_method_of_the_script_tags_client(app: Path, site: Site, page: Page) -> None:
    source = 'import * as all from "rudderanalytics"; all.getUserId(); Object.assign(window, { all });'
    write(app, "main.js", source)
    page.goto(build_with_vite(app, site))
    page.wait_for_function("!!window.rudderanalytics")
    methods = page.evaluate("Object.keys(rudderanalytics).filter(name => typeof rudderanalytics[name] === 'function')")
    assert len(methods) >= 23
    assert (
        page.evaluate("names => names.filter(name => typeof new all.RudderAnalytics()[name] !== 'function')", methods)
        == []
    )
    assert page.evaluate("names => names.filter(name => typeof all[name] !== 'function')", methods) == []


def test_a_server_renders_and_sends_nothing(app: Path) -> None:
    (app / "server.mjs").write_text(SERVER)
    nothing = {"delivered": 0, "dropped": 0, "pending": 0}
    assert json.loads(run("node", "server.mjs", cwd=app)) == {
        "html": "<p>user &quot;&quot;</p>",
        "traits": {},
        "session": None,
        "track": "",
        "flushed": nothing,
        "stats": {"accepted": 0, "retried": 0, "repeated": 0, "delivered": 0, "dropped": {}, "pending": 0},
        "globals": [],
    }
