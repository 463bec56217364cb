// Real or colourized? Pairs of photos, a timer, a score with its interval; nothing leaves the browser.
// Chapter 06.
import { percent, shuffled, wilson } from "../../colorlib/data/survey/pieces.mjs";
import { button, make, openStage, readData } from "./common.mjs";

const data = readData("real-or-colorized");
const KEY = "colorlib-real-or-colorized";
const stage = openStage("real-or-colorized");
const says = make("p", { className: "says" });
says.setAttribute("role", "status");
const score = make("p", { className: "says score" });
const seconds = make("select", {}, ...[["1 second", 1], ["3 seconds", 3], ["no limit", 0]].map(
  ([text, value]) => make("option", { value, selected: value === 3 }, text)));
const choices = [0, 1].map((side) => choice(side));
const next = button("show the first pair", () => showPair());
const again = button("start again", () => (save({ asked: 0, right: 0 }), restart()));
let order = [...data.photos.keys()];
let at = 0; // how many pairs were shown in this round
let real = 0; // the side of the true photo, 0 or 1
let answered = true;
let timer = null;

function choice(side) {
  const picture = make("span", { className: "photo" });
  picture.style.backgroundImage = `url("${data.pictures[0]}")`;
  picture.style.backgroundSize = `${100 * data.count}% 200%`;
  const name = make("span", { className: "line" }, side ? "right" : "left");
  const element = make("button", { type: "button", className: "choice" }, picture, name);
  element.addEventListener("click", () => answer(side));
  return {
    element,
    show(column, row) {
      picture.style.backgroundPosition = `${100 * column / (data.count - 1)}% ${100 * row}%`;
      picture.classList.remove("hidden");
    },
    hide: () => picture.classList.add("hidden"),
    say: (text) => (name.textContent = text),
    enable: (on) => (element.disabled = !on),
  };
}

function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    if (Number.isInteger(kept?.asked) && kept.right >= 0 && kept.right <= kept.asked) return kept;
  } catch { /* no storage here, or something else in it: begin anew */ }
  return { asked: 0, right: 0 };
}

function save(kept) {
  tally = kept;
  try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* the score lasts as long as the page */ }
  showScore();
}

let tally = load();

function showScore() {
  if (!tally.asked) return (score.textContent = "No answer yet. By chance half of them would be right.");
  const [low, high] = wilson(tally.asked - tally.right, tally.asked);
  score.textContent = `${tally.right} of ${tally.asked} right. The network fooled you in ` +
    `${percent(1 - tally.right / tally.asked)} of the pairs (95 % interval ${percent(low)} to ${percent(high)}); ` +
    "at 50 % nobody could tell.";
}

function restart() {
  order = shuffled(order);
  at = 0;
  answered = true;
  clearTimeout(timer);
  choices.forEach((one) => (one.hide(), one.enable(false)));
  choices[0].say("left");
  choices[1].say("right");
  next.textContent = "show the first pair";
  next.disabled = false;
  says.textContent = "One of two photos has its true colours, the other was colourized. Choose the true one.";
  showScore();
}

function showPair() {
  if (at === order.length) return restart();
  real = Math.random() < 0.5 ? 0 : 1;
  choices.forEach((one, side) => {
    one.show(order[at], side === real ? 0 : 1);
    one.say(side ? "right" : "left");
    one.enable(true);
  });
  answered = false;
  next.disabled = true;
  says.textContent = `Pair ${at + 1} of ${order.length}: which one has its true colours?`;
  clearTimeout(timer);
  if (Number(seconds.value)) timer = setTimeout(() => choices.forEach((one) => one.hide()), 1000 * seconds.value);
  choices[0].element.focus({ preventScroll: true });
}

function answer(side) {
  if (answered) return;
  answered = true;
  clearTimeout(timer);
  choices.forEach((one, i) => {
    one.show(order[at], i === real ? 0 : 1);
    one.say(i === real ? "true colours" : "colourized");
    one.enable(false);
  });
  save({ asked: tally.asked + 1, right: tally.right + (side === real ? 1 : 0) });
  says.textContent = `${side === real ? "Right." : "It fooled you."} Photo: ${data.photos[order[at]].author || "author not named"}.`;
  at += 1;
  next.disabled = false;
  next.textContent = at === order.length ? "that was all: once more" : "next pair";
  next.focus({ preventScroll: true });
}

stage.append(
  make("div", { className: "choices" }, ...choices.map((one) => one.element)), says,
  make("div", { className: "controls abreast" }, next,
    make("label", {}, make("span", {}, "shown for "), seconds), again), score,
);
restart();
