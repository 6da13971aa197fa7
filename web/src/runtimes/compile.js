// WebAssembly, compiled while it comes.

/** ms before a fetch that failed is tried again, doubled each time, and the longest of these waits. */
const [FIRST_WAIT, LONGEST_WAIT] = [1_000, 60_000];

/** For so many ms, or until the browser says that it is online again. @param {number} ms */
const wait = (ms) =>
  new Promise((settle) => {
    setTimeout(settle, ms);
    addEventListener("online", settle, { once: true });
  });

/** @param {Response | Promise<Response>} asked @param {() => Promise<Response>} ask again */
export const compile = (asked, ask) =>
  // A server that does not know WebAssembly's type is no reason to fail.
  WebAssembly.compileStreaming(asked).catch(async () => WebAssembly.compile(await (await ask()).arrayBuffer()));

/**
 * A module, as soon as the network gives it; an error where the server has none.
 * @param {import("./files").Files} files @param {string} name @returns {Promise<WebAssembly.Module>}
 */
export const insist = async ({ at, ask }, name) => {
  for (let ms = FIRST_WAIT; ; ms = Math.min(2 * ms, LONGEST_WAIT)) {
    const response = await ask(name).catch((error) => {
      if (error?.isChangedFile) throw error;
    });
    if (response && !response.ok && response.status < 500) throw new Error(`${at(name)}: ${response.status}`);
    try {
      if (response?.ok) return await compile(response, () => ask(name));
    } catch (error) {
      if (error instanceof WebAssembly.CompileError) throw error; // all of it came, and it is something else
    }
    await wait(ms);
  }
};
