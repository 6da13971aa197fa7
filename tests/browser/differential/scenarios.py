"""The scenarios as data, from the sections of the specification [js n] that each list names."""

from typing import Any

from browser.differential.runner import Opened, Scenario

_KNOWN = "sdk.identify('u1', {plan: 'free', address: {city: 'Paris', zip: '75001'}})"


def _each(method: str, *given: str) -> list[str]:
    """A call of the method with each of these, and a message after it."""
    return [f"sdk.{method}({each}); sdk.track('after')" for each in given]


def _on_a_page(name: str, *calls: str, **page: Any) -> Scenario:
    return Scenario(name, (Opened(calls, **page),))


# A link from an AMP page in this browser [js 3.8], made so many minutes ago.
_LINKED = """<script>
const linked = (...parts) => (minutes = 0, language = navigator.language) => {
  const pairs = parts.join("*");
  const agent = [navigator.userAgent, new Date().getTimezoneOffset(), language].join("*");
  let crc = -1;
  for (const c of `${agent}*${Math.floor(Date.now() / 60000) - minutes}*${pairs}`) {
    crc ^= c.charCodeAt(0);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return `1*${(~crc >>> 0).toString(36)}*${pairs}`;
};
const amp = linked("rs_amp_id", btoa("amp-1"));
</script>"""


def _linked(name: str, given: str) -> Scenario:
    calls = (f"sdk.setAnonymousId({given})", "note(sdk.getAnonymousId())", "sdk.track('e')")
    return _on_a_page(f"linker: {name}", *calls, head=_LINKED)


# [js 1.5, 1.8]
IDENTIFY = [
    _on_a_page("identify: id", "sdk.identify('u1')"),
    _on_a_page("identify: id, traits", "sdk.identify('u1', {name: 'Ada', logins: 2, email: ''})"),
    _on_a_page("identify: id, traits, options", "sdk.identify('u1', {a: 1}, {context: {ip: '0.0.0.0'}, x: 1})"),
    _on_a_page("identify: id, traits, options, callback", "sdk.identify('u1', {a: 1}, {x: 1}, (m) => note(m.type))"),
    _on_a_page("identify: id, traits, callback", "sdk.identify('u1', {a: 1}, (m) => note(m.userId), {x: 1})"),
    _on_a_page("identify: id, callback", "sdk.identify('u1', (m) => note(m.userId), {a: 1}, {x: 1})"),
    _on_a_page("identify: traits", "sdk.identify({a: 1})", "sdk.track('e')"),
    _on_a_page("identify: traits, options", "sdk.identify({a: 1}, {x: 1})"),
    _on_a_page("identify: traits, callback", "sdk.identify({a: 1}, (m) => note(m.type), {x: 1})"),
    _on_a_page("identify: traits, options, callback", "sdk.identify({a: 1}, {x: 1}, (m) => note(m.type))"),
    _on_a_page("identify: traits of a known user", _KNOWN, "sdk.identify({plan: 'pro'})", "sdk.track('e')"),
    _on_a_page("identify: traits twice", _KNOWN, "sdk.identify('u1', {address: {city: 'Rome'}, age: 3})"),
    _on_a_page("identify: empty traits keep the stored ones", _KNOWN, "sdk.identify('u1', {})"),
    _on_a_page("identify: id alone, known user", _KNOWN, "sdk.identify('u1')", "sdk.track('e')"),
    _on_a_page("identify: null", _KNOWN, "sdk.identify(null)", "sdk.track('e')"),
    _on_a_page("identify: null, traits", _KNOWN, "sdk.identify(null, {a: 1})", "sdk.track('e')"),
    _on_a_page("identify: null, traits, options", _KNOWN, "sdk.identify(null, {a: 1}, {x: 1})"),
    _on_a_page("identify: undefined, traits", _KNOWN, "sdk.identify(undefined, {b: 2})", "sdk.track('e')"),
    _on_a_page("identify: nothing", _KNOWN, "sdk.identify()", "sdk.track('e')"),
    _on_a_page("identify: a function first", _KNOWN, "sdk.identify(() => note('called'))", "sdk.track('e')"),
    _on_a_page("identify: empty id", _KNOWN, "sdk.identify('', {a: 1})", "sdk.track('e')"),
    _on_a_page("identify: blank id", _KNOWN, "sdk.identify('   ', {a: 1})", "sdk.track('e')"),
    _on_a_page("identify: NaN", _KNOWN, "sdk.identify(NaN, {a: 1})", "sdk.track('e')"),
    _on_a_page("identify: array id", _KNOWN, "sdk.identify([1, 2], {a: 1})", "sdk.track('e')"),
    _on_a_page("identify: number", "sdk.identify(123, {a: 1})", "note(sdk.getUserId())"),
    _on_a_page("identify: zero", "sdk.identify(0, {a: 1})", "note(sdk.getUserId())"),
    _on_a_page("identify: false", "sdk.identify(false)", "note(sdk.getUserId())"),
    _on_a_page("identify: true", "sdk.identify(true)", "note(sdk.getUserId())"),
    _on_a_page("identify: fraction", "sdk.identify(1.5)", "sdk.identify(-0)", "sdk.identify(1e21)"),
    _on_a_page("identify: large numbers", "sdk.identify(12345678901234567890)", "sdk.identify(9007199254740993)"),
    _on_a_page("identify: small numbers", "sdk.identify(0.1)", "sdk.identify(1e-7)", "sdk.identify(0.000001)"),
    _on_a_page("identify: date", "sdk.identify(new Date(0))", "note(sdk.getUserId())"),
    _on_a_page("identify: BigInt", "sdk.identify(12n)", "note(sdk.getUserId())"),
    _on_a_page("identify: id with spaces", "sdk.identify('  u1  ')", "note(sdk.getUserId())"),
    _on_a_page("identify: unicode id", "sdk.identify('Zoë ✓ 😀 \\u2028 ;=,\"\\\\')", "note(sdk.getUserId())"),
    _on_a_page(
        "identify: numeric and text are one", "sdk.identify(1234567890, {a: 1})", "sdk.identify('1234567890', {b: 1})"
    ),
    _on_a_page("identify: text traits", _KNOWN, "sdk.identify('u1', 'traits')", "sdk.track('e')"),
    _on_a_page("identify: array traits", _KNOWN, "sdk.identify('u1', [1, 2])", "sdk.track('e')"),
    _on_a_page("identify: null traits", _KNOWN, "sdk.identify('u1', null, {x: 1})", "sdk.track('e')"),
    _on_a_page("identify: text options", "sdk.identify('u1', {a: 1}, 'options')"),
    _on_a_page("identify: array options", "sdk.identify('u1', {a: 1}, [{x: 1}])"),
    _on_a_page("identify: too many arguments", "sdk.identify('u1', {a: 1}, {x: 1}, 5, 6)"),
    _on_a_page(
        "identify: another user", _KNOWN, "sdk.group('g1', {b: 1})", "sdk.identify('u2', {c: 1})", "sdk.track('e')"
    ),
    _on_a_page("identify: another user, no traits", _KNOWN, "sdk.identify('u2')", "note(sdk.getUserTraits())"),
    _on_a_page("identify: anonymous traits, then id", "sdk.identify({a: 1})", "sdk.identify('u1', {b: 2})"),
    _on_a_page("identify: token of another user", "sdk.setAuthToken('t')", _KNOWN, "sdk.identify('u2', {})"),
]

