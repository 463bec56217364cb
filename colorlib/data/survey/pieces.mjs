// What the survey shares with "Real or colourized?" in chapter 06: chance, shares and their intervals.

/** Wilson's interval (1927) for a share, at 95 %. */
export function wilson(count, asked, z = 1.959964) {
  const share = count / asked;
  const center = (share + z * z / (2 * asked)) / (1 + z * z / asked);
  const half = z / (1 + z * z / asked) * Math.sqrt(share * (1 - share) / asked + z * z / (4 * asked * asked));
  return [center - half, center + half];
}

/** A share as people read it. */
export function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/** A copy of a list in a new order (Fisher and Yates); `random` answers numbers from 0 to below 1. */
export function shuffled(list, random = Math.random) {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

/** Random numbers that follow from a seed of 32 bits: Tommy Ettinger's mulberry32. */
export function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
