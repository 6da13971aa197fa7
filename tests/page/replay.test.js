import "../distribution/replay.test.mjs";