# [js 1.4, 2.1, 3.7]
TRAITS = [
    _on_a_page("traits: null", _KNOWN, "sdk.identify('u1', {plan: null, b: null})", "note(sdk.getUserTraits())"),
    _on_a_page("traits: undefined", "sdk.identify('u1', {a: undefined, b: 1})", "note(sdk.getUserTraits())"),
    _on_a_page("traits: undefined over a value", _KNOWN, "sdk.identify('u1', {plan: undefined})", "sdk.track('e')"),
    _on_a_page("traits: nested null", _KNOWN, "sdk.identify('u1', {address: {city: null}})", "sdk.track('e')"),
    _on_a_page("traits: object over text", _KNOWN, "sdk.identify('u1', {plan: {name: 'pro'}})"),
    _on_a_page("traits: text over object", _KNOWN, "sdk.identify('u1', {address: 'Paris'})"),
    _on_a_page("traits: array over object", _KNOWN, "sdk.identify('u1', {address: ['Paris']})"),
    _on_a_page("traits: empty object over object", _KNOWN, "sdk.identify('u1', {address: {}})"),
    _on_a_page("traits: a first array", "sdk.identify('u1', {list: [1, null, undefined, {a: null, b: 1}]})"),
    _on_a_page("traits: an empty array in an array", "sdk.identify('u1', {list: [[]]})"),
    _on_a_page("traits: array over array", "sdk.identify('u1', {l: [1, 2, 3]})", "sdk.identify('u1', {l: [9]})"),
    _on_a_page(
        "traits: array over array of objects", "sdk.identify('u1', {l: [{a: 1}]})", "sdk.identify('u1', {l: [{b: 2}]})"
    ),
    _on_a_page("traits: date", "sdk.identify('u1', {createdAt: new Date(Date.UTC(2020, 1, 29, 1, 2, 3, 4))})"),
    _on_a_page("traits: dates twice", *["sdk.identify('u1', {at: new Date(86400000)})"] * 2, "sdk.track('e')"),
    _on_a_page("traits: invalid date", "sdk.identify('u1', {at: new Date(NaN), a: 1})"),
    _on_a_page(
        "traits: numbers", "sdk.identify('u1', {a: 0.1 + 0.2, b: 1e21, c: -0, d: 5e-324, e: 1.7976931348623157e308})"
    ),
    _on_a_page(
        "traits: more numbers", "sdk.identify('u1', {a: 123456789.123456789, b: 1e-7, c: 2 ** 53, d: 1e300, e: -1.5})"
    ),
    _on_a_page("traits: NaN and infinity", "sdk.identify('u1', {a: NaN, b: Infinity, c: [NaN, -Infinity], d: 1})"),
    _on_a_page("traits: BigInt", "sdk.identify('u1', {a: 10n, b: [1n]})"),
    _on_a_page(
        "traits: functions and symbols", "sdk.identify('u1', {f() {}, s: Symbol('s'), l: [() => 1, Symbol('t')]})"
    ),
    _on_a_page(
        "traits: Map, Set, RegExp, Error",
        "sdk.identify('u1', {m: new Map([[1, 2]]), s: new Set([1]), r: /x/, e: Error('x')})",
    ),
    _on_a_page("traits: typed arrays", "sdk.identify('u1', {b: new Uint8Array([1, 2]), v: new Float32Array([0.5])})"),
    _on_a_page(
        "traits: boxed values", "sdk.identify('u1', {n: new Number(1), s: new String('x'), b: new Boolean(false)})"
    ),
    _on_a_page(
        "traits: a class",
        "class A { constructor() { this.a = 1; } get b() { return 2; } } sdk.identify('u1', {a: new A()})",
    ),
    _on_a_page(
        "traits: a class with toJSON", "class A { a = 1; toJSON() { return 'json'; } } sdk.identify('u1', {a: new A()})"
    ),
    _on_a_page("traits: an own toJSON", "sdk.identify('u1', {a: {b: 1, toJSON() { return 'json'; }}})"),
    _on_a_page("traits: URL", "sdk.identify('u1', {url: new URL('https://example.com/a?b#c')})"),
    _on_a_page("traits: no prototype", "sdk.identify('u1', Object.assign(Object.create(null), {a: 1}))"),
    _on_a_page("traits: a class instance as traits", "class A { a = 1; } sdk.identify('u1', new A())"),
    _on_a_page("traits: a cycle", "const a = {b: 1}; a.self = a; sdk.identify('u1', {a})"),
    _on_a_page("traits: a cycle of all traits", "const a = {b: 1}; a.list = [a]; sdk.identify('u1', a)"),
    _on_a_page("traits: shared objects", "const a = {b: 1}; sdk.identify('u1', {x: a, y: a, z: [a, a]})"),
    _on_a_page(
        "traits: unicode", "sdk.identify('u1', {'clé ✓': 'Zoë 😀 \\u2028\\u0000\\u001f', rtl: 'שלום', cjk: '漢字'})"
    ),
    _on_a_page("traits: odd keys", "sdk.identify('u1', {'': 1, ' ': 2, 'a.b': 3, '1': 4, constructor: 5, 'a\"b': 6})"),
    _on_a_page(
        "traits: texts that look like others",
        "sdk.identify('u1', {a: 'null', b: 'true', c: '1', d: '[object Object]'})",
    ),
    _on_a_page("traits: sparse array", "sdk.identify('u1', {l: [1, , 3]})"),
    _on_a_page("traits: ten levels", "sdk.identify('u1', {a: {b: {c: {d: {e: {f: {g: {h: {i: {j: 1}}}}}}}}}})"),
    _on_a_page(
        "traits: first and last name", "sdk.identify('u1', {firstName: 'Ada', lastName: 'Lovelace'})", "sdk.track('e')"
    ),
    _on_a_page("traits: first, last and full name", "sdk.identify('u1', {firstName: 'A', lastName: 'B', name: 'C'})"),
    _on_a_page(
        "traits: changed by the caller later", "const t = {a: {b: 1}}; sdk.identify('u1', t); t.a.b = 2; sdk.track('e')"
    ),
    _on_a_page("traits: reserved keywords", "sdk.identify('u1', {id: 1, user_id: 'x', anonymous_id: 'y', event: 'z'})"),
]

# [js 1.5]
TRACK = [
    _on_a_page("track: event", "sdk.track('e')"),
    _on_a_page("track: event, properties", "sdk.track('e', {a: 1, n: null, u: undefined, o: {n: null}, l: [null]})"),
    _on_a_page("track: event, properties, options", "sdk.track('e', {a: 1}, {x: 1})"),
    _on_a_page("track: event, properties, options, callback", "sdk.track('e', {a: 1}, {x: 1}, (m) => note(m.event))"),
    _on_a_page("track: event, properties, callback", "sdk.track('e', {a: 1}, (m) => note(m.event), {x: 1})"),
    _on_a_page("track: event, callback", "sdk.track('e', (m) => note(m.event), {a: 1})"),
    _on_a_page("track: nothing", "sdk.track()"),
    _on_a_page("track: null", "sdk.track(null, {a: 1})"),
    _on_a_page("track: empty", "sdk.track('', {a: 1})"),
    _on_a_page("track: blank", "sdk.track('  ', {a: 1})"),
    _on_a_page("track: number", "sdk.track(42, {a: 1})"),
    _on_a_page("track: zero", "sdk.track(0, {a: 1})"),
    _on_a_page("track: NaN", "sdk.track(NaN, {a: 1})"),
    _on_a_page("track: booleans", "sdk.track(true)", "sdk.track(false)"),
    _on_a_page("track: object", "sdk.track({a: 1, n: null}, {b: 2})"),
    _on_a_page("track: empty object and array", "sdk.track({})", "sdk.track([])"),
    _on_a_page("track: array", "sdk.track(['a', null])"),
    _on_a_page("track: date", "sdk.track(new Date(0), {at: new Date(0)})"),
    _on_a_page("track: a function first", "sdk.track(() => note('called'))"),
    _on_a_page("track: a function, properties", "sdk.track(() => note('called'), {a: 1})"),
    _on_a_page("track: null properties", "sdk.track('e', null, {x: 1})"),
    _on_a_page("track: text properties", "sdk.track('e', 'text', {x: 1})"),
    _on_a_page("track: number properties", "sdk.track('e', 5)", "sdk.track('e', 0)", "sdk.track('e', NaN)"),
    _on_a_page("track: array properties", "sdk.track('e', [1, null, {a: null}])"),
    _on_a_page("track: boolean properties", "sdk.track('e', false)", "sdk.track('e', true)"),
    _on_a_page("track: empty text properties", "sdk.track('e', '')"),
    _on_a_page("track: date properties", "sdk.track('e', new Date(0))"),
    _on_a_page("track: odd options", "sdk.track('e', {}, 'x')", "sdk.track('e', {}, [1])", "sdk.track('e', {}, null)"),
    _on_a_page("track: a callback that is none", "sdk.track('e', {}, {}, 'callback')"),
    _on_a_page(
        "track: a callback that throws", "sdk.track('e', {}, () => { throw new Error('x'); })", "sdk.track('f')"
    ),
    _on_a_page("track: a callback that calls", "sdk.track('a', () => sdk.track('c'))", "sdk.track('b')"),
    _on_a_page("track: reserved keywords", "sdk.track('e', {id: 1, event: 'x', timestamp: 't', channel: 'c'})"),
    _on_a_page(
        "track: products",
        "sdk.track('Order Completed', {order_id: '1', total: 27.5, products: [{sku: 'a', price: 19}]})",
    ),
    _on_a_page("track: 30 at once", "for (let n = 0; n < 30; n++) sdk.track('e' + n, {n})"),
]

