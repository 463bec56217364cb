// Colourize a photo, here: a photo is read, given to a worker, and shown before and after. The network and
// what runs it are loaded when the first photo is chosen.
import { button, compare, make, openStage, readData, slider } from "./common.mjs";

const MOST = 2 ** 24; // pixels of a photo; some phones draw no larger picture, and stay silent about it
const SERVE = "This page was opened as a file, from which a browser loads no network. In the folder that holds " +
  "index.html, give: python3 -m http.server, then open http://localhost:8000";
const data = readData("colorize");
const root = new URL(`${data.static}/`, location.href);
const [before, after] = [make("canvas"), make("canvas")];
const says = make("p", { className: "says" });
says.setAttribute("role", "status");
const saturation = slider("saturation", { min: 0, max: 2, step: 0.05, value: 1, say: (s) => s.toFixed(2) }, show);
const decode = make("select", {}, make("option", { value: "mean" }, "cautious (mean)"),
  make("option", { value: "vivid" }, "bold (vivid)"));
decode.addEventListener("change", show);
const picture = compare(before, after, "How much of the picture is in black and white");
const marks = make("div", { className: "marks" });
picture.append(marks);
const pointing = button("I know a colour", () => point(place ? undefined : [after.width / 2, after.height / 2]));
const percent = { min: 0, max: 99.5, step: 0.5, value: 50, say: (share) => `${share} %` };
const across = slider("place, across", percent, () => point([across.value * after.width / 100, place[1]]));
const down = slider("place, down", percent, () => point([place[0], down.value * after.height / 100]));
const choices = make("div", { className: "hint-colors" });
const another = make("input", { type: "color", value: "#aa3322" });
another.addEventListener("change", () => hint({ hex: another.value }));
const pointer = make("div", { hidden: true },
  make("p", { className: "says" }, "Click the place in the photo, or move the sliders. Then choose what colour it has; " +
    "the first ones are what the network finds likely there."),
  across.row, down.row, choices,
  make("label", { className: "slider" }, make("span", {}, "another colour"), another));
const takeBack = button("take the last hint back", () => (hints.pop(), show()));
const result = make("div", { hidden: true }, picture,
  make("div", { className: "controls" },
    make("label", { className: "slider" }, make("span", {}, "colours"), decode), saturation.row, pointer,
    make("div", { className: "buttons" }, pointing, takeBack, button("download", download))));

let worker; // from the first photo on
let busy = false, stale = false, next; // is it painting, have the controls moved since, which files wait?
let hints = []; // { x, y, color }: what the reader knows of the photo
let place; // x and y of the photo that the reader points at, if any
let name = "photo", clear = false; // of the photo that is shown, and whether it has transparent parts

function say(text, bad = false) {
  says.textContent = text;
  says.classList.toggle("bad", bad);
}

// --- a photo, from the reader to the worker ---

/** Open the first of some files. */
async function open([file, ...others]) {
  if (!file) return;
  if (busy) return (next = [file, ...others]);
  if (location.protocol === "file:") return say(SERVE, true);
  if (typeof WebAssembly !== "object") return say("This browser runs no WebAssembly, which the network needs. Another " +
    "browser will do, and so will Python: see “How to use this kit”.", true);
  busy = true;
  say("Reading the photo …");
  let photo, note = others.length ? ` It is the first of ${others.length + 1} files: one at a time, please.` : "";
  try {
    const picture = await createImageBitmap(file); // upright, in sRGB
    const shrunk = Math.min(1, Math.sqrt(MOST / (picture.width * picture.height)));
    const size = { width: Math.max(1, Math.floor(shrunk * picture.width)), height: Math.max(1, Math.floor(shrunk * picture.height)) };
    const context = Object.assign(make("canvas"), size).getContext("2d", { willReadFrequently: true });
    context.drawImage(picture, 0, 0, size.width, size.height);
    picture.close();
    photo = context.getImageData(0, 0, size.width, size.height);
    if (shrunk < 1) note += ` It was too large for browsers and is ${size.width}x${size.height} pixels now.`;
  } catch {
    say(`${file.name || "This"} is no photo that this browser can open, or it is too large. JPEG, PNG and WebP ` +
      "open everywhere.", true);
    return goOn();
  }
  name = (file.name || "photo").replace(/\.[^.]*$/, "");
  clear = isClear(photo.data);
  hints = [];
  point();
  if (clear) note += " Its transparent parts stay transparent; download gives a PNG.";
  result.hidden = true; // until it is painted: there is nothing to download
  for (const canvas of [before, after]) Object.assign(canvas, { width: photo.width, height: photo.height });
  worker ??= start();
  worker.note = note;
  worker.postMessage({ chosen: { data: photo.data, width: photo.width, height: photo.height }, ...wanted() },
    [photo.data.buffer]);
}

