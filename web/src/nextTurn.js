// The browser's next turn, by a message to ourselves: a timer would make it wait 4 ms.

/** Throws where a page took away what it needs. @param {() => void} action @returns {true} */
export const inNextTurn = (action) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    action();
  };
  port2.postMessage("");
  return true;
};
