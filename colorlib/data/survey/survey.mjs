// The survey's page: consent, practice with feedback, photos, a file with the answers. Nothing is sent.
// KIT, in kit.js, says what is asked; index.html holds every longer sentence.
import { generator, percent, shuffled, wilson } from "./pieces.mjs";

const GAP = [600, 900]; // ms of grey before a photo, drawn anew each time
const SHOWN = 1000; // ms for each photo of a pair; a single one stays until it is answered
const pairs = KIT.about.protocol === "pairs";
const at = (id) => document.getElementById(id);
const answers = document.querySelectorAll(".answer");
const draw = (count) => [...crypto.getRandomValues(new Uint32Array(count))];
const [seed, ...person] = draw(3);
const random = generator(seed);
const given = []; // one entry an answer, as it goes into the file
const images = new Map(); // decoded photos by their numbers: a photo must not arrive while it is shown
let respond = () => {}; // what an answer does; nothing while none is asked for

/** What this person is asked: a list of {kind, photo, system, side, files}, in order.
 *
 * `side` is the right answer: of a pair the place of the invented colours; of a single photo 0 if its
 * colours are true. System 0 are the true photos, and the obvious fakes of the checks count as 1.
 */
function plan() {
  const count = KIT.about.systems.length;
  const turn = Math.floor(random() * count); // with three systems, someone else begins each time
  const trial = (kind, rows) => (photo, i) => {
    const fake = kind === "check" ? 1 : 1 + ((pairs ? i : i >> 1) + turn) % count;
    const system = pairs || kind === "check" || i % 2 ? fake : 0;
    const side = pairs ? Number(random() < 0.5) : Number(system > 0);
    const files = pairs ? [rows[photo][0], rows[photo][fake]] : [rows[photo][system]];
    return { kind, photo, system, side, files: pairs && !side ? files.reverse() : files };
  };
  const all = (rows) => shuffled([...rows.keys()], random);
  const practice = all(KIT.practice).map(trial("practice", KIT.practice));
  const tests = all(KIT.photos).slice(0, KIT.about.trials).map(trial("test", KIT.photos));
  const checks = all(KIT.checks).map(trial("check", KIT.checks));
  return [...shuffled(practice, random), ...shuffled([...tests, ...checks], random)];
}

