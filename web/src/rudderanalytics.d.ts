// The public face of `window.rudderanalytics`, for editors and type checkers: put this file beside your sources, or
// name it in `types`. The script itself is dist/rudderanalytics.js.

export interface Address {
  city?: string;
  country?: string;
  postalCode?: string;
  state?: string;
  street?: string;
}

export interface Company {
  name?: string;
  id?: string | number;
  industry?: string;
  employee_count?: number;
  plan?: string;
}

/** The reserved traits of the Identify documentation; any other key is welcome. Dates are sent as ISO-8601. */
export interface Traits {
  id?: string;
  firstName?: string;
  lastName?: string;
  /** Filled in the message from `firstName` and `lastName` where both are there. */
  name?: string;
  age?: number;
  email?: string;
  phone?: string;
  address?: Address;
  birthday?: string | Date;
  company?: Company;
  createdAt?: string | Date;
  description?: string;
  gender?: string;
  title?: string;
  username?: string;
  website?: string;
  avatar?: string;
  [key: string]: unknown;
}

/** Options of one call; every other key is merged into `context`. */
export interface CallOptions {
  anonymousId?: string;
  originalTimestamp?: string;
  integrations?: Record<string, unknown>;
  context?: Record<string, unknown>;
  [key: string]: unknown;
}

export type StorageType = "cookieStorage" | "localStorage" | "sessionStorage" | "memoryStorage" | "none";

export interface ConsentManagement {
  enabled?: boolean;
  provider?: "oneTrust" | "ketch" | "iubenda" | "custom" | "googleConsentMode" | "cookiebot" | "osano" | "cookieYes" | "usercentrics" | "klaro";
  allowedConsentIds?: string[];
  deniedConsentIds?: string[];
}

export interface ConsentOptions {
  /** The ids that the visitor allowed and denied; where both are left out, what the consent manager says. */
  consentManagement?: ConsentManagement;
  storage?: { type?: StorageType; entries?: { [name in keyof ResetEntries]?: { type: StorageType } } };
  /** Drop what was called before. */
  discardPreConsentEvents?: boolean;
  integrations?: Record<string, unknown>;
  sendPageEvent?: boolean;
  trackConsent?: boolean;
}

/** A page view that is about to be made. */
export interface PageView {
  url: string;
  title: string;
  /** The address before. */
  referrer: string;
  navigationType: "navigate" | "reload" | "back_forward" | "prerender" | "back_forward_cache" | "push" | "replace" | "traverse";
}

export interface PageViewsOption {
  /** Default true, where there is an object. */
  enabled?: boolean;
  /** Fragments (`#/cart`) are addresses; default false. */
  hash?: boolean;
  /** Names a view (by its name, or more), or drops it (null or false). It must answer at once; where it throws, the view has no name. */
  before?: (view: PageView) => string | { name?: string; category?: string; properties?: Record<string, unknown> } | null | false | undefined | void;
}

