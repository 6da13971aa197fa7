// The shapes that JavaScript's side of the boundary speaks of; checked by tsc, never shipped.

/** What storage held: area -> storage key -> text; null for an area that the browser blocks. */
export interface Stored {
  cookie: Record<string, string> | null;
  localStorage: Record<string, string> | null;
  sessionStorage: Record<string, string> | null;
  memory: Record<string, string>;
}

export interface Place {
  origin: string;
  path: string;
  search: string;
}

/** What the page saw at a moment: sdk/rudderanalytics/_types.py names the same keys. */
export interface Page extends Place {
  href: string;
  query: [string, string][];
  title: string;
  referrer: string;
  referrerHost: string;
  canonical: Place | null;
  userAgent: string;
  brave: boolean;
  snippetVersion?: string;
  locale: string;
  timezone: string;
  uaCh?: object;
  os: { name: string; version: string };
  screen: { width: number; height: number; density: number; innerWidth: number; innerHeight: number };
}

/** A call as it was made: stamped, and kept under `key` until Python has turned it into a message. */
export interface Call {
  type: string;
  id: string;
  at: number;
  page: Page;
  arguments: unknown[];
  key?: string;
  /** Made before Python was up. */
  early?: boolean;
  /** Of `consent`: what consent managers said when it was called. */
  consents?: object;
  /** Made by a page before this one. */
  recovered?: boolean;
}

/** Anything given to the core, before `now` (and for calls `stored`) is added. */
export type Input = Call | ({ type: string } & Record<string, unknown>);

/** A request to make, with the messages of these ids. */
export interface Delivery {
  delivery: number;
  ids: string[];
  url: string;
  headers: Record<string, string>;
  keepalive: boolean;
}

export type Effect =
  | { type: "store"; area: "cookie" | "localStorage" | "sessionStorage" | "memory"; key: string; value: string | null; attributes?: CookieAttributes }
  | { type: "accept"; id: string; key: string | null; message: Record<string, unknown>; again: boolean }
  | { type: "review"; id: string; message: Record<string, unknown> }
  | ({ type: "send" } & Delivery)
  | ({ type: "part" } & Delivery)
  | { type: "call"; method: string; arguments: unknown[] }
  | { type: "consents"; provider: string; allowedConsentIds: string[]; deniedConsentIds: string[] }
  | { type: "wake"; at: number | null }
  | { type: "log"; level: string; text: string }
  | { type: "emit"; name: string; ids: string[]; reason?: string };

export interface CookieAttributes {
  path: string;
  domain: string | null;
  expires: number | string | null;
  samesite: string;
  secure: boolean;
}

/** An interpreter that holds the core: text in, text out, now or later. */
export interface Runtime {
  name: string;
  handle(text: string): string | Promise<string>;
}

declare global {
  /** Set by esbuild: the version of the SDK. */
  const __VERSION__: string;
  /** Set by esbuild: Pyodide's lock file with no package, as nothing is to be installed. */
  const __LOCK__: object;
  /** Set by esbuild: bytes of Pyodide's memory, as it was when `make build` made a snapshot of it. */
  const __MEMORY__: number;
  /** Set by esbuild: bytes of a fresh instance's memory before nothing but zeros comes. */
  const __FRESH__: number;
  interface Window {
    /** Set by the official SDK's loading snippet. */
    RudderSnippetVersion?: string;
  }
  interface Navigator {
    brave?: object;
    globalPrivacyControl?: boolean;
    userAgentData?: { platform?: string; getHighEntropyValues?(hints: string[]): Promise<object> };
  }
}
