// A button that counts, and what it counted as React keeps it.

import { useState } from "react";
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";

const App = () => {
  const [count, setCount] = useState(0);
  return <button onClick={() => flushSync(() => setCount(count + 1))}>{count}</button>;
};

flushSync(() => createRoot(document.getElementById("app")).render(<App />));