export interface LoadOptions {
  /** npm package: what runs Python; default "pyodide". "host": the page's own PyScript or Pyodide. */
  runtime?: "pyodide" | "micropython" | "host";
  /** npm package: where its `assets` folder (or `dist/`) is, if the bundler copies no files. */
  assetsUrl?: string;
  /** Default false: may `?rudder_debug=1` in the page's address do the same as `debug()`, for one visit? */
  debugParameter?: boolean;
  /** Script tag: `data-assets-url` may be of another origin than the script's own, whose scripts then run unchecked. */
  crossOriginAssets?: boolean;
  /** Default "WARN". */
  logLevel?: "LOG" | "INFO" | "DEBUG" | "WARN" | "ERROR" | "NONE";
  /** In ms: `timeout`, default 1,800,000; `cutOff.duration`, default 43,200,000. */
  sessions?: { autoTrack?: boolean; timeout?: number; cutOff?: { enabled?: boolean; duration?: number } };
  /** Default {All: true}; used where `useGlobalIntegrationsConfigInEvents` is true: then a call's own ones are not. */
  integrations?: Record<string, unknown>;
  useGlobalIntegrationsConfigInEvents?: boolean;
  sameSiteCookie?: "Strict" | "Lax" | "None";
  secureCookie?: boolean;
  setCookieDomain?: string;
  sameDomainCookiesOnly?: boolean;
  /** Default false: a cookie service of the site sets the cookies, so that Safari keeps them for longer than 7 days. */
  useServerSideCookies?: boolean;
  /** The path of that service, below the widest domain, or its whole address; default "rsaRequest". */
  dataServiceEndpoint?: string;
  /** Where the visitor's identity is kept: for all values, and for one of them. */
  storage?: {
    type?: StorageType;
    entries?: { [name in keyof ResetEntries]?: { type: StorageType } };
    /** `maxage` in ms, default one year; 0: until the browser is closed, or `expires`. */
    cookie?: {
      maxage?: number;
      expires?: Date | string;
      path?: string;
      domain?: string;
      samesite?: "Strict" | "Lax" | "None";
      secure?: boolean;
      /** Cookies of a frame in another site's page, kept for that top page only (CHIPS); implies SameSite=None and Secure. */
      partitioned?: boolean;
    };
    /** "legacy": plain JSON is stored, which every version of the official SDK reads. */
    encryption?: { version: "v3" | "legacy" };
    migrate?: boolean;
  };
  /** Where nothing is stored yet: take Segment's anonymousId. */
  anonymousIdOptions?: { autoCapture?: { enabled?: boolean; source?: "segment" } };
  /** The cookie that holds the anonymousId, whatever is stored. */
  externalAnonymousIdCookieName?: string;
  /** `context["ua-ch"]`; default "none". */
  uaChTrackLevel?: "none" | "default" | "full";
  autoTrack?: {
    /** `context.autoTrack.page.pageViewId`, a UUID of this page. */
    enabled?: boolean;
    /** Options of the calls that it makes. */
    options?: CallOptions;
    /** A track message `Page Unloaded` as the page is left: `timeOnPage`, `visibleTime` in ms. */
    pageLifecycle?: { enabled?: boolean; events?: "Page Unloaded"[]; options?: CallOptions };
    /** A `page` message as the page is opened, and one for each new address within it; default false. */
    pageViews?: boolean | PageViewsOption;
    /** What nobody caught, of JavaScript and of Python, as track messages `Error`; default false. */
    errors?: boolean;
  };
  /** Delays in ms, `batch.maxSize` in bytes. */
  queueOptions?: { minRetryDelay?: number; maxRetryDelay?: number; resendUnanswered?: boolean; batch?: { maxItems?: number; maxSize?: number } };
  /** Called when Python is up. */
  onLoaded?: (client: RudderAnalytics) => void;
  /** Bytes of undelivered messages kept in localStorage, default 2,097,152; more are held in memory. */
  outboxMaxBytes?: number;
  /** What holds until `consent()` is called; "session" and "anonymousId" keep that value only, "none" none. */
  preConsent?: {
    enabled?: boolean;
    storage?: { strategy?: "none" | "session" | "anonymousId" };
    events?: { delivery?: "immediate" | "buffer" };
    /** Keep the decision in a cookie without an id: the next page acts on it. Default false. */
    remember?: boolean;
  };
  consentManagement?: ConsentManagement;
  /** Do nothing for visitors whose browser sends Global Privacy Control, or Do Not Track; default false. */
  respectGPC?: boolean;
  respectDNT?: boolean;
  /**
   * What a link to the page may say with `ajs_...`; default true: everything. "anonymous": nothing of who the visitor is.
   * Whoever makes a link can say it.
   */
  queryStringApi?: boolean | "anonymous";
  /** Names of query parameters that are taken out of the page's addresses; [] for none. */
  redact?: string[];
  /**
   * Sees each message before it is accepted, and answers with what is sent: the message, changed or not (`messageId` and
   * `type` must stay), or null or false, which drops it (reason `before_send`).
   */
  beforeSend?: (message: Message) => Message | null | false | Promise<Message | null | false>;
  /** What becomes of a message where `beforeSend` fails; default "drop". */
  beforeSendFailure?: "drop" | "send";

