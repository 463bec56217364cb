// Making a plane of numbers larger or smaller, as Pillow does it: each new place is a weighted mean of
// old ones, along rows first, then along columns. Made smaller, the filter grows with the step.

export const TRIANGLE = { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) };

export const BICUBIC = {
  support: 2,
  at(x, a = -0.5) {
    x = Math.abs(x);
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
  },
};

const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
export const LANCZOS = { support: 3, at: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) };

/** For each place of the new line, the first of the old ones that it is made of, and their shares. */
export function taps(before, after, filter) {
  const step = before / after;
  const wide = Math.max(step, 1);
  return Array.from({ length: after }, (_, i) => {
    const centre = (i + 0.5) * step;
    const first = Math.max(0, Math.trunc(centre - filter.support * wide + 0.5));
    const end = Math.min(before, Math.trunc(centre + filter.support * wide + 0.5));
    const shares = Float64Array.from({ length: end - first }, (_, k) =>
      filter.at((first + k + 0.5 - centre) / wide));
    const total = shares.reduce((sum, share) => sum + share);
    return { first, shares: shares.map((share) => share / total) };
  });
}

/** A line of RGB pixels at another width; if `into` holds whole numbers, it rounds. */
export function alongRow(from, columns, into) {
  columns.forEach(({ first, shares }, x) => {
    let red = 0, green = 0, blue = 0;
    for (let k = 0, at = 3 * first; k < shares.length; k++, at += 3) {
      red += shares[k] * from[at];
      green += shares[k] * from[at + 1];
      blue += shares[k] * from[at + 2];
    }
    into[3 * x] = red;
    into[3 * x + 1] = green;
    into[3 * x + 2] = blue;
  });
}

/** A plane at another width. */
export function widened(plane, width, columns) {
  const height = plane.length / width, into = new Float32Array(height * columns.length);
  for (let y = 0, out = 0; y < height; y++)
    for (const { first, shares } of columns) {
      let sum = 0;
      for (let k = 0, at = y * width + first; k < shares.length; k++, at++) sum += shares[k] * plane[at];
      into[out++] = sum;
    }
  return into;
}

/** One line made of several: `from` holds lines of `length` numbers. */
export function acrossRows(from, length, { first, shares }, into) {
  for (let x = 0; x < length; x++) {
    let sum = 0;
    for (let k = 0, at = first * length + x; k < shares.length; k++, at += length) sum += shares[k] * from[at];
    into[x] = sum;
  }
  return into;
}

/** A plane at another size, smoothly. */
export function resized({ data, width, height }, toWidth, toHeight) {
  const narrow = widened(data, width, taps(width, toWidth, TRIANGLE));
  const found = new Float32Array(toWidth * toHeight);
  taps(height, toHeight, TRIANGLE).forEach((tap, y) =>
    acrossRows(narrow, toWidth, tap, found.subarray(y * toWidth, (y + 1) * toWidth)));
  return { data: found, width: toWidth, height: toHeight };
}