# [js 1.5, 2.5]
PAGE = [
    _on_a_page("page: nothing", "sdk.page()"),
    _on_a_page("page: callback", "sdk.page((m) => note(m.type))"),
    _on_a_page("page: name", "sdk.page('N')"),
    _on_a_page("page: name, callback", "sdk.page('N', (m) => note(m.name), {a: 1})"),
    _on_a_page("page: name, properties", "sdk.page('N', {a: 1})"),
    _on_a_page("page: name, properties, options", "sdk.page('N', {a: 1}, {x: 1})"),
    _on_a_page("page: name, properties, callback", "sdk.page('N', {a: 1}, (m) => note(m.name))"),
    _on_a_page("page: name, properties, options, callback", "sdk.page('N', {a: 1}, {x: 1}, (m) => note(m.name))"),
    _on_a_page("page: category, name", "sdk.page('C', 'N')"),
    _on_a_page("page: category, name, callback", "sdk.page('C', 'N', (m) => note(m.category), {a: 1})"),
    _on_a_page("page: category, name, properties", "sdk.page('C', 'N', {a: 1, n: null})"),
    _on_a_page("page: category, name, properties, callback", "sdk.page('C', 'N', {a: 1}, (m) => note(m.category))"),
    _on_a_page("page: category, name, properties, options", "sdk.page('C', 'N', {a: 1}, {x: 1})"),
    _on_a_page("page: all", "sdk.page('C', 'N', {a: 1}, {x: 1}, (m) => note(m.category))"),
    _on_a_page("page: properties", "sdk.page({a: 1})"),
    _on_a_page("page: properties, options", "sdk.page({a: 1}, {x: 1})"),
    _on_a_page("page: properties, callback", "sdk.page({a: 1}, (m) => note(m.type))"),
    _on_a_page("page: properties with name and category", "sdk.page({name: 'N', category: 'C'})"),
    _on_a_page("page: arguments win over properties", "sdk.page('C', 'N', {name: 'n', category: 'c'})"),
    _on_a_page("page: category, null, properties", "sdk.page('C', null, {a: 1})"),
    _on_a_page("page: category, undefined, properties", "sdk.page('C', undefined, {a: 1}, {x: 1})"),
    _on_a_page("page: null, name", "sdk.page(null, 'N', {a: 1})"),
    _on_a_page("page: undefined, name", "sdk.page(undefined, 'N')"),
    _on_a_page("page: null, properties", "sdk.page(null, {a: 1}, {x: 1})"),
    _on_a_page("page: nulls", "sdk.page(null, null, null, null)"),
    _on_a_page("page: empty names", "sdk.page('', '')"),
    _on_a_page("page: an empty name", "sdk.page('')", "sdk.page('', {a: 1})", "sdk.page('C', '')"),
    _on_a_page("page: numbers", "sdk.page(5, 6)"),
    _on_a_page("page: number", "sdk.page(5)"),
    _on_a_page("page: text, number", "sdk.page('C', 6, {a: 1})"),
    _on_a_page("page: zeros and booleans", "sdk.page(0, 0)", "sdk.page(false, true)"),
    _on_a_page("page: array", "sdk.page(['x'], {a: 1})"),
    _on_a_page("page: text properties", "sdk.page('C', 'N', 'props', {x: 1})"),
    _on_a_page("page: array properties", "sdk.page('C', 'N', ['a'], {x: 1})"),
    _on_a_page("page: name and category that are no texts", "sdk.page({name: 5, category: {a: 1}})"),
    _on_a_page(
        "page: own url, title, path", "sdk.page({url: 'https://x.test/', title: 'T', path: '/x', search: '?x'})"
    ),
    _on_a_page(
        "page: own referrers", "sdk.page({referrer: 'r', referring_domain: 'd', initial_referrer: 'i', tab_url: 't'})"
    ),
    _on_a_page(
        "page: null and empty for what is filled in", "sdk.page({url: null, title: '', path: undefined, tab_url: 0})"
    ),
    _on_a_page("page: options.page", "sdk.page('N', {a: 1}, {page: {title: 'T', url: '', path: null, x: 1}})"),
    _on_a_page("page: options.page and properties", "sdk.page('N', {title: 'P'}, {page: {title: 'O', path: '/o'}})"),
    _on_a_page("page: options.page that is none", "sdk.page('N', {}, {page: 5})", "sdk.page('N', {}, {page: [1]})"),
    _on_a_page("page: known user", _KNOWN, "sdk.page('N')"),
    _on_a_page("page: query and fragment", "sdk.page()", "sdk.track('e')", address="?a=1&b=%20x#top"),
    _on_a_page("page: fragment", "sdk.page()", address="#/route?utm_source=no"),
    _on_a_page(
        "page: pushState", "history.pushState(0, '', '?b=2#c'); document.title = 'New'; sdk.page()", address="?a=1"
    ),
    _on_a_page("page: referrer", "sdk.page()", "sdk.track('e')", referrer="http://www.example.com:8080/search?q=1"),
    _on_a_page("page: title with unicode", "document.title = ' Zoë   😀 '; sdk.page()"),
    _on_a_page("page: no title", "document.title = ''; sdk.page()"),
    _on_a_page(
        "page: canonical", "sdk.page()", "sdk.track('e')", head="<link rel=canonical href='https://example.com/a/b'>"
    ),
    _on_a_page(
        "page: canonical, with the page's query",
        "sdk.page()",
        address="?p=1#f",
        head="<link rel=canonical href='https://example.com'>",
    ),
    _on_a_page(
        "page: canonical with a query",
        "sdk.page()",
        address="?p=1",
        head="<link rel=canonical href='https://example.com/a?q=2#h'>",
    ),
    _on_a_page("page: relative canonical", "sdk.page()", address="?p=1", head="<link rel=canonical href='/a/b'>"),
    _on_a_page("page: empty canonical", "sdk.page()", head="<link rel=canonical href=''>"),
    _on_a_page("page: canonical without address", "sdk.page()", head="<link rel=canonical>"),
    _on_a_page(
        "page: canonical that is no page", "sdk.page()", head="<link rel=canonical href='mailto:a@example.com'>"
    ),
    _on_a_page("page: canonical without scheme", "sdk.page()", head="<link rel=canonical href='//example.com/a'>"),
    _on_a_page(
        "page: canonical with port, name, unicode",
        "sdk.page()",
        head="<link rel=canonical href='https://u:p@example.com:81/é b'>",
    ),
    _on_a_page(
        "page: two canonicals",
        "sdk.page()",
        head="<link rel=canonical href='https://a.example.com/'><link rel=canonical href='https://b.example.com/'>",
    ),
    _on_a_page(
        "page: two canonicals, the first relative",
        "sdk.page()",
        head="<link rel=canonical href='/a'><link rel=canonical href='https://b.example.com/'>",
    ),
    _on_a_page(
        "page: canonical of two words",
        "sdk.page()",
        head="<link rel='canonical alternate' href='https://example.com/a'>",
    ),
    _on_a_page(
        "page: canonical added late",
        "document.head.innerHTML += \"<link rel=canonical href='https://example.com/l'>\"",
        "sdk.page()",
    ),
]

# [js 2.4]
CAMPAIGN = [
    _on_a_page(
        "utm: all", "sdk.track('e')", address="?utm_source=s&utm_medium=m&utm_campaign=c&utm_term=t&utm_content=x"
    ),
    _on_a_page(
        "utm: other and empty", "sdk.track('e')", address="?utm_foo=1&utm_=2&utm_source=&utmsource=3&UTM_SOURCE=4"
    ),
    _on_a_page("utm: twice", "sdk.track('e')", address="?utm_source=a&utm_source=b&utm_campaign=x&utm_name=y"),
    _on_a_page("utm: encoded", "sdk.track('e')", address="?utm_source=a%20b+c&utm_campaign=%E2%9C%93&utm_term=%ZZ"),
    _on_a_page(
        "utm: option", "sdk.track('e', {}, {campaign: {name: 'o', x: 1}})", address="?utm_campaign=c&utm_source=s"
    ),
    _on_a_page("utm: option in context", "sdk.page({}, {context: {campaign: {name: 'o'}}})", address="?utm_campaign=c"),
]

