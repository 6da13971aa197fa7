// WebAssembly, compiled while it comes.

/** @param {Response | Promise<Response>} asked @param {() => Promise<Response>} ask again */
export const compile = (asked, ask) =>
  // A server that does not know WebAssembly's type is no reason to fail.
  WebAssembly.compileStreaming(asked).catch(async () => WebAssembly.compile(await (await ask()).arrayBuffer()));
