"""Make what the interactives in the pages need: `make interactives`.

    python -m tools.site.interactives

Counts the colours of the bundled training photos for "Why grey?", and photographs each
interactive in a browser: the picture that a reader sees where scripts do not run. The sheets of
photos for the other two come from `make results`.
"""

import io
import shutil
import sys

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from book._ext.interactive import markup
from colorlib import metrics, photoset, plates
from colorlib.files import atomic_write, write_json
from colorlib.lab import to_lab
from colorlib.published import FOLDER as PUBLISHED
from tools import ROOT

FOLDER = ROOT / "book" / "interactive"
PICTURES = (ROOT / "book" / "results", PUBLISHED, plates.FOLDER, ROOT / "book" / "img")


PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>
<style>body {{ margin: 0; font-family: "DejaVu Sans", sans-serif; }}
figure {{ margin: 0; }} {css}</style></head>
<body><figure class="interactive" id="interactive-{name}"><img alt=""></figure>
{markup}</body></html>"""


def main():
    write_json(FOLDER / "why-grey.json", count_colors(photoset.commons()))
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        sys.exit("make interactives needs a browser: install chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for script in sorted(FOLDER.glob("*.mjs")):
            if script.stem != "common":
                photograph(browser, script.stem, FOLDER / f"{script.stem}.jpg")
                print(FOLDER / f"{script.stem}.jpg")


def count_colors(photos):
    """How many pixels of the training photos fall into each bin of the ab plane."""
    total = sum(
        metrics.count_bins(to_lab(photos.photos[row][::4, ::4])[..., 1:]) for row in photos.train
    )
    plane = total.reshape(27, 27)  # bin [13, 13] lies around a = b = 0
    return {
        "made_by": "make interactives",
        "photos": f"{len(photos.train)} training photos of {photos.path.name}, every 16th pixel",
        "bins": int(np.count_nonzero(plane)),
        "pixels": int(total.sum()),
        "counts": {f"{a - 13},{b - 13}": int(plane[a, b]) for a, b in np.argwhere(plane)},
    }


def page(name):
    """A page that holds one interactive and nothing else; its pictures stand beside it."""
    css = (ROOT / "_static" / "interactive.css").read_text(encoding="utf-8")
    return PAGE.format(name=name, css=css, markup=markup(name, "."))


def photograph(browser, name, target):
    """Show one interactive in a browser and keep a picture of it."""
    tab = browser.new_page(viewport={"width": 720, "height": 900}, device_scale_factor=1.5)
    tab.route("**/*", answer(name))
    tab.add_init_script("Math.random = () => 0.4")  # the same picture every time
    tab.goto(f"http://interactive.test/{name}.html")
    if name == "real-or-colorized":  # a pair says more than an empty frame
        tab.get_by_role("button", name="show the first pair").click()
    tab.wait_for_timeout(300)
    picture = tab.locator("figure").screenshot()
    tab.close()
    with atomic_write(target) as file:
        Image.open(io.BytesIO(picture)).convert("RGB").save(file, "JPEG", quality=85)


def answer(name):
    """Serve the page and its pictures without a server."""

    def fulfil(route):
        file = route.request.url.rpartition("/")[2]
        if file == f"{name}.html":
            return route.fulfill(body=page(name), content_type="text/html")
        found = next((path for place in PICTURES for path in place.rglob(file)), None)
        return route.fulfill(path=found) if found else route.fulfill(status=404)

    return fulfil


if __name__ == "__main__":
    main()
