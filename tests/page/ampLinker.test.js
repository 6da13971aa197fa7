import { linkedAnonymousId } from "../../web/src/ampLinker.js";
import { compare, runVectors } from "./vectors.js";

runVectors("amp_linker", { "amp_linker.anonymous_id": compare(linkedAnonymousId) });