# [js 1.5]
GROUP = [
    _on_a_page("group: id", "sdk.group('g1')", "note(sdk.getGroupId())", "note(sdk.getGroupTraits())"),
    _on_a_page("group: id, traits", "sdk.group('g1', {a: 1, n: null})", "note(sdk.getGroupTraits())"),
    _on_a_page("group: id, traits, options", "sdk.group('g1', {a: 1}, {x: 1, anonymousId: 'a1'})"),
    _on_a_page("group: id, traits, options, callback", "sdk.group('g1', {a: 1}, {x: 1}, (m) => note(m.groupId))"),
    _on_a_page("group: id, traits, callback", "sdk.group('g1', {a: 1}, (m) => note(m.groupId), {x: 1})"),
    _on_a_page("group: id, callback", "sdk.group('g1', (m) => note(m.groupId), {a: 1})"),
    _on_a_page("group: traits", "sdk.group({a: 1})", "sdk.group({b: 2})"),
    _on_a_page("group: traits, options", "sdk.group({a: 1}, {x: 1})"),
    _on_a_page("group: traits, callback", "sdk.group({a: 1}, (m) => note(m.type))"),
    _on_a_page("group: traits of a known group", "sdk.group('g1', {a: {b: 1}})", "sdk.group({a: {c: 2}})"),
    _on_a_page("group: traits twice", "sdk.group('g1', {a: {b: 1}})", "sdk.group('g1', {a: {c: 2}})"),
    _on_a_page("group: id alone, known group", "sdk.group('g1', {a: 1})", "sdk.group('g1')"),
    _on_a_page("group: empty traits", "sdk.group('g1', {a: 1})", "sdk.group('g1', {})"),
    _on_a_page("group: another group", "sdk.group('g1', {a: 1})", "sdk.group('g2', {b: 1})"),
    _on_a_page("group: null", "sdk.group('g1', {a: 1})", "sdk.group(null)"),
    _on_a_page("group: null, traits", "sdk.group('g1', {a: 1})", "sdk.group(null, {b: 1})"),
    _on_a_page("group: undefined", "sdk.group('g1', {a: 1})", "sdk.group(undefined)"),
    _on_a_page("group: undefined, traits", "sdk.group('g1', {a: 1})", "sdk.group(undefined, {b: 1})"),
    _on_a_page("group: nothing", "sdk.group('g1', {a: 1})", "sdk.group()"),
    _on_a_page("group: empty id", "sdk.group('g1', {a: 1})", "sdk.group('', {b: 1})"),
    _on_a_page("group: blank id", "sdk.group('  ', {a: 1})"),
    _on_a_page("group: numbers", "sdk.group(12)", "sdk.group(0)", "sdk.group(1.5)"),
    _on_a_page("group: booleans", "sdk.group(true)", "sdk.group(false)"),
    _on_a_page("group: NaN", "sdk.group(NaN, {a: 1})"),
    _on_a_page("group: array", "sdk.group([1, 2], {a: 1})"),
    _on_a_page("group: array traits", "sdk.group('g1', {l: [1, 2, 3]})", "sdk.group('g1', {l: [9]})"),
    _on_a_page("group: text traits", "sdk.group('g1', {a: 1})", "sdk.group('g1', 'text')"),
    _on_a_page("group: a function first", "sdk.group('g1', {a: 1})", "sdk.group(() => note('called'))"),
    _on_a_page("group: first and last name", "sdk.group('g1', {firstName: 'A', lastName: 'B'})"),
    _on_a_page("group: unicode", "sdk.group('Zoë 😀', {'✓': '漢字'})"),
    _on_a_page("group: known user", _KNOWN, "sdk.group('g1', {a: 1})", "sdk.track('e')"),
]

# [js 1.5]
ALIAS = [
    _on_a_page("alias: to", "sdk.alias('u2')", "note(sdk.getUserId())"),
    _on_a_page("alias: to, known user", _KNOWN, "sdk.alias('u2')", "note(sdk.getUserId())", "sdk.track('e')"),
    _on_a_page("alias: to, from", "sdk.alias('u2', 'u0')"),
    _on_a_page("alias: to, from, options", "sdk.alias('u2', 'u0', {x: 1, integrations: {A: true}})"),
    _on_a_page("alias: to, from, options, callback", "sdk.alias('u2', 'u0', {x: 1}, (m) => note(m.previousId))"),
    _on_a_page("alias: to, from, callback", "sdk.alias('u2', 'u0', (m) => note(m.previousId), {x: 1})"),
    _on_a_page("alias: to, options", "sdk.alias('u2', {x: 1})"),
    _on_a_page("alias: to, options, callback", "sdk.alias('u2', {x: 1}, (m) => note(m.userId))"),
    _on_a_page("alias: to, callback", "sdk.alias('u2', (m) => note(m.userId), {x: 1})"),
    _on_a_page("alias: to, null, options", "sdk.alias('u2', null, {x: 1})"),
    _on_a_page("alias: to, null, known user", _KNOWN, "sdk.alias('u2', null)"),
    _on_a_page("alias: to, undefined, options", "sdk.alias('u2', undefined, {x: 1})"),
    _on_a_page("alias: numbers", "sdk.alias(2, 1)", "sdk.alias(0, 0)", "sdk.alias(true, false)"),
    _on_a_page("alias: null", _KNOWN, "sdk.alias(null)"),
    _on_a_page("alias: nothing", "sdk.alias()"),
    _on_a_page("alias: nothing, known user", _KNOWN, "sdk.alias()"),
    _on_a_page("alias: empty to", _KNOWN, "sdk.alias('')"),
    _on_a_page("alias: empty from", _KNOWN, "sdk.alias('u2', '')"),
    _on_a_page("alias: objects", "sdk.alias({a: 1}, 'u0')"),
    _on_a_page("alias: array", "sdk.alias([1], [2])"),
    _on_a_page("alias: a function first", _KNOWN, "sdk.alias(() => note('called'))"),
    _on_a_page("alias: option anonymousId", "sdk.alias('u2', {anonymousId: 'a1'})"),
]

# [js 2.6, 2.7]
OPTIONS = [
    _on_a_page("options: anonymousId", "sdk.track('e', {}, {anonymousId: 'a1'})", "note(sdk.getAnonymousId().length)"),
    _on_a_page(
        "options: anonymousId that is none",
        "sdk.track('e', {}, {anonymousId: ''})",
        "sdk.track('e', {}, {anonymousId: 5})",
    ),
    _on_a_page(
        "options: anonymousId of an identify", "sdk.identify('u1', {a: 1}, {anonymousId: 'a1'})", "sdk.track('e')"
    ),
    _on_a_page(
        "options: originalTimestamp",
        "sdk.track('e', {}, {originalTimestamp: '2020-01-01T00:00:00Z'})",
        "sdk.track('e', {}, {originalTimestamp: 'x'})",
    ),
    _on_a_page(
        "options: originalTimestamp that is none",
        "sdk.track('e', {}, {originalTimestamp: ''})",
        "sdk.track('e', {}, {originalTimestamp: new Date(0)})",
    ),
    _on_a_page(
        "options: integrations",
        "sdk.track('e', {}, {integrations: {All: false, 'Google Analytics': true, A: {b: 1, n: null}}})",
    ),
    _on_a_page(
        "options: integrations that are none",
        "sdk.track('e', {}, {integrations: {}})",
        "sdk.track('e', {}, {integrations: 'x'})",
        "sdk.track('e', {}, {integrations: null})",
    ),
    _on_a_page(
        "options: integrations of every kind",
        "sdk.identify('u1', {}, {integrations: {All: false}})",
        "sdk.page('N', {}, {integrations: {A: false}})",
        "sdk.group('g', {}, {integrations: {A: null}})",
    ),
    _on_a_page("options: integrations in context", "sdk.track('e', {}, {context: {integrations: {A: true}}})"),
    _on_a_page(
        "options: context", "sdk.track('e', {}, {context: {a: 1, app: {build: '7'}, locale: 'fr', n: null, l: [1]}})"
    ),
    _on_a_page(
        "options: context that is none",
        "sdk.track('e', {}, {context: 'x'})",
        "sdk.track('e', {}, {context: null, a: 1})",
        "sdk.track('e', {}, {context: [1]})",
    ),
    _on_a_page(
        "options: what is never overridden",
        "sdk.track('e', {}, {library: {name: 'x'}, consentManagement: {a: 1}, userAgent: 'x', 'ua-ch': 1, screen: {}})",
    ),
    _on_a_page(
        "options: what is never overridden in context",
        "const context = {library: {name: 'x'}, consentManagement: {a: 1}, userAgent: 'x', 'ua-ch': 1, screen: {}};"
        "sdk.track('e', {}, {context})",
    ),
    _on_a_page(
        "options: app and os", "sdk.track('e', {}, {app: {name: 'A', version: '1', build: 2}, os: {name: 'O', x: 1}})"
    ),
    _on_a_page("options: os in context", "sdk.track('e', {}, {context: {os: {name: 'O', version: '9'}}})"),
    _on_a_page("options: app replaced", "sdk.track('e', {}, {app: 'A', os: null, locale: null, timezone: 'Z'})"),
    _on_a_page("options: page of a track", "sdk.track('e', {}, {page: {title: 'T', url: null, x: 1}})"),
    _on_a_page("options: page in context", "sdk.page('N', {}, {context: {page: {title: 'T', x: 1}}})"),
    _on_a_page("options: traits", _KNOWN, "sdk.track('e', {}, {traits: {plan: 'x', b: 1}})", "sdk.track('f')"),
    _on_a_page("options: traits in context", _KNOWN, "sdk.track('e', {}, {context: {traits: {address: {city: 'X'}}}})"),
    _on_a_page(
        "options: traits null",
        _KNOWN,
        "sdk.track('e', {}, {traits: null})",
        "sdk.track('e', {}, {context: {traits: null}})",
    ),
    _on_a_page(
        "options: traits of an identify",
        "sdk.identify('u1', {a: 1}, {traits: {a: 2, b: 3}})",
        "note(sdk.getUserTraits())",
    ),
    _on_a_page("options: sessionId", "sdk.track('e', {}, {sessionId: 5, sessionStart: false})", "sdk.track('f')"),
    _on_a_page(
        "options: what only names a field",
        "sdk.track('e', {}, {userId: 'x', messageId: 'm', channel: 'c', sentAt: 's', type: 't', event: 'v'})",
    ),
    _on_a_page(
        "options: top-level names in context",
        "sdk.track('e', {}, {context: {anonymousId: 'a', originalTimestamp: 't', userId: 'u'}})",
    ),
    _on_a_page("options: a key, then context", "sdk.track('e', {}, {foo: {a: 1, b: 1}, context: {foo: {a: 2}}})"),
    _on_a_page("options: context, then a key", "sdk.track('e', {}, {context: {foo: {a: 2}}, foo: {a: 1, b: 1}})"),
    _on_a_page("options: orders", "sdk.track('e', {}, {z: 1, y: 1, context: {z: 2, y: 2, x: 2, w: 2}, x: 1, w: 1})"),
    _on_a_page("options: arrays merge", "sdk.track('e', {}, {foo: [1, 2, 3], context: {foo: [9]}})"),
    _on_a_page(
        "options: nulls and undefined", "sdk.track('e', {}, {a: null, b: undefined, c: {d: null}, locale: undefined})"
    ),
    _on_a_page(
        "options: undefined in context", "sdk.track('e', {}, {context: {locale: undefined, campaign: undefined}})"
    ),
    _on_a_page(
        "options: timestamp and ip", "sdk.track('e', {}, {timestamp: '2020', ip: '1.1.1.1', context: {ip: '2.2.2.2'}})"
    ),
    _on_a_page(
        "options: nothing is kept",
        "sdk.identify('u1', {}, {context: {a: 1}, anonymousId: 'a1', traits: {t: 1}})",
        "sdk.track('e')",
    ),
    _on_a_page("options: dates and odd values", "sdk.track('e', {}, {at: new Date(0), n: NaN, b: 1n, m: new Map()})"),
]

