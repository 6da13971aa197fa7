// The snippet that a page has in its own HTML: `rudderanalytics` works from the next line on, whether the script is there
// yet, comes late, or never. `make build` puts it into dist/snippet.html.
//
// Until the script comes, `window.rudderanalytics` is an array of `[method, ...arguments]` with the client's methods; the
// script replays it (src/install.js) and puts the client in its place. Who has kept the array reaches the client by it.
// It is to be at most 1 kB as it stands in the page: what it does is what a page cannot do without.

{
  const before = /** @type {any} */ (window).rudderanalytics;

  // Where the snippet ran before, or the script, there is nothing to do.
  if (!(before && before.load)) {
    /** @type {any} */
    const stub = (window.rudderanalytics = Array.isArray(before) ? before : /** @type {any} */ ([]));
    const script = document.createElement("script");
    /** Settles when the script is there, or has failed. */
    const tried = new Promise((settle) => (script.onload = script.onerror = settle));

    // Methods; after a getter's name stands what it reads in storage: `rl_user_id`, as the client writes it (src/cookies.js),
    // is a cookie or, in quotes, in localStorage.
    const methods =
      "load ready identify track page group alias reset setAnonymousId startSession endSession consent revoke setAuthToken on debug stats flush getUserId:user_id getUserTraits:trait getAnonymousId:anonymous_id getGroupId:group_id getGroupTraits:group_trait getSessionId:session".split(" ");
    methods.forEach((words) => {
      const [method, name] = words.split(":");
      stub[method] = (/** @type {unknown[]} */ ...given) => {
        if (rudderanalytics !== stub) return /** @type {any} */ (rudderanalytics)[method](...given);
        if (name) {
          let value = /** @type {any} */ (/t$/.test(name) ? {} : ""); // traits are an object
          try {
            const texts = document.cookie + ";rl_" + name + "=" + localStorage["rl_" + name];
            const found = /** @type {RegExpMatchArray} */ (texts.match(`rl_${name}="?RS_ENC_v3_([^;"]+)`));
            value = JSON.parse(decodeURIComponent(escape(atob(unescape(found[1])))));
          } catch {} // there is none, or it cannot be read
          return name === "session" ? (value.expiresAt < Date.now() ? null : value.id || null) : value;
        }
        stub.push([method, ...given]);
        if (method === "flush") return tried.then(() => rudderanalytics === stub ? { delivered: 0, dropped: 0, pending: stub.length } : stub.flush(...given));
        return () => {}; // of `on`: there is nothing yet to take a listener off from
      };
    });

    script.src = __SCRIPT__;
    script.dataset.runtime = __RUNTIME__;
    document.head.append(script);
  }
}