  // Of the official SDK: they are taken, do nothing, and get a line in the console.
  /** @deprecated It does nothing here: there is no control plane. */
  configUrl?: unknown;
  /** @deprecated It does nothing here: there is no control plane. */
  getSourceConfig?: unknown;
  /** @deprecated It does nothing here: there is no control plane. */
  sourceConfigurationOverride?: unknown;
  /** @deprecated It does nothing here: there is no control plane. */
  lockIntegrationsVersion?: unknown;
  /** @deprecated It does nothing here: there is no control plane. */
  lockPluginsVersion?: unknown;
  /** @deprecated It does nothing here: nothing is sent to destinations from the page. */
  loadIntegration?: unknown;
  /** @deprecated It does nothing here: nothing is sent to destinations from the page. */
  destSDKBaseURL?: unknown;
  /** @deprecated It does nothing here: nothing is sent to destinations from the page. */
  destinationsQueueOptions?: unknown;
  /** @deprecated It does nothing here: nothing is sent to destinations from the page. */
  sendAdblockPage?: unknown;
  /** @deprecated It does nothing here: nothing is sent to destinations from the page. */
  sendAdblockPageOptions?: unknown;
  /** @deprecated It does nothing here: nothing is sent to destinations from the page. */
  bufferDataPlaneEventsUntilReady?: unknown;
  /** @deprecated It does nothing here: nothing is sent to destinations from the page. */
  dataPlaneEventsBufferTimeout?: unknown;
  /** @deprecated It does nothing here: it is all in one script. */
  plugins?: unknown;
  /** @deprecated It does nothing here: it is all in one script. */
  pluginsSDKBaseURL?: unknown;
  /** @deprecated It does nothing here: it is all in one script. */
  polyfillIfRequired?: unknown;
  /** @deprecated It does nothing here: it is all in one script. */
  polyfillURL?: unknown;
  /** @deprecated It does nothing here: `fetch` with `keepalive` outlives the page. */
  useBeacon?: unknown;
  /** @deprecated It does nothing here: `fetch` with `keepalive` outlives the page. */
  beaconQueueOptions?: unknown;
  /** @deprecated It does nothing here: `fetch` with `keepalive` outlives the page. */
  transportMode?: unknown;
}

export type Message = Record<string, unknown> & { type: string; messageId: string; anonymousId: string; userId: string };
export type Callback = (message: Message) => void;
/** An object, and no array. */
type Properties = { [key: string]: unknown } & { readonly length?: number | string; readonly concat?: never };
type Id = string | number;

/** Why a message was dropped. */
export type DropReason =
  | "before_send"
  | "before_send_failed"
  | "consent"
  | "discarded"
  | "expired"
  | "failed"
  | "overflow"
  | "rejected"
  | "too_large"
  | "unauthorised";

/** A try that failed: its status (0: no answer), why, and when the next one is (epoch ms; null: when there is reason). */
export interface Failed {
  messageIds: string[];
  status: number;
  reason: string;
  nextTry: number | null;
}

/** What became of the calls that `flush` waited for. */
export interface Flushed {
  delivered: number;
  dropped: number;
  pending: number;
}

/** Counts of messages since the page was opened: accepted is what is delivered, dropped and pending together, once Python has acted on all calls, but for what pages before left. */
export interface Stats extends Omit<Flushed, "dropped"> {
  accepted: number;
  retried: number;
  /** Those of which nobody knows whether they had arrived, sent again. */
  repeated: number;
  dropped: { [reason in DropReason]?: number };
  /** Why the last try failed. */
  lastFailure?: string;
  /** The page needed all of the interpreter. */
  fallbacks?: number;
}

export interface ResetEntries {
  userId?: boolean;
  userTraits?: boolean;
  anonymousId?: boolean;
  groupId?: boolean;
  groupTraits?: boolean;
  initialReferrer?: boolean;
  initialReferringDomain?: boolean;
  sessionInfo?: boolean;
  authToken?: boolean;
}

export interface RudderAnalytics {
  readonly version: string;
  load(writeKey: string, dataPlaneUrl: string, options?: LoadOptions): void;
  ready(callback: () => void): void;

