// Loaded before the scripts that draw a notebook's widgets, on pages that have widgets.

// Everything the widget manager asks for comes from this site.
window.require = {
  baseUrl: new URL("npm/", document.currentScript.src).href,
  waitSeconds: 30,
};

// Widgets come without names for screen readers: a slider takes that of the label before it.
new MutationObserver(() => {
  for (const picture of document.querySelectorAll(".widget-image:not([alt])"))
    picture.alt = "The picture that these controls change when the notebook runs";
  for (const handle of document.querySelectorAll(".noUi-handle:not([aria-label])"))
    handle.ariaLabel = handle.closest(".widget-slider")?.querySelector("label")?.textContent || "slider";
}).observe(document, { childList: true, subtree: true });

// They ask MathJax to set their labels as version 2 was asked; version 3 has another way.
let mathjax = window.MathJax;
Object.defineProperty(window, "MathJax", {
  get: () => mathjax,
  set: (value) => {
    mathjax = value;
    mathjax.Hub = { Queue: ([, , element]) => mathjax.typesetPromise?.([element]) };
  },
});
window.MathJax = mathjax ?? {};
