// What every interactive of the book shares: a stage, controls, and a colour's way to the screen.

/** Take the fallback picture out of the figure and put an empty stage in its place. */
export function openStage(name) {
  const picture = document.querySelector(`#interactive-${name} img`);
  const stage = make("div", { className: "stage" });
  (picture.closest("a") ?? picture).replaceWith(stage);
  return stage;
}

/** The data that the page brings for an interactive. */
export function readData(name) {
  return JSON.parse(document.getElementById(`interactive-data-${name}`).textContent);
}

/** An HTML element with properties and children. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** An SVG element with attributes and children. */
export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A labelled slider that says its value; `changed` is called with every move. */
export function slider(label, { min, max, step = 1, value, say = String }, changed) {
  const input = make("input", { type: "range", min, max, step, value });
  const output = make("span", { className: "value", ariaHidden: "true" });
  const row = make("label", { className: "slider" }, make("span", {}, label), input, output);
  const show = () => {
    output.textContent = say(Number(input.value));
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.addEventListener("input", () => (show(), changed(Number(input.value))));
  show();
  return {
    row,
    get value() { return Number(input.value); },
    set value(number) { input.value = number; show(); },
  };
}

/** A button. */
export function button(text, pressed) {
  const element = make("button", { type: "button" }, text);
  element.addEventListener("click", pressed);
  return element;
}

/** Two pictures on top of each other, and a line between them that mouse, touch and keyboard move. */
export function compare(before, after, label) {
  const input = make("input", { type: "range", min: 0, max: 100, step: 1, value: 50, ariaLabel: label });
  const element = make("label", { className: "compare" }, before, after, make("span", { className: "line" }), input,
    make("span", { className: "tag" }, "black and white"), make("span", { className: "tag right" }, "colourized"));
  after.classList.add("after");
  const show = () => {
    element.style.setProperty("--at", `${input.value}%`);
    input.setAttribute("aria-valuetext", `${input.value} % in black and white`);
  };
  const follow = (event) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const box = element.getBoundingClientRect();
    input.value = (100 * (event.clientX - box.left)) / box.width;
    show();
  };
  input.addEventListener("input", show);
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    follow(event);
  });
  element.addEventListener("pointermove", follow);
  show();
  return element;
}

const WHITE = [0.95047, 1.0, 1.08883]; // D65, as in colorlib.lab
const FROM_XYZ = [
  [3.2404813432, -1.5371515163, -0.4985363262],
  [-0.9692549500, 1.8759900015, 0.0415559266],
  [0.0556466391, -0.2040413384, 1.0573110696],
];

/** Lab to linear RGB; a value outside 0..1 means that no screen shows this colour. */
function linearRgb([l, a, b]) {
  const y = (l + 16) / 116;
  const cube = (t) => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29));
  const xyz = [y + a / 500, y, Math.max(y - b / 200, 0)].map((t, i) => WHITE[i] * cube(t));
  return FROM_XYZ.map((row) => row[0] * xyz[0] + row[1] * xyz[1] + row[2] * xyz[2]);
}

/** Can a screen show this colour? */
export function inGamut(lab) {
  return linearRgb(lab).every((value) => value > -1e-4 && value < 1 + 1e-4);
}

/** Lab to [red, green, blue], whole numbers in 0..255; what a screen cannot show is clipped. */
export function labToRgb(lab) {
  return linearRgb(lab).map((value) => {
    const v = Math.min(1, Math.max(0, value));
    return Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055));
  });
}

/** Lab to a colour of CSS. */
export function css(lab) {
  return `rgb(${labToRgb(lab).join(" ")})`;
}

/** A patch of colour with a line of text under it. */
export function swatch(text) {
  const patch = make("div", { className: "patch" });
  const line = make("div", { className: "line" }, text);
  const element = make("div", { className: "swatch" }, patch, line);
  return { element, show(lab, words = text) { patch.style.background = css(lab); line.textContent = words; } };
}
