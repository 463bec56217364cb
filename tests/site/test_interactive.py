"""The interactives in the pages, each alone in a real browser."""

import json
import math
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from colorlib import evaluation, lab
from colorlib.published import result
from tools import ROOT
from tools.site import interactives

FOLDER = ROOT / "book" / "interactive"
NAMES = sorted(path.stem for path in FOLDER.glob("*.mjs") if path.stem != "common")


@pytest.fixture
def show(browser):
    """Open one interactive, alone on its page; a complaint of the browser fails the test."""
    complaints, contexts = [], []

    def open_page(name, **options):
        contexts.append(browser.new_context(**options))
        tab = contexts[-1].new_page()
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.route("**/*", interactives.answer(name))
        tab.goto(f"http://interactive.test/{name}.html")
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert [text for text in complaints if "favicon" not in text and "404" not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_small_and_with_a_picture_for_readers_without_scripts(name):
    assert len(interactives.markup(name, ".").encode()) < 30_000
    picture = Image.open(FOLDER / f"{name}.jpg")
    assert picture.width > 600
    assert np.asarray(picture).std() > 20, "an empty picture"


@pytest.mark.parametrize("name", NAMES)
def test_on_a_phone_nothing_sticks_out(name, show):
    tab = show(name, viewport={"width": 390, "height": 800}, has_touch=True)
    expect(tab.locator(".stage")).to_be_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("name", NAMES)
def test_everything_can_be_reached_by_keyboard(name, show):
    tab = show(name)
    controls = tab.locator(".stage :is(input, select, button):enabled:visible")
    reached = set()
    for _ in range(controls.count() + 1):
        tab.keyboard.press("Tab")
        reached.add(
            tab.evaluate(
                "[...document.querySelectorAll('.stage *')].indexOf(document.activeElement)"
            )
        )
    assert len(reached - {-1}) == controls.count()
    for control in controls.all():
        assert control.evaluate("e => e.tagName === 'BUTTON' ? e.innerText : e.labels[0].innerText")


def test_the_browser_computes_the_colors_of_the_library(show):
    tab = show("lab-explorer")
    cube = np.stack(np.meshgrid(*3 * [np.arange(0, 256, 17)]), axis=-1).reshape(-1, 3)
    colors = np.asarray(lab.rgb_to_lab(cube.astype("uint8")))
    source = (FOLDER / "common.mjs").read_text(encoding="utf-8").replace("export ", "")
    beyond = [[0, -10, 110], [20, 0, 110], [60, -100, -100]]
    found = tab.evaluate(
        f"(colors) => {{ {source}; return colors.map((c) => [labToRgb(c), inGamut(c)]); }}",
        colors.tolist() + beyond,
    )
    rgb = np.array([rgb for rgb, _ in found])
    assert np.abs(rgb[: len(cube)] - cube).max() == 0
    assert [shown for _, shown in found] == len(cube) * [True] + len(beyond) * [False]
    clipped = 255 * np.asarray(lab.lab_to_rgb(np.array(beyond, "float32")))
    assert np.abs(rgb[len(cube) :] - clipped).max() <= 1


def test_lab_explorer(show):
    tab = show("lab-explorer", has_touch=True)
    lightness, a, b = tab.get_by_role("slider").all()
    for slider, value in ((lightness, 50), (a, 0), (b, 0)):
        slider.fill(str(value))
    expect(tab.locator(".controls .swatches")).to_contain_text("R 119, G 119, B 119")
    expect(tab.get_by_role("status")).to_have_text("A screen can show this colour.")
    a.focus()
    for _ in range(5):
        tab.keyboard.press("ArrowLeft")
    expect(tab.locator(".controls .swatches")).not_to_contain_text("R 119")
    a.fill("-100")
    expect(tab.get_by_role("status")).to_contain_text("No screen shows this colour")
    corner = tab.locator("canvas").bounding_box()
    tab.touchscreen.tap(corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2)
    assert abs(int(a.input_value())) <= 1
    assert abs(int(b.input_value())) <= 1
    lightness.fill("62")
    patches = tab.locator(".narrow .patch").evaluate_all(
        "all => all.map(e => getComputedStyle(e).backgroundColor.match(/\\d+/g).map(Number))"
    )
    found = np.asarray(lab.rgb_to_lab(np.array(patches, "uint8")))
    assert np.abs(found[:, 0] - 62).max() < 0.6, "not of equal lightness"
    assert np.ptp(found[:, 1]) > 60


def test_why_grey_counts_colors_as_the_library_does():
    """Half a bin is rounded to even there, here upwards: no colour may lie where that differs."""
    source = (FOLDER / "why-grey.mjs").read_text(encoding="utf-8")
    found = re.findall(r"colors: (\[\[.+?\]\])", source)
    colors = np.array([json.loads(each) for each in found])  # (scenes, 2, 2)
    assert len(colors) == 3 and (np.rint(colors / 10) == np.floor(colors / 10 + 0.5)).all()


def test_why_grey(show):
    tab = show("why-grey")
    answers = tab.locator(".stage > .swatches .line")
    cost = [float(text.rpartition(" ")[2]) for text in answers.all_inner_texts()]
    assert cost[0] < min(cost[1:]), "the mean is the cheapest answer"
    beige, purple, p = np.array([4, 14]), np.array([40, -36]), 0.6
    mean = p * beige + (1 - p) * purple
    by_hand = [
        (p * np.sum((x - beige) ** 2) + (1 - p) * np.sum((x - purple) ** 2)) / 2 / 128**2
        for x in (mean, beige, purple)
    ]
    np.testing.assert_allclose(cost, by_hand, atol=6e-5)
    expect(tab.get_by_role("status")).to_contain_text("answers purple")
    tab.get_by_role("slider").fill("100")
    expect(tab.get_by_role("status")).to_contain_text("answers beige")
    tab.get_by_role("combobox").select_option("a car: red or blue")
    expect(answers.nth(1)).to_contain_text("costs 0.0000")


def test_training_scrubber(show):
    data = json.loads(result("lab/scrubber.json").read_text(encoding="utf-8"))
    tab = show("training-scrubber", has_touch=True)
    status, slider = tab.get_by_role("status"), tab.get_by_role("slider")
    last = data["sheets"][-1]
    expect(status).to_contain_text(f"Epoch {last}: loss {data['val_loss'][last - 1]:.4f}")
    row = tab.locator(".strip").nth(1)
    before = row.screenshot()
    slider.focus()
    tab.keyboard.press("Home")
    expect(status).to_contain_text(f"Epoch 1: loss {data['val_loss'][0]:.4f}")
    assert row.screenshot() != before, "the photos did not move with the loss"
    tab.keyboard.press("End")
    tab.locator("svg").scroll_into_view_if_needed()
    chart = tab.locator("svg").bounding_box()
    tab.touchscreen.tap(chart["x"] + 0.09 * chart["width"], chart["y"] + 0.5 * chart["height"])
    expect(status).to_contain_text("Epoch 1:")
    tab.get_by_role("button", name="play").click()
    expect(status).not_to_contain_text("Epoch 1:")
    tab.get_by_role("button", name="stop").click()
    sprite = Image.open(result("lab/scrubber.jpg"))
    assert sprite.width / data["columns"] == sprite.height / (len(data["sheets"]) + 2)


def test_real_or_colorized(show):
    data = json.loads((ROOT / "book/results/pairs.json").read_text(encoding="utf-8"))
    tab = show("real-or-colorized")
    tab.get_by_role("combobox").select_option("1 second")
    for asked in range(1, 5):
        tab.locator(".controls button").first.click()
        choices = tab.locator(".choice")
        if asked == 1:
            expect(choices.first.locator(".photo")).to_have_class(
                re.compile("hidden"), timeout=3000
            )
        choices.first.press("Enter")
        expect(choices.first).to_contain_text(re.compile("true colours|colourized"))
    score = tab.locator(".score").inner_text()
    pattern = r"(\d+) of (\d+) right.* in (\d+) %.* interval (\d+) % to (\d+) %"
    right, asked, fooled, low, high = map(int, re.search(pattern, score).groups())
    interval = evaluation.wilson_interval(asked - right, asked)
    assert asked == 4
    assert fooled == math.floor(100 * (1 - right / 4) + 0.5)
    assert [low, high] == [pytest.approx(100 * end, abs=0.51) for end in interval]
    tab.reload()
    assert tab.locator(".score").inner_text() == score, "the score is kept in the browser"
    tab.get_by_role("button", name="start again").click()
    expect(tab.locator(".score")).to_contain_text("No answer yet")
    sprite = Image.open(ROOT / "book/results/pairs.jpg")
    assert (sprite.width, sprite.height) == (data["count"] * data["side"], 2 * data["side"])
