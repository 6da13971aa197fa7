"""Shapes for editors and type checkers. Never imported at run time: MicroPython has no `typing`."""

from collections.abc import Callable
from datetime import date, datetime
from types import ModuleType
from typing import Any, Literal, NotRequired, TypedDict


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


StorageType = Literal["cookieStorage", "localStorage", "sessionStorage", "memoryStorage", "none"]
SameSite = Literal["Strict", "Lax", "None"]
LogLevel = Literal["LOG", "INFO", "DEBUG", "WARN", "ERROR", "NONE"]


class ConsentManagement(TypedDict, total=False):
    """The load option `consent_management`."""

    enabled: bool
    provider: Literal[
        "custom",
        "oneTrust",
        "ketch",
        "iubenda",
        "googleConsentMode",
        "cookiebot",
        "osano",
        "cookieYes",
        "usercentrics",
        "klaro",
    ]
    allowed_consent_ids: list[str]
    denied_consent_ids: list[str]


class StorageEntry(TypedDict):
    """Where one value is kept."""

    type: StorageType


class StorageEntries(TypedDict, total=False):
    """Where each value of the visitor's identity is kept."""

    user_id: StorageEntry
    user_traits: StorageEntry
    anonymous_id: StorageEntry
    group_id: StorageEntry
    group_traits: StorageEntry
    initial_referrer: StorageEntry
    initial_referring_domain: StorageEntry
    session_info: StorageEntry
    auth_token: StorageEntry


class ResetEntries(TypedDict, total=False):
    """What `reset(entries=...)` forgets."""

    user_id: bool
    user_traits: bool
    anonymous_id: bool
    group_id: bool
    group_traits: bool
    initial_referrer: bool
    initial_referring_domain: bool
    session_info: bool
    auth_token: bool


class ConsentStorageOption(TypedDict, total=False):
    """The option `storage` of `consent`."""

    type: StorageType
    entries: StorageEntries


class ConsentOptions(TypedDict, total=False):
    """What `consent` takes."""

    consent_management: ConsentManagement
    storage: ConsentStorageOption
    integrations: dict[str, object]
    discard_pre_consent_events: bool
    send_page_event: bool
    track_consent: bool


class CutOffOption(TypedDict, total=False):
    """Part of the load option `sessions`; `duration` in ms."""

    enabled: bool
    duration: int


class SessionsOption(TypedDict, total=False):
    """The load option `sessions`; `timeout` in ms."""

    auto_track: bool
    timeout: int
    cut_off: CutOffOption


class CookieOption(TypedDict, total=False):
    """Part of the load option `storage`; `maxage` in ms."""

    maxage: int
    expires: str | datetime
    path: str
    domain: str
    samesite: SameSite
    secure: bool
    partitioned: bool


class EncryptionOption(TypedDict):
    """Part of the load option `storage`."""

    version: Literal["v3", "legacy"]


class StorageOption(ConsentStorageOption, total=False):
    """The load option `storage`."""

    cookie: CookieOption
    encryption: EncryptionOption
    migrate: bool


class AutoCaptureOption(TypedDict, total=False):
    """Part of the load option `anonymous_id_options`."""

    enabled: bool
    source: Literal["segment", "Segment"]


class AnonymousIdOption(TypedDict, total=False):
    """The load option `anonymous_id_options`."""

    auto_capture: AutoCaptureOption


class PageLifecycleOption(TypedDict, total=False):
    """Part of the load option `auto_track`."""

    enabled: bool
    events: list[Literal["Page Unloaded"]]
    options: Options


class PageViewsOption(TypedDict, total=False):
    """Part of the load option `auto_track`; `before_send` names views, or drops them."""

    enabled: bool
    hash: bool


class AutoTrackOption(TypedDict, total=False):
    """The load option `auto_track`."""

    enabled: bool
    options: Options
    page_lifecycle: PageLifecycleOption
    page_views: bool | PageViewsOption
    errors: bool


class BatchOption(TypedDict, total=False):
    """Part of the load option `queue_options`; `max_size` in bytes."""

    max_items: int
    max_size: int


class QueueOption(TypedDict, total=False):
    """The load option `queue_options`; delays in ms."""

    min_retry_delay: int
    max_retry_delay: int
    resend_unanswered: bool
    batch: BatchOption


