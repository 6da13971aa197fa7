"""Old and loud libraries on a page with our script tag: neither changes what the other does.

Each library stands before our tag and after it. The messages are those of a page without a library; the library does
what it does on a page without us; nothing is uncaught, and we say nothing. `make test` asks MicroPython, `make
test-hosts` Pyodide too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from browser.site_under_test import Site, stored_identity
from playwright.sync_api import Browser, BrowserContext, Page

APPS = "/site/apps"
APP = '<div id="app"></div>'

# What a page does, whatever else is in it. `made`: how the page's library makes of a value what it keeps it in.
PLAY = """<p>A text</p><script>
window.made ??= (value) => value;
window.play = async () => {
    const { identify, track, page, group, alias, reset, flush } = rudderanalytics;
    const node = document.querySelector("p");
    const nested = made({ list: ["a", ["b", { c: [] }]], no: null, yes: true, n: 1.5, text: "\u2713 \\u2028" });
    identify("u1", nested);
    track("Before", { products: [made({ id: 1 }), made({ id: 2 })], at: new Date(5), node, window, none: undefined });
    await flush();
    group("g1", made({ members: ["u1", "u2"] }));
    page("Shop", "Home", { tags: made(["x"]) });
    alias("u2", "u1");
    track("After", nested, { integrations: { All: true } });
    await flush();
    const got = [rudderanalytics.getUserId(), rudderanalytics.getUserTraits(), rudderanalytics.getGroupTraits()];
    reset(true);
    track("Last");
    const { pending, dropped } = await flush();
    return { got, pending, dropped };
};
</script>"""


@dataclass(frozen=True)
class Host:
    """A library on a page."""

    html: str
    does: str
    """What shows that it works: an expression, after all else."""
    gives: Any


def script(path: str) -> str:
    return f"<script src='/npm/{path}'></script>"


def bundle(name: str) -> str:
    return f"{APP}<script src='{APPS}/{name}.js'></script>"


CLICKS = """(() => {
    const button = document.querySelector("#app button");
    button.click();
    return new Promise((settle) => setTimeout(() => settle(button.textContent)));
})()"""

HOSTS = {
    "core-js": Host(script("core-js-bundle/minified.js"), "[1, 2, 3].values().drop(1).toArray()", [2, 3]),
    "datejs": Host(script("datejs/lib/date-en-US.js"), "Date.parse('July 8th, 2004').getFullYear()", 2004),
    "es5-shim": Host(
        script("es5-shim/es5-shim.js") + script("es5-shim/es5-sham.js"),
        "[typeof Object.getPrototypeOf, 'ab'.substr(-1), [1, 2].splice(0, 1)]",
        ["function", "b", [1]],
    ),
    "htmx": Host(
        script("htmx.org/dist/htmx.js")
        + "<button hx-get='/site/part.html' hx-target='#part'>go</button><i id='part'></i>",
        """(async () => {
            document.querySelector("[hx-get]").click();
            const part = document.querySelector("#part");
            while (!part.textContent) await new Promise((settle) => setTimeout(settle, 5));
            return part.textContent;
        })()""",
        "a part",
    ),
    "immer": Host(
        bundle("immer"), "(() => { const a = { b: [1] }; return produce(a, (d) => void d.b.push(2)).b })()", [1, 2]
    ),
    "mobx": Host(
        bundle("mobx"),
        """(() => {
            const seen = [], kept = mobx.observable({ n: 1 });
            mobx.autorun(() => seen.push(kept.n));
            mobx.runInAction(() => kept.n++);
            return seen;
        })()""",
        [1, 2],
    ),
    "mootools": Host(
        script("mootools-core-dist/dist/mootools-core-compat.js"),
        "[typeOf([]), $$('p').length, new (new Class({ initialize() { this.x = 1; } }))().x, [1, 2].contains(2)]",
        ["array", 1, 1, True],
    ),
    "prototype": Host(
        bundle("prototype"),
        "[JSON.stringify([1, ['a']]), [1, 2].without(1), 'a-b'.camelize()]",
        ['"[1, [\\"a\\"]]"', [2], "aB"],
    ),
    "react": Host(bundle("react"), CLICKS, "1"),
    "ses": Host(
        script("ses/dist/ses.umd.js") + "<script>lockdown();</script>",
        "[Object.isFrozen(Array.prototype), new Compartment({ globals: { x: 2 }, __options__: true }).evaluate('x')]",
        [True, 2],
    ),
    "sugar": Host(
        script("sugar/dist/sugar.js") + "<script>Sugar.extend();</script>",
        "[[3, 1].sortBy().first(), 'a b'.camelize(), (2).hours()]",
        [1, "AB", 7_200_000],
    ),
    "svelte": Host(bundle("svelte"), CLICKS, "1"),
    "turbo": Host(
        script("@hotwired/turbo/dist/turbo.es2017-umd.js") + "<a href='/site/next.html'>next</a>",
        """(async () => {
            window.stays = true;
            document.querySelector("a").click();
            while (!document.querySelector("b")) await new Promise((settle) => setTimeout(settle, 5));
            return [window.stays, document.querySelector("b").textContent, location.pathname];
        })()""",
        [True, "the next page", "/site/next.html"],
    ),
    "vanilla-cookieconsent": Host(
        script("vanilla-cookieconsent/dist/cookieconsent.umd.js")
        + """<script>
            window.consented = CookieConsent.run({
                categories: { necessary: { enabled: true, readOnly: true }, analytics: {} },
                language: { default: "en", translations: { en: { consentModal: { title: "Cookies?" } } } },
            }).then(() => CookieConsent.acceptCategory("all"));
        </script>""",
        "consented.then(() => [CookieConsent.acceptedCategory('analytics'), CookieConsent.getCookie('revision')])",
        [True, 0],
    ),
    "vue": Host(
        APP
        + script("vue/dist/vue.global.prod.js")
        + """<script>
            window.made = (value) => Vue.reactive(value);
            const template = "<button @click='count++'>{{ count }}</button>";
            Vue.createApp({ data: () => ({ count: 0 }), template }).mount("#app");
        </script>""",
        CLICKS,
        "1",
    ),
    "zone.js": Host(
        script("zone.js/bundles/zone.umd.js"),
        "Zone.current.fork({ name: 'z' }).run(() => Promise.resolve().then(() => Zone.current.name))",
        "z",
    ),
}

PYODIDE = pytest.param("pyodide", marks=pytest.mark.hosts)

Messages = list[dict[str, Any]]
Played = tuple[dict[str, Any], Messages]


MASKED = {"messageId", "anonymousId", "originalTimestamp", "sentAt", "receivedAt", "request_ip", "rudderId"}


def masked(messages: Messages) -> Messages:
    """Without what differs from visit to visit; which visitor of the page's a message is of stays."""
    visitors: list[str] = []
    found = []
    for message in messages:
        if message["anonymousId"] not in visitors:
            visitors.append(message["anonymousId"])
        context = {name: value for name, value in message["context"].items() if name != "sessionId"}
        rest = {name: value for name, value in message.items() if name not in MASKED}
        found.append({**rest, "context": context, "visitor": visitors.index(message["anonymousId"])})
    return found


