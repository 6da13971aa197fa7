// WebAssembly, compiled while it comes.

/** @param {Response | Promise<Response>} asked @param {string} url */
export const compile = (asked, url) =>
  // A server that does not know WebAssembly's type is no reason to fail.
  WebAssembly.compileStreaming(asked).catch(async () => WebAssembly.compile(await (await fetch(url)).arrayBuffer()));
