// Web Locks, as far as the SDK uses them: exclusive, released when their page is gone. The browser tells of a lock that
// became free when it likes: the next in line has it from then on, and hears of it at `deliver`. It notes which anonymousId was
// said (web/src/firstVisit.js) as a tab's turn to agree ends, and whose it knew.

/** @typedef {import("./tab.mjs").Tab} Tab */
/** @typedef {{tab: Tab, name: string, hear: (lock: object | null) => void, holder: {tab: Tab, lose: (error: unknown) => void}}} Asked */

export class Locks {
  /** By name. @type {Map<string, {tab: Tab, lose: (error: unknown) => void}>} */
  holders = new Map();
  /** Those who wait for a lock that another has. @type {Asked[]} */
  line = [];
  /** Those who have one, and do not know yet. @type {Asked[]} */
  undelivered = [];

  /** @param {Tab} tab @returns {Pick<LockManager, "request" | "query">} what this tab sees of them */
  of(tab) {
    /** @param {string} name @param {any} options @param {(lock: any) => unknown} [callback] */
    const request = (name, options, callback = options) =>
      new Promise((settle, lose) => {
        const holder = { tab, lose };
        const hear = async (/** @type {object | null} */ lock) => {
          if (lock || this.holders.get(name)?.tab !== tab) tab.note("locked", name, lock !== null);
          try {
            settle(await callback(lock));
          } catch (error) {
            lose(error);
          }
          if (lock && this.holders.get(name) === holder) this.pass(name);
        };
        if (tab.isDead) return;
        const before = this.holders.get(name);
        before?.tab.leaveCache();
        if (this.holders.has(name) && options.ifAvailable) return tab.later(() => hear(null));
        if (this.holders.has(name) && !options.steal) return this.line.push({ tab, name, hear, holder });
        before?.lose(new DOMException("stolen", "AbortError"));
        this.holders.set(name, holder);
        return tab.later(() => hear({ name }));
      });
    const query = async () => {
      for (const [name, holder] of this.holders) if (holder.tab !== tab) tab.note("locked", name, false);
      return { held: [...this.holders.keys()].map((held) => ({ name: held })) };
    };
    return { request, query };
  }

  /** The tab is gone. @param {Tab} tab */
  release(tab) {
    this.line = this.line.filter((asked) => asked.tab !== tab);
    this.undelivered = this.undelivered.filter((asked) => asked.tab !== tab);
    for (const [name, holder] of [...this.holders]) if (holder.tab === tab) this.pass(name);
  }

  /** The next in line has it. @param {string} name */
  pass(name) {
    if (name.endsWith(".visitor")) this.noteMet(name, /** @type {Tab} */ (this.holders.get(name)?.tab));
    this.holders.delete(name);
    const next = this.line.find((asked) => asked.name === name);
    if (!next) return;
    this.line.splice(this.line.indexOf(next), 1);
    this.holders.set(name, next.holder);
    this.undelivered.push(next);
  }

  /** What is said now, the ids that this tab can know as other tabs', and whether it says something itself. @param {string} name @param {Tab} tab */
  noteMet(name, tab) {
    const holders = [...this.holders].map(([each, holder]) => ({ name: each, said: each.startsWith(`${name}.`) && JSON.parse(each.slice(name.length + 1)), holder }));
    const said = holders.find((each) => each.said);
    const known = holders.flatMap((each) => (!each.said ? each.name.split(".").slice(-1) : each.holder.tab !== tab ? each.said : []));
    tab.note("met", said ? said.said[0] : null, known, holders.some((each) => each.said && each.holder.tab === tab));
  }

  /** Those who have a lock hear of it. */
  deliver() {
    for (const { tab, name, hear } of this.undelivered.splice(0)) tab.later(() => hear({ name }));
  }
}