# [js 1.7, 1.9]
RESET = [
    _on_a_page("reset: nothing", _KNOWN, "sdk.group('g', {a: 1})", "sdk.reset()", "sdk.track('e')"),
    *[
        _on_a_page(
            f"reset: {given}",
            "sdk.setAuthToken('t')",
            _KNOWN,
            "sdk.group('g', {a: 1})",
            f"sdk.reset({given})",
            "note([sdk.getUserId(), sdk.getUserTraits(), sdk.getGroupId(), sdk.getGroupTraits()])",
            "sdk.track('e')",
        )
        for given in (
            "true",
            "false",
            "null",
            "{}",
            "{entries: null}",
            "{entries: [true]}",
            "{entries: {anonymousId: true}}",
            "{entries: {userId: false}}",
            "{entries: {userTraits: false, groupId: false}}",
            "{entries: {groupTraits: false, sessionInfo: false}}",
            "{entries: {authToken: false}}",
            "{entries: {initialReferrer: true}}",
            "{entries: {initialReferrer: true, initialReferringDomain: true}}",
            "{entries: {anonymousId: 1, userId: 0, userTraits: null, groupId: undefined, groupTraits: 'x'}}",
            "() => note('called')",
        )
    ],
    _on_a_page("reset: of nobody", "sdk.reset()", "sdk.track('e')"),
    _on_a_page("reset: twice", _KNOWN, "sdk.reset(true)", "sdk.reset(true)", "sdk.track('e')"),
    _on_a_page("reset: then identify", _KNOWN, "sdk.reset()", "sdk.identify('u2', {b: 1})"),
]

SETTERS = [
    _on_a_page("setAnonymousId: id", "sdk.setAnonymousId('a1')", "note(sdk.getAnonymousId())", "sdk.track('e')"),
    _on_a_page("setAnonymousId: nothing", "sdk.track('e')", "sdk.setAnonymousId()", "sdk.track('f')"),
    _on_a_page("setAnonymousId: what is no text", *_each("setAnonymousId", "''", "5", "null", "{}", "['a']", "true")),
    _on_a_page(
        "setAnonymousId: texts", *_each("setAnonymousId", "'Zoë 😀'", "' a '", "'a1', 'linker'", "'', 'linker'")
    ),
    _on_a_page("setAnonymousId: blanks", _KNOWN, "sdk.setAnonymousId('  ')", "sdk.track('e')"),
    _on_a_page("setAnonymousId: a function", *_each("setAnonymousId", "'a1'", "() => 1")),
    _on_a_page("setAnonymousId: then getter", "sdk.setAnonymousId(); note(sdk.getAnonymousId())", "sdk.track('e')"),
    _on_a_page(
        "getters: nobody", "note([sdk.getUserId(), sdk.getUserTraits(), sdk.getGroupId(), sdk.getGroupTraits()])"
    ),
    _on_a_page(
        "getters: anonymousId and session", "note([sdk.getAnonymousId(), sdk.getSessionId()])", "sdk.track('e')"
    ),
    _on_a_page(
        "getters: known",
        _KNOWN,
        "sdk.group('g', {a: 1}); note([sdk.getUserId(), sdk.getUserTraits(), sdk.getGroupId(), sdk.getGroupTraits()])",
    ),
    _on_a_page(
        "getters: merged", _KNOWN, "sdk.identify('u1', {address: {city: 'Rome'}, n: null}); note(sdk.getUserTraits())"
    ),
    _on_a_page(
        "getters: after another user",
        _KNOWN,
        "sdk.identify('u2', {b: 1}); note([sdk.getUserId(), sdk.getUserTraits(), sdk.getGroupId()])",
    ),
    *[
        _on_a_page(
            f"setAuthToken: {given}", "sdk.setAuthToken('before')", f"sdk.setAuthToken({given})", "sdk.track('e')"
        )
        for given in ("'token'", "''", "null", "undefined", "5", "{a: 1}", "true")
    ],
    _on_a_page("ready: twice", "sdk.ready(() => note('a')); sdk.ready(() => note('b'))"),
]

# [js 1.10, 3.9]
_SESSION = {"id": 1700000000000, "autoTrack": True, "timeout": 1_800_000, "expiresAt": "now+60000"}
LINKER = [
    _linked("a link", "undefined, amp()"),
    _linked("a link of the minute before", "'', amp(1)"),
    _linked("a link that is older", "undefined, amp(3)"),
    _linked("a link of another browser", "undefined, amp(0, 'tlh')"),
    _linked("beside an id", "'own', amp()"),
    _linked(
        "two pairs, text beyond ASCII", "null, linked('a', 'YQ..', 'rs_amp_id', 'Wm_DqyDinJM'.replace('_', '/'))()"
    ),
    _linked("dots", "undefined, linked('rs_amp_id', 'YQ..')()"),
    _linked("no id in it", "undefined, linked('other', btoa('x'))()"),
    _linked("another version", "undefined, amp().replace('1*', '2*')"),
    _linked("cut off", "undefined, amp().slice(0, -12)"),
    _linked("what is no text", "undefined, 5"),
]

# [js 2.4]
NAMED = [
    _on_a_page("named: the snippet", "sdk.track('a')", head="<script>RudderSnippetVersion = '3.2.0'</script>"),
    _on_a_page(
        "named: Brave",
        "sdk.page()",
        head="<script>Object.defineProperty(navigator, 'brave', {value: Object.create({isBrave() {}})})</script>",
    ),
]

