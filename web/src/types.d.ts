// The shapes that JavaScript's side of the boundary speaks of; checked by tsc, never shipped.

export interface Place {
  origin: string;
  path: string;
  search: string;
}

/** What the page sees at a moment, as it is. */
export interface Seen {
  href: string;
  title: string;
  referrer: string;
  /** The address of the page's canonical link; "" where it has none. */
  canonical: string;
  userAgent: string;
  locale: string;
  /** As text, with the time zone. */
  date: string;
  /** What is not known is not there. */
  screen: { width?: number; height?: number; density?: number; innerWidth?: number; innerHeight?: number };
}

/** The same for Python, with what is so for all calls of a browser: sdk/rudderanalytics/_types.py names the same keys. */
export interface Observed extends Place, Omit<Seen, "canonical" | "date"> {
  query: [string, string][];
  referrerHost: string;
  canonical: Place | null;
  timezone: string;
  os: { name: string; version: string };
  brave: boolean;
  snippetVersion?: string;
  uaCh?: object;
}

/** A call as it was made: stamped, and stored until Python has turned it into a message. */
export interface Call {
  type: string;
  id: string;
  at: number;
  page: Seen;
  arguments: unknown[];
  /** Its place in line among all that this page was called (journal.js). */
  line?: string;
  /** The visitor just before the call. */
  identity?: Record<string, any>;
  /** The page has kept what the call says of the visitor. */
  foreseen?: boolean;
  /** Made before Python was there. */
  early?: boolean;
  /** Python acts on it when the caller has gone on. */
  heavy?: boolean;
  /** About how many characters its arguments take as JSON. */
  weight?: number;
  /** A reset: what it removes is removed, and what is stored now came later. */
  erased?: boolean;
  /** Made by a page before this one. */
  recovered?: boolean;
  /** What holds from this decision on. */
  policy?: import("./policy").Policy;
  /** Does it discard what waited for it? */
  discard?: boolean;
  /** What messages say of it. */
  consents?: import("./consent").Consents;
}

/** Anything given to the core, before `now` is added. */
export type Input = { type: string } & Record<string, any>;

/** A request to make, with the messages of these ids. */
export interface Delivery {
  delivery: number;
  ids: string[];
  url: string;
  headers: Record<string, string>;
  keepalive: boolean;
}

export type Effect =
  | { type: "keep"; identity: Record<string, unknown> }
  | { type: "accept"; id: string; message?: Record<string, unknown>; reviewed?: "asked" | "answered"; again: boolean }
  | { type: "review"; id: string; message: Record<string, unknown> }
  | ({ type: "send" } & Delivery)
  | ({ type: "part" } & Delivery)
  | { type: "wake"; at: number | null }
  | { type: "remember"; coolUntil: string | null }
  | { type: "log"; level: string; text: string; kind?: undefined }
  | { type: "log"; level: string; text: string; kind: "redirect" | "key" | "address" | "failing" | "network" | "firewall" | "stranger" }
  | { type: "fail"; text: string }
  | ({ type: "emit"; name: string; ids: string[]; reason?: string } & Partial<Failed>);

/** A try that failed: its status (0: no answer), and when the next one is (epoch ms). */
export interface Failed {
  status: number;
  reason: string;
  nextTry: number | null;
}

/** An interpreter that holds the core: text in, text out, now or later. */
export interface Runtime {
  name: string;
  handle(text: string): string | Promise<string>;
  /** How often the trimmed interpreter stopped and the whole one took over: 0 or 1. */
  readonly fallbacks?: number;
}

declare global {
  /** Set by esbuild: the version of the SDK. */
  const __VERSION__: string;
  /** Set by esbuild: Pyodide's lock file with no package, as nothing is to be installed. */
  const __LOCK__: object;
  /** Set by esbuild: bytes of Pyodide's memory, as it was when `make build` made a snapshot of it. */
  const __MEMORY__: number;
  /** Set by esbuild: bytes of what is fetched, by file name. */
  const __SIZES__: Record<string, number>;
  /** Of integrity.mjs its digest; in it, path -> digests. */
  const __INTEGRITY__: any;
  /** Set by esbuild: bytes of a fresh instance's memory before nothing but zeros comes. */
  const __FRESH__: number;
  /** Set by esbuild: where in its memory, from and to, the trimmed Pyodide has no constants. */
  const __UNREAD__: [number, number][];
  /** Set by esbuild in the snippet: the address of the script. */
  const __SCRIPT__: string;
  /** Set by esbuild in the snippet: the tag's `data-runtime`. */
  const __RUNTIME__: string;
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