/** Whether some of the pixels are transparent. */
function isClear(pixels) {
  for (let at = 3; at < pixels.length; at += 4) if (pixels[at] < 255) return true;
  return false;
}

const wanted = () => ({ decode: decode.value, saturation: saturation.value, hints });

// --- hints ---

/** Point at a place of the photo, or stop pointing. */
function point(where) {
  place = where;
  pointer.hidden = !place;
  pointing.setAttribute("aria-pressed", !pointer.hidden);
  picture.classList.toggle("pointing", !pointer.hidden);
  if (place) {
    across.value = Math.min(99.5, (100 * place[0]) / after.width);
    down.value = Math.min(99.5, (100 * place[1]) / after.height);
    choices.replaceChildren(); // those were for another place
    worker?.postMessage({ place });
  }
  mark();
}

/** Tell the network that the place has this colour, { ab } or { hex }. */
function hint(color) {
  if (hints.length && hints.at(-1).x === place[0] && hints.at(-1).y === place[1]) hints.pop(); // another try
  hints.push({ x: place[0], y: place[1], color });
  show();
}

/** Dots where hints are, and a ring where the reader points. */
function mark() {
  const dot = (x, y, color) => {
    const element = make("span", { className: color ? "" : "ring" });
    element.style.cssText = `left: ${(100 * x) / after.width}%; top: ${(100 * y) / after.height}%; background: ${color ?? "none"}`;
    return element;
  };
  marks.replaceChildren(...hints.map(({ x, y, color }) => dot(x, y, color.hex)), ...(place ? [dot(...place)] : []));
  takeBack.disabled = !hints.length;
}

/** The colours to choose from, as buttons. */
function offer(colors) {
  const chosen = [...choices.children].indexOf(document.activeElement);
  choices.replaceChildren(...colors.map((color, i) => {
    const element = button("", () => hint(color));
    element.style.background = color.hex;
    element.ariaLabel = `likely colour ${i + 1}: ${color.hex}`;
    return element;
  }));
  choices.children[chosen]?.focus();
}

picture.addEventListener("pointerdown", (event) => {
  if (!place) return;
  event.stopImmediatePropagation(); // the line stays where it is
  event.preventDefault();
  const box = picture.getBoundingClientRect();
  const share = (at, from, length) => Math.min(0.999, Math.max(0, (at - from) / length));
  point([share(event.clientX, box.left, box.width) * after.width, share(event.clientY, box.top, box.height) * after.height]);
}, { capture: true });

function show() {
  mark();
  stale = busy;
  if (busy || !worker) return;
  busy = true;
  worker.postMessage(wanted());
}

// --- the worker, and what it answers ---