function go(id) {
  for (const section of document.querySelectorAll("section")) section.hidden = section.id !== id;
  at(id).querySelector("h2").focus();
  scrollTo(0, 0);
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
const pressed = (id) => new Promise((resolve) => at(id).addEventListener("click", resolve, { once: true }));
const gap = () => pause(GAP[0] + random() * (GAP[1] - GAP[0]));

async function load(file) {
  const image = new Image();
  image.src = `photos/${String(file).padStart(4, "0")}.jpg`;
  await image.decode();
  images.set(file, image);
}

/** Show one photo; resolves to the moment it stood on the screen. */
async function show(file, alt) {
  images.get(file).alt = alt;
  at("photo").replaceChildren(images.get(file));
  await frame();
  return performance.now();
}

function clear() {
  at("photo").replaceChildren();
}

/** Show what a trial shows, and wait for the answer. Times are in ms; answers count from the last photo. */
async function ask(trial) {
  at("question").focus({ preventScroll: true });
  await gap();
  let shown = 0;
  if (pairs) {
    const since = await show(trial.files[0], "the first photo");
    await pause(SHOWN);
    clear();
    shown = Math.round(performance.now() - since);
    await gap();
  }
  const since = await show(trial.files.at(-1), pairs ? "the second photo" : "the photo");
  answers.forEach((button) => (button.disabled = false));
  const answered = new Promise((resolve) => (respond = resolve));
  if (pairs) await Promise.race([answered, pause(SHOWN)]);
  if (pairs) clear();
  shown = Math.max(shown, Math.round(performance.now() - since));
  const [answer, moment] = await answered;
  respond = () => {};
  answers.forEach((button) => (button.disabled = true));
  clear();
  const { kind, photo, system, side } = trial;
  given.push({ kind, photo, system, side, answer, ms: Math.round(moment - since), shown: pairs ? shown : 0 });
  return answer === side;
}

/** After a practice trial: what was right, and the photos once more with their names. */
async function tell(trial, right) {
  at("verdict").textContent = right ? "Right." : "No: it is the other way round.";
  at("truth").replaceChildren(...trial.files.map((file, place) => {
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.textContent = (pairs ? place === trial.side : trial.side) ? "invented colours" : "true colours";
    images.get(file).alt = caption.textContent;
    figure.append(images.get(file), caption);
    return figure;
  }));
  at("feedback").hidden = false;
  for (const element of [at("photo"), at("question"), answers[0].parentElement]) element.hidden = true;
  at("next").focus();
  await pressed("next");
  at("feedback").hidden = true;
  for (const element of [at("photo"), at("question"), answers[0].parentElement]) element.hidden = false;
}

// Half done, or not handed over, it warns before the page is closed by mistake.
const warn = (event) => event.preventDefault();

function finish() {
  const tests = given.filter(({ kind, system }) => kind === "test" && system > 0);
  const fooled = tests.filter(({ answer, side }) => answer !== side).length;
  at("score").textContent = `You took ${fooled} of ${tests.length} colourized photos for real: ` +
    `${percent(fooled / tests.length)} (95 % interval ${wilson(fooled, tests.length).map(percent).join(" to ")}).` +
    " That says as much about the photos as about you.";
  const hex = person.map((part) => part.toString(16).padStart(8, "0")).join("");
  const size = [screen.width, screen.height].map(Math.round);
  const text = JSON.stringify({ about: KIT.about, person: hex, seed, screen: size, answers: given });
  at("result").value = text;
  Object.assign(at("download"), { download: `answers-${hex}.json`, href: URL.createObjectURL(new Blob([text])) });
  at("copy").addEventListener("click", async () => {
    at("result").select();
    const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    const done = copied || document.execCommand("copy");
    at("copied").textContent = done ? "copied" : "copy the marked text by hand";
    if (done) removeEventListener("beforeunload", warn);
  });
  at("credits").hidden = !KIT.credits;
  go("done");
}

async function run() {
  document.body.className = `survey-${KIT.about.protocol}`;
  const trials = plan();
  const asked = trials.length - KIT.practice.length;
  const name = pairs ? "pair" : "photo";
  const put = (where, text) => document.querySelectorAll(where).forEach((each) => (each.textContent = text));
  put(".minutes", Math.ceil(trials.length * 7 / 60));
  put(".practice", `${KIT.practice.length} ${name}s`);
  put(".asked", asked);
  at("agree").addEventListener("change", () => (at("begin").disabled = !at("agree").checked));
  answers.forEach((button, i) => button.addEventListener("click", () => respond([i, performance.now()])));
  addEventListener("keydown", (event) => {
    const i = ["ArrowLeft", "ArrowRight"].indexOf(event.key);
    if (i < 0 || event.repeat || at("trials").hidden) return;
    event.preventDefault();
    respond([i, performance.now()]);
  });
  at("agree").checked = false; // some browsers remember
  go("consent");
  await pressed("begin");
  go("instructions");
  addEventListener("beforeunload", warn);
  const files = new Set(trials.flatMap((trial) => trial.files));
  for (const file of files) {
    await load(file);
    at("loading").textContent = images.size % 10 ? at("loading").textContent : `${images.size} of ${files.size} photos loaded`;
  }
  at("loading").textContent = "All photos are loaded.";
  at("start").disabled = false;
  await pressed("start");
  go("trials");
  at("progress").max = trials.length;
  for (const [i, trial] of trials.entries()) {
    if (i === KIT.practice.length) {
      go("halfway");
      await pressed("count-from-here");
      go("trials");
    }
    const practice = trial.kind === "practice";
    at("count").textContent = practice ? `practice ${i + 1} of ${KIT.practice.length}`
      : `${name} ${i + 1 - KIT.practice.length} of ${asked}`;
    const right = await ask(trial);
    if (practice) await tell(trial, right);
    at("progress").value = i + 1;
  }
  finish();
  at("download").addEventListener("click", () => removeEventListener("beforeunload", warn));
}

run().catch((error) => {
  at("trouble").textContent = `This copy of the survey does not work (${error.message}). ` +
    "Perhaps a photo is missing: ask for the whole folder.";
  at("trouble").hidden = false;
});
