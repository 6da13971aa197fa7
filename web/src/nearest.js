// Which known name a misspelt one was meant to be, for lines that people read.

/** More wrong letters than this are another word. */
const MOST = 4;

/** How many letters must be changed, added, left out or swapped with the next. @param {string} one @param {string} other */
const distance = (one, other) => {
  const rows = [Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      row[j] = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + Number(one[i - 1] !== other[j - 1]));
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (isSwapped) row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
    }
    rows.push(row);
  }
  return rows[one.length][other.length];
};

/** A third of the letters may be wrong. @param {string} name @param {string[]} known @returns {string} "" where nothing is near */
export const nearest = (name, known) => {
  if (name.length > 64) return "";
  const wanted = name.toLowerCase();
  const [best] = known.map((each) => ({ each, far: distance(wanted, each.toLowerCase()) })).sort((one, other) => one.far - other.far);
  return best && best.far <= Math.min(MOST, Math.max(1, name.length / 3)) ? best.each : "";
};
