// Colourizes beside the page, so that the page never stands still. It is told a photo, then how to show it.
import { grey, guided, paint, shrink } from "./colorize.mjs";
import { loadNetwork } from "./network.mjs";

let network; // a promise, from the first photo on
let photo;
let colors; // by decoding

async function open(chosen) {
  photo = chosen;
  const before = grey(photo);
  postMessage({ before }, [before.buffer]);
  network ??= loadNetwork((there, total) => postMessage({ there, total }));
  const { size, run } = await network;
  const lightness = shrink(photo, size);
  const answers = await run(lightness);
  colors = Object.fromEntries(Object.entries(answers).map(([name, ab]) => [name, guided(ab, lightness)]));
}

self.onmessage = async ({ data: { chosen, decode, saturation } }) => {
  try {
    const start = performance.now();
    if (chosen) await open(chosen);
    const after = paint(photo, colors[decode], saturation);
    postMessage({ after, seconds: (performance.now() - start) / 1000 }, [after.buffer]);
  } catch (error) {
    network = undefined; // another try loads it anew
    postMessage({ failed: String(error?.message ?? error) });
  }
};
