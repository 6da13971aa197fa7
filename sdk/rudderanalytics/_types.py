"""Shapes for editors and type checkers. Never imported at run time: MicroPython has no `typing`."""

from collections.abc import Callable
from datetime import date, datetime
from types import ModuleType
from typing import TypedDict


class Address(TypedDict, total=False):
    """The reserved trait `address`."""

    city: str
    country: str
    postalCode: str
    state: str
    street: str


class Company(TypedDict, total=False):
    """The reserved trait `company`."""

    name: str
    id: str | int
    industry: str
    employee_count: int
    plan: str


class Traits(TypedDict, total=False):
    """The reserved traits of the Identify documentation; any other key may be given too, in a plain dict."""

    id: str
    firstName: str
    lastName: str
    name: str
    age: int | float
    email: str
    phone: str
    address: Address
    birthday: str | date | datetime
    company: Company
    createdAt: str | date | datetime
    description: str
    gender: str
    title: str
    username: str
    website: str
    avatar: str


class Options(TypedDict, total=False):
    """The options of one call; every other key is merged into `context`."""

    anonymousId: str
    originalTimestamp: str
    integrations: dict[str, object]
    context: dict[str, object]


class ConsentManagement(TypedDict, total=False):
    """The load option `consent_management`; `provider`: `custom`, `oneTrust`, `ketch`, `iubenda`."""

    enabled: bool
    provider: str
    allowed_consent_ids: list[str]
    denied_consent_ids: list[str]


class ConsentOptions(TypedDict, total=False):
    """What `consent` takes (README, "Privacy")."""

    consent_management: ConsentManagement
    storage: dict[str, object]
    integrations: dict[str, object]
    discard_pre_consent_events: bool
    send_page_event: bool
    track_consent: bool


class LoadOptions(TypedDict, total=False):
    """What `load` takes (README, "Load options"); times in ms, sizes in bytes."""

    log_level: str
    sessions: dict[str, object]
    integrations: dict[str, object]
    use_global_integrations_config_in_events: bool
    same_site_cookie: str
    secure_cookie: bool
    set_cookie_domain: str
    same_domain_cookies_only: bool
    storage: dict[str, object]
    anonymous_id_options: dict[str, object]
    external_anonymous_id_cookie_name: str
    ua_ch_track_level: str
    auto_track: dict[str, object]
    queue_options: dict[str, object]
    pre_consent: dict[str, object]
    consent_management: ConsentManagement
    respect_gpc: bool
    respect_dnt: bool
    outbox_max_bytes: int
    before_send: Callable[[dict[str, object]], object]
    redact: list[str]
    on_loaded: Callable[[ModuleType], object]


class Flushed(TypedDict):
    """What became of the calls that `flush` waited for."""

    delivered: int
    dropped: int
    pending: int


class Stats(TypedDict):
    """Counts of messages since the page was opened."""

    accepted: int
    delivered: int
    retried: int
    dropped: dict[str, int]
    pending: int


class Place(TypedDict):
    """An address in parts: scheme and host, path, and search with its question mark."""

    origin: str
    path: str
    search: str


class System(TypedDict):
    """`context.os`."""

    name: str
    version: str


class Screen(TypedDict):
    """`context.screen`; lengths in CSS pixels."""

    width: int
    height: int
    density: float
    innerWidth: int
    innerHeight: int


class Page(Place):
    """What the page saw when a call was made (web/src/page.js)."""

    href: str
    query: list[tuple[str, str]]
    title: str
    referrer: str
    referrerHost: str
    canonical: Place | None
    userAgent: str
    brave: bool
    snippetVersion: str
    locale: str
    timezone: str
    os: System
    uaCh: dict[str, object]
    screen: Screen