/** From a blob, because only such a worker obeys this page's rule that it may ask no other host. */
function start() {
  const script = new Blob([`import ${JSON.stringify(new URL("colorize/worker.mjs", root).href)};`], { type: "text/javascript" });
  const started = new Worker(URL.createObjectURL(script), { type: "module" });
  started.onmessage = ({ data: answer }) => {
    if (answer.total) say(`Loading the network, once: ${megabytes(answer.there)} of ${megabytes(answer.total)} …`);
    if (answer.before) put(before, answer.before);
    if (answer.after) finish(answer);
    if (answer.proposed && String(answer.place) === String(place)) offer(answer.proposed);
    if (answer.failed) fail(answer.failed);
  };
  started.onerror = (event) => fail(event.message ?? "the worker did not start");
  return started;
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const put = (canvas, pixels) =>
  canvas.getContext("2d").putImageData(new ImageData(pixels, canvas.width, canvas.height), 0, 0);

function finish({ after: pixels, seconds }) {
  put(after, pixels);
  result.hidden = false;
  if (place) worker.postMessage({ place }); // what is likely there now
  say(`${name}: ${after.width}x${after.height} pixels in ${seconds.toFixed(1)} s.${worker.note}`);
  goOn();
}

function fail(reason) {
  worker.terminate();
  worker = undefined; // the next photo begins anew
  result.hidden = true; // nothing of it would answer
  say(`The network could not be loaded or run here (${reason}). Try again, or a smaller photo.`, true);
  goOn();
}

/** What was asked for in the meantime. */
function goOn() {
  const files = next;
  busy = false;
  next = undefined;
  if (files) open(files);
  else if (stale) show();
}

function download() {
  const type = clear ? "png" : "jpeg";
  after.toBlob((blob) => {
    const link = make("a", { href: URL.createObjectURL(blob), download: `${name}-colourized.${clear ? "png" : "jpg"}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, `image/${type}`, 1); // below 1 browsers keep a quarter of the colours
}

// --- ways to choose a photo ---

function chooser(text, options = {}) {
  const input = Object.assign(make("input", { type: "file", accept: "image/*" }), options);
  input.addEventListener("change", () => (open(input.files), (input.value = "")));
  return make("label", { className: "chooser" }, text, input);
}

async function openOld(i) {
  try {
    const picture = await (await fetch(data.pictures[i])).blob();
    await open([new File([picture], data.old[i])]);
  } catch {
    say(location.protocol === "file:" ? SERVE : "The photo could not be fetched; try again.", true);
  }
}

const stage = openStage("colorize");
const drop = make("div", { className: "drop" }, chooser("Choose a photo"),
  ...(matchMedia("(pointer: coarse)").matches ? [chooser("Take one", { capture: "environment" })] : []),
  make("span", {}, "or drop one here, or paste it"));
const old = make("div", { className: "old" }, ...data.old.map((title, i) => {
  const element = button("", () => openOld(i));
  element.append(make("img", { src: data.pictures[i], alt: "", loading: "lazy" }), title);
  return element;
}));
stage.append(drop, make("p", { className: "says" }, "Or take an old one:"), old, says, result);

for (const kind of ["dragover", "drop"]) {
  stage.addEventListener(kind, (event) => {
    event.preventDefault();
    stage.classList.toggle("over", kind === "dragover");
    if (kind !== "drop") return;
    if (event.dataTransfer.files.length) open(event.dataTransfer.files);
    else say("That was no file: save the picture first, then drop it from its folder.", true);
  });
}
stage.addEventListener("dragleave", () => stage.classList.remove("over"));
document.addEventListener("paste", (event) => open(event.clipboardData.files));

if (location.protocol === "file:") say(SERVE);
else announce().catch(() => {}); // a photo will tell what is wrong

/** Say what the first photo costs. */
async function announce() {
  const { manifest } = await import(new URL("colorize/files.mjs", root));
  const [runtime, ...network] = (await manifest()).files.map((file) => file.bytes);
  if (!says.textContent) say(`The first photo loads ${megabytes(network.reduce((sum, size) => sum + size))} of network and ` +
    `${megabytes(runtime)} of what runs it; your browser keeps both.`);
}