def played(site: Site, page: Page, html: str) -> Played:
    """What a page's calls gave, and the messages that came of it."""
    page.goto(site.write(html, "host.html"))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    got = page.evaluate("play()")
    return got, masked(site.wait_for(7))


@pytest.fixture(scope="module")
def usual(browser: Browser) -> Iterator[dict[str, Played]]:
    """What comes of a page without a library, by runtime."""
    yield {}


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("runtime", ["micropython", PYODIDE])
@pytest.mark.parametrize("name", HOSTS)
def test_neither_changes_what_the_other_does(
    name: str,
    runtime: str,
    place: str,
    apps: str,
    site: Site,
    browser: Browser,
    context: BrowserContext,
    page: Page,
    console: list[str],
    usual: dict[str, Played],
) -> None:
    host = HOSTS[name]
    tag = site.tag(runtime).replace("async ", "")
    if runtime not in usual:
        clean = browser.new_context(viewport=page.viewport_size)
        usual[runtime] = played(site, clean.new_page(), PLAY + tag)
        clean.close()
        site.clear()
        tag = site.tag(runtime).replace("async ", "")
    found = played(site, page, (host.html + PLAY + tag) if place == "before" else (tag + host.html + PLAY))
    assert found == usual[runtime]
    assert stored_identity(context).keys() >= {"rl_anonymous_id", "rl_session"}
    assert page.evaluate(host.does) == host.gives
    assert console == []