class PreConsentStorage(TypedDict, total=False):
    """Part of the load option `pre_consent`."""

    strategy: Literal["none", "session", "anonymousId"]


class PreConsentEvents(TypedDict, total=False):
    """Part of the load option `pre_consent`."""

    delivery: Literal["immediate", "buffer"]


class PreConsentOption(TypedDict, total=False):
    """The load option `pre_consent`."""

    enabled: bool
    storage: PreConsentStorage
    events: PreConsentEvents
    remember: bool


class LoadOptions(TypedDict, total=False):
    """What `load` takes; times in ms, sizes in bytes."""

    log_level: LogLevel
    sessions: SessionsOption
    integrations: dict[str, object]
    use_global_integrations_config_in_events: bool
    same_site_cookie: SameSite
    secure_cookie: bool
    set_cookie_domain: str
    same_domain_cookies_only: bool
    use_server_side_cookies: bool
    data_service_endpoint: str
    storage: StorageOption
    anonymous_id_options: AnonymousIdOption
    external_anonymous_id_cookie_name: str
    ua_ch_track_level: Literal["none", "default", "full"]
    auto_track: AutoTrackOption
    queue_options: QueueOption
    pre_consent: PreConsentOption
    consent_management: ConsentManagement
    respect_gpc: bool
    respect_dnt: bool
    outbox_max_bytes: int
    before_send: Callable[[dict[str, Any]], object]
    before_send_failure: Literal["drop", "send"]
    query_string_api: bool | Literal["anonymous"]
    redact: list[str]
    on_loaded: Callable[[ModuleType], object]
    runtime: Literal["pyodide", "micropython", "host"]
    assets_url: str
    cross_origin_assets: bool
    debug_parameter: bool
    standalone: bool


class Delivered(TypedDict):
    """What a listener of `delivered` gets."""

    messageId: str


DropReason = Literal[
    "before_send",
    "before_send_failed",
    "consent",
    "discarded",
    "expired",
    "failed",
    "overflow",
    "rejected",
    "too_large",
    "unauthorised",
]


class Dropped(Delivered):
    """What a listener of `dropped` gets."""

    reason: DropReason


class Failed(TypedDict):
    """What a listener of `failed` gets; `status` 0: no answer; `nextTry` in epoch ms, None: when there is reason to."""

    messageIds: list[str]
    status: int
    reason: str
    nextTry: int | None


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
    repeated: int
    dropped: dict[DropReason, int]
    pending: int
    lastFailure: NotRequired[str]
    fallbacks: NotRequired[int]


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


# What crosses between the page and the core: `core/boundary.py` says what each is for. Times are epoch ms.


class Identity(TypedDict):
    """The nine values of a visitor; those of one who is not known are empty. A cookie may have held any session."""

    userId: str
    userTraits: dict[str, object]
    anonymousId: str
    groupId: str
    groupTraits: dict[str, object]
    initialReferrer: str
    initialReferringDomain: str
    sessionInfo: dict[str, object]
    authToken: str


class Policy(TypedDict):
    """What holds until the visitor decides, and after it."""

    buffers: bool
    hides: bool
    visible: list[str]
    anonymous: bool


class Consents(TypedDict):
    """What messages say of consent; `provider` None: nothing."""

    provider: str | None
    allowedConsentIds: list[str]
    deniedConsentIds: list[str]


class CutOff(TypedDict):
    """When a session ends though it is in use; `duration` in ms."""

    enabled: bool
    duration: NotRequired[int]


class Sessions(TypedDict):
    """The load option `sessions`; `timeout` in ms."""

    autoTrack: bool
    timeout: int
    cutOff: CutOff


class PageLifecycle(TypedDict):
    """Part of the load option `autoTrack`."""

    enabled: bool | None


class AutoTrack(TypedDict):
    """The load option `autoTrack`."""

    enabled: bool
    pageLifecycle: PageLifecycle


class Batch(TypedDict):
    """Part of the load option `queueOptions`; `maxSize` in bytes."""

    maxItems: int
    maxSize: int


class QueueOptions(TypedDict):
    """The load option `queueOptions`; delays in ms; `resendUnanswered` is the page's business."""

    minRetryDelay: int
    maxRetryDelay: int
    resendUnanswered: bool
    batch: Batch