  /** These return the messageId, a UUID. The last argument may be a callback, called when the message is accepted. */
  identify(userId: Id | null, traits?: Traits | null, options?: CallOptions | null, callback?: Callback): string;
  identify(userId: Id, traits: Traits | null, callback: Callback): string;
  identify(userId: Id, callback: Callback): string;
  identify(traits: Traits, options?: CallOptions | null | Callback, callback?: Callback): string;
  track(event: string, properties?: Properties | null, options?: CallOptions | null, callback?: Callback): string;
  track(event: string, properties: Properties | null, callback: Callback): string;
  track(event: string, callback: Callback): string;
  page(category: string, name: string, properties?: Properties | null, options?: CallOptions | null, callback?: Callback): string;
  page(name: string, properties?: Properties | null, options?: CallOptions | null, callback?: Callback): string;
  page(properties?: Properties, options?: CallOptions | null, callback?: Callback): string;
  page(category: string, name: string, properties: Properties | null, callback: Callback): string;
  page(category: string, name: string, callback: Callback): string;
  page(name: string, properties: Properties | null, callback: Callback): string;
  page(name: string, callback: Callback): string;
  page(properties: Properties, callback: Callback): string;
  page(callback: Callback): string;
  group(groupId: Id | null, traits?: Properties | null, options?: CallOptions | null, callback?: Callback): string;
  group(traits: Properties, options?: CallOptions | null, callback?: Callback): string;
  group(groupId: Id, traits: Properties | null, callback: Callback): string;
  group(groupId: Id, callback: Callback): string;
  group(traits: Properties, callback: Callback): string;
  alias(to: Id, from?: Id | null, options?: CallOptions | null, callback?: Callback): string;
  alias(to: Id, from: Id | null, callback: Callback): string;
  alias(to: Id, callback: Callback): string;

  /** Forget the user, traits, group and session; `true` (or `entries.anonymousId`): make another anonymousId too. */
  reset(anonymousId?: boolean | { entries: ResetEntries }): void;
  getUserId(): string;
  getUserTraits(): Traits;
  getAnonymousId(): string;
  /** Without an id: the one in a link from an AMP page (Google's linker parameter), or another UUID. */
  setAnonymousId(anonymousId?: string | null, linker?: string): void;
  getGroupId(): string;
  getGroupTraits(): Record<string, unknown>;
  getSessionId(): number | null;
  startSession(sessionId?: number): void;
  endSession(): void;
  setAuthToken(token: string | null): void;
  /** The visitor decided: what may be stored is, what waited is sent. */
  consent(options?: ConsentOptions): void;
  /**
   * The visitor takes everything back: all of ours is removed from this browser, what is undelivered too, in all tabs; then
   * it is as before consent: nothing is stored or sent until `consent()`.
   */
  revoke(): void;

  /** Settles when everything called so far is delivered or dropped, or after so many ms, with what is still pending. */
  flush(timeout?: number): Promise<Flushed>;
  /** What became of all that this page called or adopted from pages before it; `dropped` goes by reason. */
  stats(): Stats;
  /** Shows in the console how things are, and from now on each call, message and delivery, as `logLevel: "DEBUG"` does. */
  debug(): void;
  /** Returns what takes the listener off again. */
  on(name: "ready", listener: () => void): () => void;
  on(name: "message", listener: Callback): () => void;
  on(name: "delivered", listener: (detail: { messageId: string }) => void): () => void;
  on(name: "dropped", listener: (detail: { messageId: string; reason: DropReason }) => void): () => void;
  on(name: "failed", listener: (detail: Failed) => void): () => void;
  /**
   * The client of a write key: for another than the page's first one, a client of its own, with its own `load`, options and
   * outbox; the visitor is the same.
   */
  getAnalyticsInstance(writeKey?: string): RudderAnalytics;
  /** A buffered call: `[method, ...arguments]`. */
  push(entry: [method: string, ...given: unknown[]]): void;
}

declare global {
  interface Window {
    rudderanalytics: RudderAnalytics;
    /** A page may ask for `micropython/rudderanalytics.wasm` itself, ahead of the script tag that will want it. */
    rudderanalyticsWasm?: Promise<Response>;
  }
  const rudderanalytics: RudderAnalytics;
}
