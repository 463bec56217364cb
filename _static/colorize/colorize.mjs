// The steps from a photo to its colours and back, as in colorlib.colorizer and colorlib.inputs.
// A photo is { data, width, height }, RGBA; a plane is { data, width, height }, one number a place.
import { greyLevel, putColor, root } from "./lab.mjs";
import { acrossRows, alongRow, BICUBIC, LANCZOS, resized, taps, widened } from "./resample.mjs";

const WIDEST = 4; // longer photos are squeezed to this ratio of the sides

/** Round as Python does: a half goes to the even neighbour. */
const rounded = (x) => (x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

/** The photo's lightness with a shorter side of about `short`: what the network is told. */
export function shrink(photo, short) {
  const least = Math.min(photo.width, photo.height);
  const side = (length) => 64 * rounded((short * Math.min(WIDEST, length / least)) / 64);
  const [width, height] = [side(photo.width), side(photo.height)];
  const columns = taps(photo.width, width, LANCZOS), rows = taps(photo.height, height, LANCZOS);
  const narrow = new Uint8ClampedArray(photo.height * width * 3); // it rounds, as Pillow does in between
  const line = new Uint8ClampedArray(photo.width * 3);
  for (let y = 0; y < photo.height; y++) {
    onWhite(photo, y, line);
    alongRow(line, columns, narrow.subarray(y * width * 3, (y + 1) * width * 3));
  }
  const small = new Uint8ClampedArray(width * 3), data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    acrossRows(narrow, width * 3, rows[y], small);
    for (let x = 0; x < width; x++)
      data[y * width + x] = 116 * root(small[3 * x], small[3 * x + 1], small[3 * x + 2]) - 16;
  }
  return { data, width, height };
}

/** A line of the photo, RGB; what is transparent lies on white. */
function onWhite({ data, width }, y, line) {
  for (let x = 0, from = 4 * y * width; x < width; x++, from += 4) {
    const clear = 255 - data[from + 3];
    for (let c = 0; c < 3; c++) line[3 * x + c] = data[from + c] + (clear && ((255 - data[from + c]) * clear) / 255);
  }
}

/** The mean of each place and its eight neighbours; beyond the edge, the edge goes on. */
function around(values, width, height) {
  const inside = (i, length) => Math.min(length - 1, Math.max(0, i));
  const across = values.map((_, i) => {
    const y = Math.floor(i / width) * width, x = i % width;
    return (values[y + inside(x - 1, width)] + values[i] + values[y + inside(x + 1, width)]) / 3;
  });
  return across.map((_, i) => {
    const y = Math.floor(i / width), x = i % width;
    return (across[inside(y - 1, height) * width + x] + across[i] + across[inside(y + 1, height) * width + x]) / 3;
  });
}

/**
 * How ab goes with lightness around each place: ab = slope * L + offset. Enlarged, these give the large L its
 * colours back with edges where L has its own. See `colorlib.colorizer.guided`.
 */
export function guided({ data: ab, width, height }, lightness, flat = 10) {
  const { data: small } = resized(lightness, width, height);
  const mean = (values) => around(values, width, height);
  const meanL = mean(small);
  const spread = mean(small.map((l) => l * l)).map((square, i) => square - meanL[i] ** 2 + flat ** 2);
  const planes = [0, 1].flatMap((channel) => {
    const own = small.map((_, i) => ab[2 * i + channel]);
    const meanOwn = mean(own);
    const slope = mean(own.map((v, i) => v * small[i])).map((both, i) => (both - meanL[i] * meanOwn[i]) / spread[i]);
    return [mean(slope), mean(slope.map((s, i) => meanOwn[i] - s * meanL[i]))];
  });
  return { planes, width, height };
}

/** The photo in black and white. */
export function grey({ data }) {
  const pixels = new Uint8ClampedArray(data.length);
  for (let at = 0; at < data.length; at += 4) {
    pixels[at] = pixels[at + 1] = pixels[at + 2] = greyLevel(data[at], data[at + 1], data[at + 2]);
    pixels[at + 3] = data[at + 3];
  }
  return pixels;
}

/** The photo's own lightness with the colours of `guided`, times `saturation`. */
export function paint(photo, colors, saturation) {
  const { data, width, height } = photo;
  const pixels = new Uint8ClampedArray(data.length);
  const lines = Array.from({ length: 4 }, () => new Float32Array(width));
  const columns = taps(colors.width, width, BICUBIC), rows = taps(colors.height, height, BICUBIC);
  const wide = colors.planes.map((plane) => widened(plane, colors.width, columns));
  for (let y = 0, at = 0; y < height; y++) {
    wide.forEach((plane, i) => acrossRows(plane, width, rows[y], lines[i]));
    const [slopeA, offsetA, slopeB, offsetB] = lines;
    for (let x = 0; x < width; x++, at += 4) {
      const f = root(data[at], data[at + 1], data[at + 2]), l = 116 * f - 16; // L
      putColor(pixels, at, f, saturation * (slopeA[x] * l + offsetA[x]), saturation * (slopeB[x] * l + offsetB[x]));
      pixels[at + 3] = data[at + 3];
    }
  }
  return pixels;
}