class AcceptedOptions(TypedDict):
    """The load options that the core acts on, complete; others may be there."""

    sessions: Sessions
    integrations: dict[str, object]
    useGlobalIntegrationsConfigInEvents: bool
    autoTrack: AutoTrack
    queueOptions: QueueOptions
    beforeSendFailure: Literal["drop", "send"]
    redact: list[str]


class Input(TypedDict):
    """What every input has. `elapsed`: ms that the page is open; `online`: what the browser says when it is asked;
    `part` where the page is answered later and has no other input for now."""

    type: str
    now: int
    elapsed: NotRequired[int]
    online: NotRequired[bool]
    part: NotRequired[bool]


class Load(Input):
    """The page loads the client."""

    id: str
    at: int
    page: Page
    identity: Identity
    writeKey: str
    dataPlaneUrl: str
    options: AcceptedOptions
    policy: Policy
    consents: Consents
    owner: str
    runtime: str
    installType: str
    online: bool  # type: ignore[misc]
    coolUntil: str | None
    reviews: bool


class Call(Input):
    """A public method was called; `type` is its name in JavaScript."""

    id: str
    at: int
    page: Page
    arguments: list[object]
    identity: Identity
    fresh: str
    recovered: NotRequired[bool]


class Consented(Input):
    """The visitor decided."""

    policy: Policy
    consents: Consents
    discard: bool
    integrations: dict[str, object]
    identity: Identity


class Learned(Input):
    """A consent manager says more."""

    consents: Consents


class Reviewed(Input):
    """`beforeSend` answered; `size` is in bytes."""

    id: str
    message: NotRequired[object]
    size: NotRequired[int]
    error: NotRequired[str]


class Adopted(TypedDict):
    """A message that a page before this one stored; `size` is in bytes, `waited` in ms; `doubtful`: it was sent as a
    page was left, and nobody knows whether it arrived."""

    id: str
    type: str
    anonymousId: str
    at: int
    size: int
    waited: NotRequired[int]
    doubtful: NotRequired[bool]


class Adopt(Input):
    """What pages before this one left."""

    messages: list[Adopted]


class Response(Input):
    """The data plane answered, or nobody did (`status` 0); `retryAfter` is in ms."""

    delivery: int
    status: int
    retryAfter: int | None
    id: str
    movedTo: NotRequired[str]
    ids: NotRequired[list[str]]


class Lost(Input):
    """The page has no text of these messages of a delivery."""

    delivery: int
    ids: list[str]


class Forget(Input):
    """The visitor took back what allowed these messages."""

    ids: list[str]


class Hidden(Input):
    """The page is out of sight, or left."""

    parted: NotRequired[int | None]


class Keep(TypedDict):
    """Keep these values of the visitor's identity."""

    type: Literal["keep"]
    identity: dict[str, object]


class Accept(TypedDict):
    """A call became a message: `message`, or one that the page has."""

    type: Literal["accept"]
    id: str
    again: bool
    message: NotRequired[dict[str, object]]
    reviewed: NotRequired[Literal["asked", "answered"]]


class Review(TypedDict):
    """Show `beforeSend` a message."""

    type: Literal["review"]
    id: str
    message: dict[str, object]


class Send(TypedDict):
    """POST messages: now, or ("part") when the page is left."""

    type: Literal["send", "part"]
    delivery: int
    ids: list[str]
    url: str
    headers: dict[str, str]
    keepalive: bool


class Wake(TypedDict):
    """Give a tick at this time."""

    type: Literal["wake"]
    at: int | None


class Remember(TypedDict):
    """Keep this for the next page."""

    type: Literal["remember"]
    coolUntil: str | None


class Log(TypedDict):
    """One line for the console; of some kinds the page says more than this text."""

    type: Literal["log"]
    level: Literal["LOG", "INFO", "DEBUG", "WARN", "ERROR"]
    text: str
    kind: NotRequired[Literal["redirect", "key", "address", "failing", "network", "firewall", "stranger"]]


class Fail(TypedDict):
    """The input failed: one line for the console; a call that became no message is dropped."""

    type: Literal["fail"]
    text: str


class Emit(TypedDict):
    """Tell who listens."""

    type: Literal["emit"]
    name: Literal["ready", "retried", "failed", "delivered", "dropped"]
    ids: list[str]
    reason: NotRequired[str]
    status: NotRequired[int]
    nextTry: NotRequired[int | None]
