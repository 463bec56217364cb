// Colourizes beside the page, so that the page never stands still. It is told a photo, then how to show it.
import { grey, guided, paint, shrink } from "./colorize.mjs";
import { likelyAt, spread, suggested, told } from "./hints.mjs";
import { colorOf, isShown, labOf, rootAt } from "./lab.mjs";
import { loadNetwork } from "./network.mjs";

let network; // a promise, from the first photo on
let photo, lightness, seen; // seen: what the extractor makes of it
let hints = "[]", answers, colors; // by decoding, for these hints

async function open(chosen) {
  photo = chosen;
  const before = grey(photo);
  postMessage({ before }, [before.buffer]);
  network ??= loadNetwork((there, total) => postMessage({ there, total }));
  const { size, look } = await network;
  lightness = shrink(photo, size);
  seen = await look(lightness);
  answers = undefined;
}

/** Ask the network, if it has not been asked yet. */
async function ask(given) {
  const now = JSON.stringify(given);
  if (answers && now === hints) return;
  const pointed = given.map(({ x, y, color }) => ({ x, y, ab: color.ab ?? labOf(color.hex).slice(1) }));
  const known = told(pointed, photo, lightness);
  answers = await (await network).paint(seen, known);
  const { likely, ...painted } = answers;
  colors = Object.fromEntries(
    Object.entries(painted).map(([name, ab]) => [name, guided(spread(ab, lightness, known), lightness)]));
  hints = now;
}

/** The colours to choose from at a place, as one sees them there. */
async function propose(place) {
  const { bins } = await network, [x, y] = place.map(Math.floor), at = 4 * (y * photo.width + x);
  const shares = likelyAt(answers.likely, bins.length, photo, [x, y]), root = rootAt(photo.data, at);
  return suggested(shares, bins, (ab) => isShown(root, ab)).map((ab) => ({ ab, hex: colorOf(photo.data, at, ab) }));
}

self.onmessage = async ({ data: { chosen, decode, saturation, hints, place } }) => {
  try {
    if (place) return postMessage({ proposed: await propose(place), place });
    const start = performance.now();
    if (chosen) await open(chosen);
    await ask(hints);
    const after = paint(photo, colors[decode], saturation);
    postMessage({ after, seconds: (performance.now() - start) / 1000 }, [after.buffer]);
  } catch (error) {
    network = undefined; // another try loads it anew
    postMessage({ failed: String(error?.message ?? error) });
  }
};
