// The files that colourizing needs: which, how large, and how they come: once, checked, and kept.

const HERE = new URL("../../vendor/colorizer/", import.meta.url);

/** What is needed and how large it is: the runtime, then the network's files in their order. `bins` are (a, b). */
export async function manifest() {
  const read = async (name) => (await fetch(new URL(name, HERE), { cache: "no-cache" })).json();
  const [runtime, card] = await Promise.all([read("runtime.json"), read("card.json")]);
  return { size: card.size, bins: card.likely, files: [runtime, ...card.files] };
}

/** A file, from this browser's store or from the site; the browser refuses one with another hash. */
export async function fetched({ file, sha256 }) {
  const address = new URL(`${file}?${sha256}`, HERE).href;
  const store = await globalThis.caches?.open("colour-from-grey").catch(() => undefined); // none without https
  const kept = await store?.match(address).catch(() => undefined);
  if (kept) return kept.arrayBuffer();
  const digest = btoa(String.fromCharCode(...sha256.match(/../g).map((hex) => parseInt(hex, 16))));
  const answer = await fetch(address, { integrity: `sha256-${digest}` });
  if (!answer.ok) throw new TypeError(`${file}: ${answer.status}`);
  await store?.put(address, answer.clone()).catch(() => {}); // a full disk is no reason to stop
  return answer.arrayBuffer();
}
