// Which known name a misspelt one was meant to be, for lines that people read.

/** How many letters must be changed, added or left out. @param {string} one @param {string} other */
const distance = (one, other) => {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(one[i - 1] !== other[j - 1]));
    row = next;
  }
  return row[other.length];
};

/** A third of the letters may be wrong. @param {string} name @param {string[]} known @returns {string} "" where nothing is near */
export const nearest = (name, known) => {
  if (name.length > 64) return "";
  const wanted = name.toLowerCase();
  const [best] = known.map((each) => ({ each, far: distance(wanted, each.toLowerCase()) })).sort((one, other) => one.far - other.far);
  return best && best.far <= Math.max(1, name.length / 3) ? best.each : "";
};
