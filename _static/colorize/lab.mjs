// Lightness and colours of pixels, as in colorlib.lab. A photo has millions of pixels, so tables take the place
// of powers and roots, and the matrices are written out.

/** Linear light of each 8-bit level. */
const LINEAR = Float64Array.from({ length: 256 }, (_, level) => {
  const v = level / 255;
  return v > 0.04045 ? ((v + 0.055) / 1.055) ** 2.4 : v / 12.92;
});

// Light in steps so fine that an 8-bit level spans at least twenty.
const FINE = 1 << 16;
const fine = (entry) => (_, i) => entry(i / FINE);
const LEVEL = Uint8Array.from({ length: FINE + 1 }, fine((v) =>
  Math.round(255 * (v > 0.0031308 ? 1.055 * v ** (1 / 2.4) - 0.055 : 12.92 * v))));
const ROOT = Float64Array.from({ length: FINE + 1 }, fine((y) => (y > 0.008856 ? Math.cbrt(y) : 7.787 * y + 16 / 116)));
const level = (light) => LEVEL[(Math.min(1, Math.max(0, light)) * FINE + 0.5) | 0];

const luminance = (red, green, blue) => 0.212671 * LINEAR[red] + 0.71516 * LINEAR[green] + 0.072169 * LINEAR[blue];

/** The root in CIE's L: L = 116 root - 16. */
export const root = (red, green, blue) => ROOT[(luminance(red, green, blue) * FINE + 0.5) | 0];

/** The level that is as light as a colour, and grey. */
export const greyLevel = (red, green, blue) => level(luminance(red, green, blue));

const cube = (t) => (t > 0.2068966 ? t * t * t : (t - 16 / 116) / 7.787);
const out = (light) => light < -1e-4 || light > 1 + 1e-4;

/**
 * Write a colour's three levels into pixels. A colour that no screen shows is not written, unless it has to be:
 * then it is clipped. Says whether it was written.
 */
function put(pixels, at, root, a, b, anyhow) {
  const x = 0.95047 * cube(root + a / 500), y = cube(root), z = 1.08883 * cube(Math.max(root - b / 200, 0)); // D65
  const red = 3.2404813432 * x - 1.5371515163 * y - 0.4985363262 * z;
  const green = -0.969254995 * x + 1.8759900015 * y + 0.0415559266 * z;
  const blue = 0.0556466391 * x - 0.2040413384 * y + 1.0573110696 * z;
  if (!anyhow && (out(red) || out(green) || out(blue))) return false;
  pixels[at] = level(red);
  pixels[at + 1] = level(green);
  pixels[at + 2] = level(blue);
  return true;
}

/** The same for every colour: where needed, its chroma is lowered just enough, to one part in 256. */
export function putColor(pixels, at, root, a, b) {
  if (put(pixels, at, root, a, b)) return;
  let most = 0; // of a and b that is known to be shown; grey always is
  for (let halving = 1; halving <= 8; halving++) {
    const factor = most + 0.5 ** halving;
    if (put(pixels, at, root, factor * a, factor * b)) most = factor;
  }
  put(pixels, at, root, most * a, most * b, true);
}

/** A colour of CSS, #rrggbb, as [L, a, b]. */
export function labOf(hex) {
  const [red, green, blue] = [1, 3, 5].map((at) => LINEAR[parseInt(hex.slice(at, at + 2), 16)]);
  const [x, y, z] = [
    (0.412453 * red + 0.35758 * green + 0.180423 * blue) / 0.95047,
    0.212671 * red + 0.71516 * green + 0.072169 * blue,
    (0.019334 * red + 0.119193 * green + 0.950227 * blue) / 1.08883,
  ].map((v) => (v > 0.008856 ? Math.cbrt(v) : 7.787 * v + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** The root of a pixel. */
export const rootAt = (pixels, at) => root(pixels[at], pixels[at + 1], pixels[at + 2]);

const one = new Uint8ClampedArray(3);

/** Whether a screen can show a and b at a lightness. */
export const isShown = (root, [a, b]) => put(one, 0, root, a, b);

/** How a and b look at the lightness of a pixel, as a colour of CSS. */
export function colorOf(pixels, at, [a, b]) {
  putColor(one, 0, rootAt(pixels, at), a, b);
  return `#${[...one].map((level) => level.toString(16).padStart(2, "0")).join("")}`;
}
