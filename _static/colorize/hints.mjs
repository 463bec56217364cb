// What a person says of colours: told to the network as in colorlib.inputs, spread over what it answers as in
// colorlib.colorizer, and proposed by what it finds likely.
import { resized } from "./resample.mjs";

const REACH = 2; // places of the small photo to each side of the one that is pointed at
const CHOICES = 6;

/** Hints { x, y, ab } in a photo's pixels as the network is told them: a, b and 1, or zeros. */
export function told(hints, photo, { width, height }) {
  const data = new Float32Array(3 * width * height);
  for (const { x, y, ab } of hints) {
    const column = Math.floor((Math.floor(x) + 0.5) * width / photo.width);
    const row = Math.floor((Math.floor(y) + 0.5) * height / photo.height);
    for (let i = Math.max(0, row - REACH); i <= Math.min(height - 1, row + REACH); i++)
      for (let j = Math.max(0, column - REACH); j <= Math.min(width - 1, column + REACH); j++)
        data.set([...ab, 1], 3 * (i * width + j));
  }
  return data;
}

const [NEAR, LIGHT, TINT, DOUBT] = [0.3, 15, 6, 0.05]; // of colorlib.colorizer.spread

/** Colours (a, b) that keep to what is told, there and at like places: see `colorlib.colorizer.spread`. */
export function spread({ data: ab, width, height }, lightness, told) {
  const scale = NEAR * Math.min(width, height), { data: grey } = resized(lightness, width, height);
  const hears = (i, j) => Math.exp(-Math.hypot(
    ((i % width) - (j % width)) / scale, (Math.floor(i / width) - Math.floor(j / width)) / scale,
    (grey[i] - grey[j]) / LIGHT, (ab[2 * i] - ab[2 * j]) / TINT, (ab[2 * i + 1] - ab[2 * j + 1]) / TINT));
  const there = [...missed(ab, width, told, lightness.width)];
  const between = there.map(([i], row) => there.map(([j], column) => hears(i, j) + (row === column ? DOUBT : 0)));
  const weights = solved(between, there.map(([, ...colors]) => colors));
  const found = ab.slice();
  for (let i = 0; i < grey.length; i++)
    there.forEach(([j], row) => {
      const heard = hears(i, j);
      for (const c of [0, 1]) found[2 * i + c] += heard * weights[row][c];
    });
  return { data: found, width, height };
}

/** Places where something is told, with what ab misses there: [place, a, b]. */
function* missed(ab, width, told, toldWidth) {
  const stride = toldWidth / width;
  for (let i = 0; 2 * i < ab.length; i++) {
    const first = stride * (Math.floor(i / width) * toldWidth + (i % width)), sum = [0, 0, 0];
    for (let y = 0; y < stride; y++)
      for (let x = 0; x < stride; x++) sum.forEach((_, c) => (sum[c] += told[3 * (first + y * toldWidth + x) + c]));
    if (sum[2]) yield [i, sum[0] / sum[2] - ab[2 * i], sum[1] / sum[2] - ab[2 * i + 1]];
  }
}

/** x with matrix x = right, by Gauss; the matrix is positive definite, so that no rows need be swapped. */
function solved(matrix, right) {
  const rows = matrix.map((row, i) => [...row, ...right[i]]), n = rows.length;
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) {
      const factor = rows[j][i] / rows[i][i];
      for (let k = i; k < n + 2; k++) rows[j][k] -= factor * rows[i][k];
    }
  for (let i = n - 1; i >= 0; i--)
    for (let k = n; k < n + 2; k++) {
      for (let j = i + 1; j < n; j++) rows[i][k] -= rows[i][j] * rows[j][k];
      rows[i][k] /= rows[i][i];
    }
  return rows.map((row) => row.slice(n));
}

/** How likely each bin is at a place of the photo. */
export function likelyAt({ data, width, height }, count, photo, [x, y]) {
  const row = Math.min(height - 1, Math.floor((y * height) / photo.height));
  const column = Math.min(width - 1, Math.floor((x * width) / photo.width));
  return data.subarray((row * width + column) * count, (row * width + column + 1) * count);
}

/** A few colours (a, b) that stand for all that are likely, likeliest first: see `colorlib.bins.suggested`. */
export function suggested(shares, bins, isShown) {
  const likely = bins.map((bin, i) => (isShown(bin) ? shares[i] : 0));
  const apart = ([a, b], [c, d]) => (a - c) ** 2 + (b - d) ** 2;
  const largest = (values) => values.reduce((best, value, i) => (value > values[best] ? i : best), 0);
  const nearest = (bin) => largest(palette.map((color) => -apart(bin, color)));
  let palette = [bins[largest(likely)]];
  while (palette.length < CHOICES) {
    const missed = bins.map((bin, i) => likely[i] * apart(bin, palette[nearest(bin)]));
    if (!missed.some((value) => value > 0)) break;
    palette.push(bins[largest(missed)]);
  }
  let parts, before;
  for (let round = 0; round < 100 && String(palette) !== before; round++) {
    before = String(palette);
    parts = palette.map(() => [0, 0, 0]); // a, b and how likely, summed over a colour's bins
    bins.forEach((bin, i) => {
      const its = parts[nearest(bin)];
      [...bin, 1].forEach((value, c) => (its[c] += likely[i] * value));
    });
    parts = parts.filter(([, , share]) => share > 0);
    palette = parts.map(([a, b, share]) => [a / share, b / share]);
  }
  return parts.sort((one, other) => other[2] - one[2]).map(([a, b, share]) => [a / share, b / share]);
}
