// Training scrubber: drag over the epochs of a real run; photos and loss move together. Chapter 05.
import { button, draw, make, openStage, readData, slider } from "./common.mjs";

const data = readData("training-scrubber");
const stage = openStage("training-scrubber");
const [WIDTH, HEIGHT] = [640, 190];
const last = data.sheets.length - 1;
const rows = { grey: 0, now: 1, true: data.sheets.length + 1 }; // of the sprite: grey, sheets, true
const epoch = slider("epoch", { min: 0, max: last, value: last, say: (i) => `${data.sheets[i]} of ${data.epochs.length}` }, update);
const chart = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart wide", role: "img" });
const marker = draw("g");
const says = make("p", { className: "says" });
says.setAttribute("role", "status");
const play = button("play", () => (timer ? stop() : start()));
const strips = {
  grey: strip("grey"), now: strip("the network now"), true: strip("true"),
};
let timer = null;

/** One row of the sprite, as wide as the stage. */
function strip(label) {
  const picture = make("div", { className: "strip" });
  picture.style.backgroundImage = `url("${data.pictures[0]}")`;
  picture.style.aspectRatio = `${data.columns} / 1`;
  picture.style.backgroundSize = `100% ${100 * (data.sheets.length + 2)}%`;
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", `${data.columns} photos: ${label}`);
  const element = make("div", { className: "strip-row" }, make("span", {}, label), picture);
  return { element, show: (row) => (picture.style.backgroundPositionY = `${100 * row / (data.sheets.length + 1)}%`) };
}

const logs = [Math.min(...data.loss, ...data.val_loss), Math.max(...data.loss, ...data.val_loss)].map(Math.log);
const x = (number) => 52 + (WIDTH - 70) * (number - 1) / Math.max(1, data.epochs.length - 1);
const y = (loss) => 14 + (HEIGHT - 50) * (logs[1] - Math.log(loss)) / (logs[1] - logs[0]);

function drawChart() {
  const curve = (values, kind) => draw("path", {
    d: "M" + values.map((value, i) => `${x(data.epochs[i]).toFixed(1)} ${y(value).toFixed(1)}`).join("L"), class: `curve ${kind}`,
  });
  const middle = Math.floor(data.epochs.length * 0.6);
  const write = (at, up, text, anchor = "start") => draw("text", { x: at, y: up, class: "text", "text-anchor": anchor }, text);
  chart.append(
    draw("path", { d: `M52 6V${HEIGHT - 30}H${WIDTH - 14}`, class: "axis" }),
    ...[...new Set([logs[0], logs[1]])].map((log) => write(48, y(Math.exp(log)) + 4, Math.exp(log).toFixed(4), "end")),
    write(52, HEIGHT - 14, "1"), write(WIDTH - 14, HEIGHT - 14, `epoch ${data.epochs.length}`, "end"),
    curve(data.loss, "dashed"), curve(data.val_loss, "warm"),
    write(x(data.epochs[middle]), y(data.loss[middle]) + 20, "training photos (dashed)", "middle"),
    write(x(data.epochs[middle]), y(data.val_loss[middle]) - 10, "new photos", "middle"),
    marker,
  );
  chart.setAttribute("aria-label", `Loss over ${data.epochs.length} epochs on training photos and on new photos`);
}

function update() {
  const number = data.sheets[epoch.value];
  const i = data.epochs.indexOf(number);
  strips.now.show(rows.now + epoch.value);
  marker.replaceChildren(
    draw("path", { d: `M${x(number)} 6V${HEIGHT - 30}`, class: "axis" }),
    draw("circle", { cx: x(number), cy: y(data.val_loss[i]), r: 5, class: "dot" }));
  says.textContent = `Epoch ${number}: loss ${data.val_loss[i].toFixed(4)} on new photos, ` +
    `${data.loss[i].toFixed(4)} on training photos; mean chroma ${data.val_chroma[i].toFixed(1)} ` +
    `(the true photos: ${data.true_chroma.toFixed(1)}).`;
}

function stop() {
  clearInterval(timer);
  timer = null;
  play.textContent = "play";
}

function start() {
  if (epoch.value === last) epoch.value = 0;
  play.textContent = "stop";
  timer = setInterval(() => {
    if (epoch.value >= last) return stop();
    epoch.value += 1;
    update();
  }, 400);
}

function pick(event) {
  if (event.type === "pointermove" && !event.buttons) return;
  const box = chart.getBoundingClientRect();
  const at = (event.clientX - box.left) * WIDTH / box.width;
  const distance = (number) => Math.abs(x(number) - at);
  epoch.value = data.sheets.reduce((best, number, i) => (distance(number) < distance(data.sheets[best]) ? i : best), 0);
  stop();
  update();
}

chart.addEventListener("pointerdown", pick);
chart.addEventListener("pointermove", pick);
drawChart();
strips.grey.show(rows.grey);
strips.true.show(rows.true);
stage.append(
  strips.grey.element, strips.now.element, strips.true.element,
  make("div", { className: "controls" }, epoch.row), chart,
  make("div", { className: "controls abreast" }, play, says),
);
update();
