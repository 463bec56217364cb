// Why grey? Two plausible colours and their probabilities, and what three rules answer. Chapter 05.
import { css, draw, make, openStage, readData, slider, swatch } from "./common.mjs";

const data = readData("why-grey"); // how often each ab bin, 10 x 10 large, occurs in real photos
const SCENES = {
  "a shirt: beige or purple": { l: 62, colors: [[4, 14], [40, -36]], names: ["beige", "purple"] },
  "a car: red or blue": { l: 45, colors: [[60, 40], [15, -50]], names: ["red", "blue"] },
  "a leaf: June or October": { l: 60, colors: [[-33, 42], [36, 56]], names: ["green", "orange"] },
};
const stage = openStage("why-grey");
const menu = make("select", {}, ...Object.keys(SCENES).map((name) => make("option", {}, name)));
const chance = slider("how likely the first is", { min: 0, max: 100, value: 60, say: (p) => `${p} %` }, update);
const given = [swatch(""), swatch("")];
const answers = [swatch(""), swatch(""), swatch("")];
const chart = draw("svg", { viewBox: "0 0 320 150", class: "chart", role: "img" });
const says = make("p", { className: "says" });
says.setAttribute("role", "status");

/** Zhang et al. 2016, equation (4): rare colours count more; half of the weight is even. */
function rarity([a, b]) {
  const bin = data.counts[`${Math.round(a / 10)},${Math.round(b / 10)}`] ?? 0;
  return 1 / (0.5 * bin / data.pixels + 0.5 / data.bins);
}

/** The expected cost of an answer, as equation (1) counts it: squared, halved, over 128 squared. */
function cost(answer, colors, p) {
  const squared = (x, y) => (x[0] - y[0]) ** 2 + (x[1] - y[1]) ** 2;
  return (p * squared(answer, colors[0]) + (1 - p) * squared(answer, colors[1])) / 2 / 128 ** 2;
}

const between = ([x, y], t) => [0, 1].map((i) => (1 - t) * x[i] + t * y[i]);

function drawChart(scene, p, places) {
  const top = 1.05 * Math.max(cost(scene.colors[0], scene.colors, p), cost(scene.colors[1], scene.colors, p));
  const x = (t) => 14 + 292 * t;
  const y = (value) => 112 - 78 * value / top;
  const path = Array.from({ length: 61 }, (_, i) => [x(i / 60), y(cost(between(scene.colors, i / 60), scene.colors, p))]);
  const strip = path.map(([at], i) =>
    draw("rect", { x: at - 2.6, y: 118, width: 5.4, height: 14, fill: css([scene.l, ...between(scene.colors, i / 60)]) }));
  chart.replaceChildren(
    ...strip,
    draw("path", { d: "M" + path.map((point) => point.map((v) => v.toFixed(1)).join(" ")).join("L"), class: "curve" }),
    ...places.map(([t, letter], i) => {
      const at = y(cost(between(scene.colors, t), scene.colors, p));
      return draw("g", {}, draw("circle", { cx: x(t), cy: at, r: 5, class: "dot" }),
        draw("text", { x: x(t) + (t > 0.9 ? -9 : 9), y: at - 8 - (i === 2 && places[1][0] === t ? 13 : 0), class: "text", "text-anchor": t > 0.9 ? "end" : "start" }, letter));
    }),
    draw("text", { x: 14, y: 147, class: "text" }, scene.names[0]),
    draw("text", { x: 306, y: 147, class: "text", "text-anchor": "end" }, scene.names[1]),
    draw("text", { x: 14, y: 11, class: "text" }, "expected cost of each answer"),
  );
  chart.setAttribute("aria-label", "The expected cost of every answer on the line between the two colours; it is lowest at their mean");
}

function update() {
  const scene = SCENES[menu.value];
  const p = chance.value / 100;
  const weight = scene.colors.map(rarity);
  const heavy = weight[0] >= weight[1] ? 0 : 1;
  const mode = p >= 0.5 ? 0 : 1;
  const rebalanced = p * weight[0] >= (1 - p) * weight[1] ? 0 : 1;
  const mean = between(scene.colors, 1 - p);
  const say = (name, answer) => `${name}: costs ${cost(answer, scene.colors, p).toFixed(4)}`;
  given.forEach((patch, i) =>
    patch.show([scene.l, ...scene.colors[i]], `${scene.names[i]}: ${Math.round(100 * (i ? 1 - p : p))} %`));
  answers[0].show([scene.l, ...mean], say("mean", mean));
  answers[1].show([scene.l, ...scene.colors[mode]], say("mode", scene.colors[mode]));
  answers[2].show([scene.l, ...scene.colors[rebalanced]], say("rebalanced", scene.colors[rebalanced]));
  drawChart(scene, p, [[1 - p, "mean"], [mode, "mode"], [rebalanced, "rebalanced"]]);
  const chroma = Math.hypot(...mean).toFixed(0);
  const truth = scene.colors.map((color) => Math.hypot(...color).toFixed(0)).join(" and ");
  says.textContent = `The cheapest answer, the mean, has chroma ${chroma}; the two true colours have ${truth}. ` +
    `Rebalancing counts ${scene.names[heavy]} ${(weight[heavy] / weight[1 - heavy]).toFixed(1)} times as much ` +
    `as ${scene.names[1 - heavy]}, which is more common in photos, and so answers ${scene.names[rebalanced]}.`;
}

menu.addEventListener("change", update);
stage.append(
  make("div", { className: "controls" }, make("label", { className: "slider" }, make("span", {}, "what it may be"), menu), chance.row),
  make("div", { className: "side-by-side" },
    make("div", { className: "swatches" }, ...given.map((patch) => patch.element)), chart),
  make("div", { className: "swatches" }, ...answers.map((patch) => patch.element)),
  says,
);
update();