SESSIONS = [
    _on_a_page("session: the first message starts it", "sdk.track('a')", "sdk.track('b')", "sdk.page()"),
    _on_a_page("session: start", "sdk.startSession()", "sdk.track('a')", "sdk.track('b')", "note(sdk.getSessionId())"),
    _on_a_page("session: start with id", "sdk.startSession(1234567890)", "note(sdk.getSessionId())", "sdk.track('a')"),
    _on_a_page("session: start with texts", *_each("startSession", "'1234567890'", "''", "'x'")),
    _on_a_page(
        "session: start with small numbers", *_each("startSession", "123456789", "0", "-1234567890", "999999999")
    ),
    _on_a_page("session: start with fractions", *_each("startSession", "1234567890.5", "1234567890.0")),
    _on_a_page(
        "session: start with large numbers", *_each("startSession", "12345678901234567890", "1e21", "1234567890n")
    ),
    _on_a_page(
        "session: start with no numbers", *_each("startSession", "NaN", "Infinity", "null", "{}", "true", "[1]")
    ),
    _on_a_page("session: start with id, function", *_each("startSession", "1234567890, () => 1")),
    _on_a_page(
        "session: start twice",
        "sdk.startSession(1234567890)",
        "sdk.track('a')",
        "sdk.startSession(1234567891)",
        "sdk.track('b')",
    ),
    _on_a_page(
        "session: same id again",
        "sdk.startSession(1234567890)",
        "sdk.track('a')",
        "sdk.startSession(1234567890)",
        "sdk.track('b')",
    ),
    _on_a_page("session: end", "sdk.track('a')", "sdk.endSession()", "note(sdk.getSessionId())", "sdk.track('b')"),
    _on_a_page("session: end, start", "sdk.endSession()", "sdk.startSession(1234567890)", "sdk.track('a')"),
    _on_a_page("session: end a manual one", "sdk.startSession(1234567890)", "sdk.endSession()", "sdk.track('a')"),
    _on_a_page(
        "session: reset of a manual one",
        "sdk.startSession(1234567890)",
        "sdk.track('a')",
        "sdk.reset()",
        "sdk.track('b')",
    ),
    _on_a_page(
        "session: reset of an ended one",
        "sdk.endSession()",
        "sdk.reset()",
        "note(sdk.getSessionId())",
        "sdk.track('a')",
    ),
    _on_a_page(
        "session: another user in a manual one",
        "sdk.startSession(1234567890)",
        _KNOWN,
        "sdk.identify('u2', {})",
        "sdk.track('a')",
    ),
    _on_a_page(
        "session: another user after the end", _KNOWN, "sdk.endSession()", "sdk.identify('u2', {})", "sdk.track('a')"
    ),
    _on_a_page("session: another user", _KNOWN, "sdk.identify('u2', {})", "sdk.track('a')"),
    _on_a_page("session: stored, alive", "sdk.track('a')", leaves={"rl_session": _SESSION}),
    _on_a_page(
        "session: stored, started",
        "note(sdk.getSessionId())",
        "sdk.track('a')",
        leaves={"rl_session": _SESSION | {"sessionStart": True}},
    ),
    _on_a_page("session: stored, went on", "sdk.track('a')", leaves={"rl_session": _SESSION | {"sessionStart": False}}),
    _on_a_page(
        "session: stored, expired",
        "sdk.track('a')",
        "sdk.track('b')",
        leaves={"rl_session": _SESSION | {"expiresAt": "now-1000", "sessionStart": False}},
    ),
    _on_a_page(
        "session: stored, other timeout", "sdk.track('a')", leaves={"rl_session": _SESSION | {"timeout": 20_000}}
    ),
    _on_a_page(
        "session: stored, manual",
        "sdk.track('a')",
        leaves={"rl_session": {"id": 1234567890, "manualTrack": True, "sessionStart": False}},
    ),
    _on_a_page(
        "session: stored, manual, not started",
        "sdk.track('a')",
        leaves={"rl_session": {"id": 1234567890, "manualTrack": True}},
    ),
    _on_a_page(
        "session: stored without expiry",
        "sdk.track('a')",
        leaves={"rl_session": {"id": 1700000000000, "autoTrack": True}},
    ),
    _on_a_page("session: stored, nonsense", "sdk.track('a')", leaves={"rl_session": "text"}),
    _on_a_page(
        "session: expires on the page",
        "sdk.track('a')",
        "const end = Date.now() + 1600; while (Date.now() < end);",
        "sdk.track('b')",
        load={"sessions": {"timeout": 1500}},  # long enough for `b` and the last call to be of one session
    ),
    _on_a_page(
        "session: expired for the getter",
        "const end = Date.now() + 120; while (Date.now() < end);",
        "note(sdk.getSessionId())",
        load={"sessions": {"timeout": 100}},
    ),
    _on_a_page(
        "session: no automatic ones",
        "sdk.track('a')",
        "note(sdk.getSessionId())",
        load={"sessions": {"autoTrack": False}},
    ),
    _on_a_page(
        "session: no automatic ones, a stored one",
        "sdk.track('a')",
        load={"sessions": {"autoTrack": False}},
        leaves={"rl_session": _SESSION},
    ),
    _on_a_page(
        "session: no automatic ones, a manual one",
        "sdk.startSession(1234567890)",
        "sdk.track('a')",
        "sdk.reset()",
        "sdk.track('b')",
        load={"sessions": {"autoTrack": False}},
    ),
    Scenario(
        "session: a cut-off over two pages",
        (
            Opened(
                ("sdk.track('a')", "sdk.reset()", "sdk.track('b')"),
                load={"sessions": {"cutOff": {"enabled": True, "duration": 7_200_000}}},
            ),
            Opened(("sdk.track('c')",), load={"sessions": {"cutOff": {"enabled": True}}}),
        ),
    ),
    _on_a_page(
        "session: cut off",
        "note(sdk.getSessionId())",
        "sdk.track('a')",
        "sdk.track('b')",
        load={"sessions": {"cutOff": {"enabled": True, "duration": 7_200_000}}},
        leaves={
            "rl_session": {
                "id": 5,
                "expiresAt": "now+1000000",
                "timeout": 1_800_000,
                "autoTrack": True,
                "sessionStart": False,
                "cutOff": {"enabled": True, "duration": 7_200_000, "expiresAt": "now-1000"},
            }
        },
    ),
    _on_a_page(
        "session: a cut-off shorter than the timeout",
        "sdk.track('a')",
        load={"sessions": {"cutOff": {"enabled": True, "duration": 5}}},
    ),
    _on_a_page("session: timeout", "sdk.track('a')", load={"sessions": {"timeout": 60_000}}),
    Scenario("session: next page", (Opened(("sdk.track('a')",)), Opened(("sdk.track('b')",)))),
    Scenario("session: next page, nothing called on the first", (Opened(), Opened(("sdk.track('b')",)))),
    Scenario("session: manual, next page", (Opened(("sdk.startSession(1234567890)",)), Opened(("sdk.track('b')",)))),
    Scenario("session: ended, next page", (Opened(("sdk.endSession()",)), Opened(("sdk.track('b')",)))),
    Scenario(
        "session: manual ended, next page",
        (Opened(("sdk.startSession(1234567890)", "sdk.endSession()")), Opened(("sdk.track('b')",))),
    ),
]

# [js 3.1-3.6]
VISITS = [
    Scenario(
        "visit: known on the next page",
        (Opened((_KNOWN, "sdk.group('g', {a: 1})")), Opened(("sdk.track('e')", "note(sdk.getUserTraits())"))),
    ),
    Scenario("visit: reset on the next page", (Opened((_KNOWN,)), Opened(("sdk.reset(true)", "sdk.track('e')")))),
    Scenario(
        "visit: initial referrer stays",
        (
            Opened(("sdk.page()",), referrer="http://first.example.com/x"),
            Opened(("sdk.page()",), referrer="http://second.example.com/"),
        ),
    ),
    Scenario(
        "visit: direct, then a referrer",
        (Opened(("sdk.page()",)), Opened(("sdk.page()",), referrer="http://second.example.com/")),
    ),
    Scenario(
        "visit: referrer reset",
        (
            Opened(
                ("sdk.reset({entries: {initialReferrer: true, initialReferringDomain: true}})", "sdk.page()"),
                referrer="http://first.example.com/",
            ),
            Opened(("sdk.page()",), referrer="http://second.example.com/"),
        ),
    ),
    Scenario(
        "visit: campaign is not kept",
        (Opened(("sdk.track('a')",), address="?utm_source=s"), Opened(("sdk.track('b')",))),
    ),
    _on_a_page(
        "visit: everything stored",
        "sdk.page('N')",
        leaves={
            "rl_user_id": "u1",
            "rl_trait": {"a": 1, "é": "✓"},
            "rl_anonymous_id": "anon",
            "rl_group_id": "g",
            "rl_group_trait": {"b": [1]},
            "rl_page_init_referrer": "http://r.example.com/a",
            "rl_page_init_referring_domain": "r.example.com",
            "rl_auth_token": "t",
        },
    ),
    _on_a_page(
        "visit: referrer stored, no domain", "sdk.page()", leaves={"rl_page_init_referrer": "http://r.example.com:81/a"}
    ),
    _on_a_page(
        "visit: domain stored, no referrer", "sdk.page()", leaves={"rl_page_init_referring_domain": "r.example.com"}
    ),
    _on_a_page(
        "visit: plain JSON stored",
        "sdk.track('e')",
        raw={"rl_user_id": '"u1"', "rl_trait": '{"a":1}', "rl_anonymous_id": '"anon"'},
    ),
    _on_a_page(
        "visit: unreadable values stored",
        "sdk.track('e')",
        raw={"rl_user_id": "RS_ENC_v3_%%%", "rl_trait": "nonsense", "rl_anonymous_id": "RS_ENC_v3_bm9u"},
    ),
    _on_a_page(
        "visit: values of another kind",
        "sdk.track('e')",
        leaves={"rl_user_id": 5, "rl_trait": "text", "rl_group_id": True, "rl_group_trait": [1]},
    ),
    _on_a_page(
        "visit: null and empty values",
        "sdk.track('e')",
        leaves={"rl_user_id": None, "rl_trait": {}, "rl_anonymous_id": "", "rl_group_trait": None},
    ),
    _on_a_page("visit: large traits", "sdk.identify('u1', {text: 'x'.repeat(5000)})", "sdk.track('e')"),
    _on_a_page("visit: traits just fit", "sdk.identify('u1', {text: 'x'.repeat(2900)})"),
    _on_a_page("visit: cookie attributes", _KNOWN, load={"sameSiteCookie": "Strict"}),
]

