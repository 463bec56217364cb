// Lab explorer: the a-b plane at one lightness, the edge of what a screen shows, and colours
// that a black-and-white photo cannot tell apart. Chapter 01.
import { css, draw, inGamut, labToRgb, make, openStage, slider, swatch } from "./common.mjs";

const RANGE = 110; // a and b from -110 to 110
const PIXELS = 220; // one a pixel
const stage = openStage("lab-explorer");
const plane = make("canvas", { width: PIXELS, height: PIXELS, className: "plane" });
const cross = draw("svg", { viewBox: `0 0 ${PIXELS} ${PIXELS}`, class: "plane cross", "aria-hidden": "true" });
const [L, A, B] = [
  slider("L, lightness", { min: 0, max: 100, value: 62 }, update),
  slider("a, green to red", { min: -RANGE, max: RANGE, value: 42 }, update),
  slider("b, blue to yellow", { min: -RANGE, max: RANGE, value: 34 }, update),
];
const chosen = swatch("");
const grey = swatch("");
const warning = make("p", { className: "says" });
warning.setAttribute("role", "status");
const equals = Array.from({ length: 6 }, () => swatch(""));
let drawn = null; // the L that the plane shows

function drawPlane(l) {
  const context = plane.getContext("2d");
  const image = context.createImageData(PIXELS, PIXELS);
  for (let i = 0; i < PIXELS * PIXELS; i++) {
    const lab = [l, (i % PIXELS) - RANGE, RANGE - Math.floor(i / PIXELS)];
    const shown = inGamut(lab);
    image.data.set([...(shown ? labToRgb(lab) : [128, 128, 128]), shown ? 255 : 40], 4 * i);
  }
  context.putImageData(image, 0, 0);
  drawn = l;
}

/** The strongest colour of a hue that a screen shows at this lightness. */
function vivid(l, degrees) {
  const [x, y] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
  let chroma = 0;
  while (chroma < 60 && inGamut([l, (chroma + 1) * x, (chroma + 1) * y])) chroma++;
  return [l, chroma * x, chroma * y];
}

function update() {
  const lab = [L.value, A.value, B.value];
  if (drawn !== L.value) drawPlane(L.value);
  const [x, y] = [A.value + RANGE, RANGE - B.value];
  cross.replaceChildren(
    draw("path", { d: `M0 ${RANGE}H${PIXELS}M${RANGE} 0V${PIXELS}`, stroke: "#777", "stroke-width": 0.7 }),
    draw("circle", { cx: x, cy: y, r: 6, fill: css(lab), stroke: "#fff", "stroke-width": 3.5 }),
    draw("circle", { cx: x, cy: y, r: 6.5, fill: "none", stroke: "#000", "stroke-width": 1.2 }),
  );
  const rgb = labToRgb(lab);
  chosen.show(lab, `this colour: R ${rgb[0]}, G ${rgb[1]}, B ${rgb[2]}`);
  grey.show([L.value, 0, 0], "in black and white");
  warning.textContent = inGamut(lab)
    ? "A screen can show this colour."
    : "No screen shows this colour: the nearest that clipping finds is shown instead.";
  warning.classList.toggle("bad", !inGamut(lab));
  equals.forEach((patch, i) => patch.show(vivid(L.value, 60 * i + 30)));
}

function pick(event) {
  if (event.type === "pointermove" && !event.buttons) return;
  const box = plane.getBoundingClientRect();
  A.value = Math.round(((event.clientX - box.left) / box.width) * PIXELS - RANGE);
  B.value = Math.round(RANGE - ((event.clientY - box.top) / box.height) * PIXELS);
  update();
}

plane.addEventListener("pointerdown", pick);
plane.addEventListener("pointermove", pick);
plane.setAttribute("role", "img");
plane.setAttribute("aria-label", "The colours of this lightness: a from left to right, b from bottom to top");
stage.append(
  make("div", { className: "side-by-side" },
    make("div", { className: "plane-box" }, plane, cross),
    make("div", { className: "controls" }, L.row, A.row, B.row, warning,
      make("div", { className: "swatches" }, chosen.element, grey.element))),
  make("p", { className: "says" }, "Same L, different colour. In a black-and-white photo these six are the same grey:"),
  make("div", { className: "swatches narrow" }, ...equals.map((patch) => patch.element)),
);
update();
