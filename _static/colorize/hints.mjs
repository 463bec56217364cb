// What a person says of colours: told to the network as in colorlib.inputs, and proposed by what it finds likely.

const REACH = 2; // places of the small photo to each side of the one that is pointed at
const APART = 20; // Lab units between two colours that are worth choosing from
const CHOICES = 6;

/** Hints { x, y, ab } in a photo's pixels as the network is told them: a, b and 1, or zeros. */
export function told(hints, photo, { width, height }) {
  const data = new Float32Array(3 * width * height);
  for (const { x, y, ab } of hints) {
    const column = Math.floor((Math.floor(x) + 0.5) * (width / photo.width));
    const row = Math.floor((Math.floor(y) + 0.5) * (height / photo.height));
    for (let i = Math.max(0, row - REACH); i <= Math.min(height - 1, row + REACH); i++)
      for (let j = Math.max(0, column - REACH); j <= Math.min(width - 1, column + REACH); j++)
        data.set([...ab, 1], 3 * (i * width + j));
  }
  return data;
}

/** The likely colours (a, b) at a place of the photo, likeliest first, none near another. */
export function proposed({ data, width, height }, bins, photo, [x, y]) {
  const row = Math.min(height - 1, Math.floor((y * height) / photo.height));
  const column = Math.min(width - 1, Math.floor((x * width) / photo.width));
  const shares = data.subarray((row * width + column) * bins.length, (row * width + column + 1) * bins.length);
  const order = [...bins.keys()].sort((one, other) => shares[other] - shares[one]);
  const chosen = [];
  for (const bin of order) {
    const [a, b] = bins[bin];
    if (chosen.every(([c, d]) => Math.hypot(a - c, b - d) >= APART)) chosen.push(bins[bin]);
    if (chosen.length === CHOICES) break;
  }
  return chosen;
}