_GETTERS = "note([sdk.getUserId(), sdk.getUserTraits(), sdk.getGroupId(), sdk.getAnonymousId(), sdk.getSessionId()])"


def _kept(name: str, *calls: str, **storage: Any) -> Scenario:
    """Two pages with this load option `storage`."""
    return Scenario(
        f"storage: {name}",
        (
            Opened((_KNOWN, "sdk.group('g', {b: 1})", *calls, _GETTERS), load={"storage": storage}),
            Opened(("sdk.page()", _GETTERS), load={"storage": storage}),
        ),
    )


# [js 3.3, 3.4, 3.5]
STORAGE = [
    _kept("localStorage", type="localStorage"),
    _kept("sessionStorage", type="sessionStorage"),
    _kept("memory", type="memoryStorage"),
    _kept("none", "sdk.setAnonymousId('a1')", "sdk.startSession()", "sdk.alias('u2')", type="none"),
    _kept("a value each", entries={"userId": {"type": "localStorage"}, "userTraits": {"type": "sessionStorage"}}),
    _kept("all but one none", type="none", entries={"userId": {"type": "cookieStorage"}}),
    _kept("no anonymousId", "sdk.reset(true)", entries={"anonymousId": {"type": "none"}}),
    _kept("no session", "sdk.startSession()", entries={"sessionInfo": {"type": "none"}}),
    _kept("cookie attributes", cookie={"path": "/site", "samesite": "Strict", "domain": "127.0.0.1", "maxage": 60_000}),
    _kept("until the browser is closed", cookie={"maxage": 0}),
    Scenario(
        "storage: cookies move",
        (Opened((_KNOWN,)), Opened(("sdk.track('e')",), load={"storage": {"type": "localStorage"}})),
    ),
    Scenario(
        "storage: cookies are left where nothing is kept",
        (Opened((_KNOWN,)), Opened(("sdk.track('e')", _GETTERS), load={"storage": {"type": "none"}})),
    ),
]

# [js 2.4, 2.7, 3.5, 3.8]
LOADED = [
    _on_a_page(
        "load: integrations for all",
        "sdk.track('a', {}, {integrations: {B: true}})",
        load={"integrations": {"A": False, "C": {"d": None}}, "useGlobalIntegrationsConfigInEvents": True},
    ),
    _on_a_page("load: integrations", "sdk.track('a')", load={"integrations": {"All": False}}),
    _on_a_page("load: client hints", "sdk.track('a', {}, {'ua-ch': {x: 1}})", load={"uaChTrackLevel": "default"}),
    _on_a_page("load: page views", "sdk.track('a')", "sdk.page()", load={"autoTrack": {"enabled": True}}),
    _on_a_page(
        "load: auto track without page views",
        "sdk.track('a')",
        load={"autoTrack": {"enabled": True, "pageLifecycle": {"enabled": False}}},
    ),
    _on_a_page(
        "load: Segment's cookie",
        "sdk.track('a')",
        load={"anonymousIdOptions": {"autoCapture": {"enabled": True, "source": "segment"}}},
        raw={"ajs_anonymous_id": "of segment"},
    ),
    _on_a_page(
        "load: Segment's cookie in quotes",
        "sdk.track('a')",
        load={"anonymousIdOptions": {"autoCapture": {"enabled": True, "source": "segment"}}},
        raw={"ajs_anonymous_id": '"of segment"'},
    ),
    _on_a_page(
        "load: Segment's storage",
        "sdk.track('a')",
        load={"anonymousIdOptions": {"autoCapture": {"enabled": True, "source": "segment"}}},
        raw={"ajs_anonymous_id": "of the cookie"},
        preloaded="(localStorage.ajs_anonymous_id = '\"of segment\"', [])",
    ),
    _on_a_page(
        "load: Segment's cookie beside one of ours",
        "sdk.track('a')",
        load={"anonymousIdOptions": {"autoCapture": {"enabled": True, "source": "segment"}}},
        raw={"ajs_anonymous_id": "of segment"},
        leaves={"rl_anonymous_id": "ours"},
    ),
    _on_a_page(
        "load: a cookie with the anonymousId",
        "sdk.track('a')",
        _GETTERS,
        load={"externalAnonymousIdCookieName": "own"},
        raw={"own": "é named; x"},
        leaves={"rl_anonymous_id": "ours"},
    ),
    _on_a_page(
        "load: a cookie with the anonymousId that is not there",
        "sdk.track('a')",
        load={"externalAnonymousIdCookieName": "own"},
        leaves={"rl_anonymous_id": "ours"},
    ),
]

_ASKING = (
    "?ajs_aid=a+1&ajs_uid=u%261&ajs_trait_plan=pro&ajs_trait_plan=free&ajs_trait_=&ajs_event=Came&ajs_prop_by=mail"
)

# [js 1.12]
ADDRESS = [
    _on_a_page("address: all", "sdk.track('a')", address=_ASKING),
    _on_a_page("address: all, preloaded", preloaded="[['track', 'a'], ['identify', 'u2', {b: 1}]]", address=_ASKING),
    _on_a_page("address: traits alone", _KNOWN, address="?ajs_trait_a=&ajs_prop_x=1&ajs_event=&ajs_uid="),
    _on_a_page("address: an event alone", address="?ajs_event=Came&ajs_prop_a.b=1#ajs_uid=u1"),
]

# [js 1.11, 1.12]: calls of before the client is up
EARLY = [
    _on_a_page("early: track", "sdk.track('a', {n: 1})", "sdk.track('b')", early=True),
    _on_a_page("early: identify, track, page", _KNOWN, "sdk.track('a')", "sdk.page('N')", early=True),
    _on_a_page("early: group, alias", "sdk.group('g', {a: 1})", "sdk.alias('u2')", early=True),
    _on_a_page("early: reset", _KNOWN, "sdk.reset(true)", "sdk.track('a')", early=True),
    _on_a_page("early: setAnonymousId", "sdk.setAnonymousId('a1')", "sdk.track('a')", early=True),
    _on_a_page("early: startSession", "sdk.startSession(1234567890)", "sdk.track('a')", early=True),
    _on_a_page("early: endSession", "sdk.endSession()", "sdk.track('a')", early=True),
    _on_a_page("early: callback", "sdk.track('a', {}, {}, (m) => note(m.event))", early=True, notes=1),
    _on_a_page("early: arguments changed later", "const p = {a: 1}; sdk.track('e', p); p.a = 2", early=True),
    _on_a_page("early: another user", _KNOWN, "sdk.identify('u2', {b: 1})", early=True),
    _on_a_page(
        "early: getters",
        "note([sdk.getUserId(), sdk.getUserTraits(), sdk.getGroupId(), sdk.getGroupTraits()])",
        early=True,
    ),
    _on_a_page("preloaded: track", preloaded="[['track', 'a', {n: 1}], ['track', 'b']]"),
    _on_a_page(
        "preloaded: all kinds",
        preloaded="[['identify', 'u1', {a: 1}], ['track', 'a'], ['page', 'C', 'N'], ['group', 'g'], ['alias', 'u2']]",
    ),
    _on_a_page("preloaded: unknown methods", preloaded="[['nonsense', 1], [], ['track', 'a']]"),
    _on_a_page("preloaded: reset, setAnonymousId", preloaded="[['setAnonymousId', 'a1'], ['reset'], ['track', 'a']]"),
    _on_a_page(
        "preloaded: sessions",
        preloaded="[['startSession', 1234567890], ['track', 'a'], ['endSession'], ['track', 'b']]",
    ),
    _on_a_page("preloaded: callback", preloaded="[['track', 'a', {}, {}, (m) => note(m.event)]]", notes=1),
    _on_a_page(
        "preloaded: odd arguments",
        preloaded="[['track', 'a', {d: new Date(0), n: null}, {integrations: {A: false}}], ['page']]",
    ),
    _on_a_page("preloaded: then called", "sdk.track('b')", preloaded="[['track', 'a']]"),
    # Not with an early call: whether the official SDK sends that before or after the preloaded one is a race.
]

