import { produce } from "immer";

/** Frozen at every depth. */
window.made = (value) => produce({}, (draft) => void (draft.value = value)).value;
window.produce = produce;