_CUSTOM = {"enabled": True, "provider": "custom"}
_IDS = "{consentManagement: {allowedConsentIds: ['C1'], deniedConsentIds: ['C2']}}"
_ONE_TRUST = """<script>
OneTrust = {GetDomainData: () => ({Groups: [{CustomGroupId: "C1"}, {CustomGroupId: "C2"}]})};
OnetrustActiveGroups = ",C1,";
</script>"""


def _told(name: str) -> tuple[str, ...]:
    """A consent manager of which the page hears later, by the functions that the SDK installs [js 7.1]."""
    note = f"note([get{name}UserConsentedPurposes(), get{name}UserDeniedPurposes()])"
    return (
        f"sdk.track('a'); {note}",
        f"update{name}Consent({{a: false, b: true, c: true}})",
        note,
        "sdk.track('b')",
        f"update{name}Consent({{}})",
        note,
        "sdk.track('c')",
        "sdk.consent()",
        note,
        "sdk.track('d')",
    )


def _before_consent(name: str, *calls: str, leaves: dict[str, Any] | None = None, **before: Any) -> Scenario:
    load = {"preConsent": {"enabled": True} | before, "consentManagement": _CUSTOM}
    return _on_a_page(f"consent: {name}", *calls, load=load, leaves=leaves or {})


# [js 7]; where messages wait, one statement holds all calls up to the decision: the driver waits for their delivery.
CONSENT = [
    _on_a_page(
        "consent: ids at load", "sdk.track('a')", load={"consentManagement": _CUSTOM | {"allowedConsentIds": ["C"]}}
    ),
    _on_a_page("consent: no ids", "sdk.track('a')", load={"consentManagement": _CUSTOM}),
    _on_a_page("consent: not enabled", "sdk.track('a')", load={"consentManagement": {"provider": "custom"}}),
    _on_a_page(
        "consent: never overridden",
        "sdk.track('a', {}, {consentManagement: {x: 1}, context: {consentManagement: 5}})",
        load={"consentManagement": _CUSTOM},
    ),
    _on_a_page(
        "consent: later",
        "sdk.track('a')",
        f"sdk.consent({_IDS})",
        "sdk.track('b')",
        "sdk.consent()",
        "sdk.track('c')",
        load={"consentManagement": _CUSTOM},
    ),
    _on_a_page(
        "consent: tracked",
        f"sdk.consent({{...{_IDS}, trackConsent: true, sendPageEvent: true}})",
        "sdk.consent({trackConsent: 'true', sendPageEvent: 1})",
        load={"consentManagement": _CUSTOM},
    ),
    _on_a_page("consent: without management", f"sdk.consent({_IDS})", "sdk.track('a')"),
    _on_a_page(
        "consent: integrations",
        "sdk.track('a')",
        "sdk.consent({integrations: {All: true, B: false}})",
        "sdk.track('b')",
        load={"consentManagement": _CUSTOM, "useGlobalIntegrationsConfigInEvents": True, "integrations": {"A": False}},
    ),
    _on_a_page(
        "consent: storage",
        _KNOWN,
        "sdk.consent({storage: {type: 'localStorage', entries: {groupId: {type: 'none'}}}})",
        "sdk.group('g')",
        "sdk.track('a')",
        load={"consentManagement": _CUSTOM},
    ),
    _on_a_page(
        "consent: oneTrust",
        "sdk.track('a')",
        head=_ONE_TRUST,
        load={"consentManagement": _CUSTOM | {"provider": "oneTrust"}},
    ),
    _on_a_page(
        "consent: oneTrust, later",
        "OnetrustActiveGroups = 'C1,C2'; sdk.consent(); sdk.track('a')",
        head=_ONE_TRUST,
        load={"consentManagement": _CUSTOM | {"provider": "oneTrust"}},
    ),
    _on_a_page(
        "consent: ketch",
        "sdk.track('a')",
        head="<script>ketchConsent = {a: true, b: false}</script>",
        load={"consentManagement": _CUSTOM | {"provider": "ketch"}},
    ),
    _on_a_page(
        "consent: ketch's cookie",
        "sdk.track('a')",
        raw={"_ketch_consent_v1_": "eyJhIjp7InN0YXR1cyI6ImdyYW50ZWQifSwiYiI6eyJzdGF0dXMiOiJkZW5pZWQifX0="},
        load={"consentManagement": _CUSTOM | {"provider": "ketch"}},
    ),
    _on_a_page(
        "consent: iubenda",
        "sdk.track('a')",
        head="<script>_iub = {cs: {consent: {purposes: {1: true, 2: false}}}}</script>",
        load={"consentManagement": _CUSTOM | {"provider": "iubenda"}},
    ),
    _on_a_page(
        "consent: ketch tells more later",
        *_told("Ketch"),
        head="<script>ketchConsent = {a: true, b: false}</script>",
        load={"consentManagement": _CUSTOM | {"provider": "ketch"}},
    ),
    _on_a_page(
        "consent: iubenda tells more later",
        *_told("Iubenda"),
        head="<script>_iub = {cs: {consent: {purposes: {a: true, b: false}}}}</script>",
        load={"consentManagement": _CUSTOM | {"provider": "iubenda"}},
    ),
    _on_a_page(
        "consent: ketch, where ids are given",
        "note(typeof getKetchUserConsentedPurposes)",
        "sdk.track('a')",
        load={"consentManagement": _CUSTOM | {"provider": "ketch", "allowedConsentIds": ["c"]}},
    ),
    _on_a_page(
        "consent: ketch, then ids are given",
        "sdk.consent({consentManagement: {allowedConsentIds: ['d'], deniedConsentIds: ['e']}})",
        "note([getKetchUserConsentedPurposes(), getKetchUserDeniedPurposes(), typeof updateIubendaConsent])",
        "sdk.track('a')",
        head="<script>ketchConsent = {a: true, b: false}</script>",
        load={"consentManagement": _CUSTOM | {"provider": "ketch"}},
    ),
    _before_consent(
        "none, at once", "sdk.track('a')", _KNOWN, "sdk.track('b')", "sdk.group('g', {a: 1})", "sdk.alias('x')"
    ),
    _before_consent(
        "none, at once, a known visitor", "sdk.track('a')", leaves={"rl_user_id": "u0", "rl_trait": {"a": 1}}
    ),
    _before_consent("session, at once", "sdk.track('a')", _KNOWN, "sdk.track('b')", storage={"strategy": "session"}),
    _before_consent(
        "anonymousId, at once", "sdk.track('a')", _KNOWN, "sdk.track('b')", storage={"strategy": "anonymousId"}
    ),
    _before_consent("at once, then the decision", "sdk.track('a')", f"sdk.consent({_IDS})", "sdk.track('b')"),
    _before_consent("who was identified, at once", _KNOWN, f"sdk.consent({_IDS})", "sdk.track('b')"),
    _before_consent("buffered", f"sdk.track('a'); sdk.track('b'); sdk.consent({_IDS})", events={"delivery": "buffer"}),
    _before_consent(
        "who was identified, buffered", f"{_KNOWN}; sdk.track('a'); sdk.consent({_IDS})", events={"delivery": "buffer"}
    ),
    _before_consent(
        "discarded", "sdk.track('a'); sdk.consent({discardPreConsentEvents: true})", events={"delivery": "buffer"}
    ),
    _on_a_page(
        "consent: decided before",
        "sdk.track('a')",
        load={"preConsent": {"enabled": True}, "consentManagement": _CUSTOM | {"deniedConsentIds": []}},
    ),
    _on_a_page("consent: preConsent alone", "sdk.track('a')", load={"preConsent": {"enabled": True}}),
    _on_a_page(
        "redact: tokens in addresses",
        "sdk.page({url: 'https://a.example/?token=1&a=2', tab_url: 'https://a.example/#code=3', "
        "search: '?token=1&a=2'})",
        referrer="http://r.example.com/?email=x",
    ),
    _on_a_page("redact: nothing", "sdk.page()", address="?token=1", load={"redact": []}),
]

ALL = [
    *IDENTIFY,
    *TRAITS,
    *TRACK,
    *PAGE,
    *CAMPAIGN,
    *GROUP,
    *ALIAS,
    *OPTIONS,
    *RESET,
    *SETTERS,
    *LINKER,
    *NAMED,
    *SESSIONS,
    *VISITS,
    *STORAGE,
    *LOADED,
    *ADDRESS,
    *CONSENT,
    *EARLY,
]
