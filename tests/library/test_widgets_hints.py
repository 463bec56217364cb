"""The widget of chapter 10: each press is a hint, and the picture follows at once."""

import ast
import io
import time

import numpy as np
import pytest
from keras import ops
from PIL import Image
from skimage import color

from colorlib import bins
from colorlib.colorizer import Colorizer
from colorlib.widgets.hints import hints

BLUE = (10.0, -45.0)


@pytest.fixture(scope="module")
def network():
    return Colorizer.load("unet_hints")


@pytest.fixture
def shown(network, photos):
    return hints({"one": photos[0], "wide": photos[1][40:200]}, network).children


def picture(view):
    return np.asarray(Image.open(io.BytesIO(view.value)))


def given(note):
    return ast.literal_eval(note.value.removeprefix("hints = "))


def ab_near(view, x, y):
    """Mean ab around a place, beside the marks."""
    lab = color.rgb2lab(picture(view))[max(0, y - 14) : y + 15, max(0, x - 14) : x + 15, 1:]
    return np.median(lab.reshape(-1, 2), axis=0)


def test_a_colour_of_ones_own_is_painted_and_can_be_taken_back(shown):
    _, across, down, view, _, row, note = shown
    picker, add, back, clear = row.children
    across.value, down.value = 90, 130
    before, untouched = ab_near(view, 90, 130), view.value
    picker.value = "blue"
    add.click()
    assert given(note) == [(90, 130, "#0000ff")]
    moved = ab_near(view, 90, 130) - before
    assert moved[1] < -5, "bluer"
    picker.value = "#c02020"
    add.click()
    assert given(note) == [(90, 130, "#c02020")], "one hint a place"
    assert (ab_near(view, 90, 130) - before).sum() > 5
    across.value = 100
    add.click()
    assert [hint[0] for hint in given(note)] == [90, 100]
    back.click()
    assert [hint[0] for hint in given(note)] == [90]
    add.click()
    clear.click()
    across.value = 90
    assert given(note) == [] and view.value == untouched


def test_the_picture_is_what_the_library_paints(shown, network, photos):
    _, across, down, view, choices, _, note = shown
    across.value, down.value = 200, 40
    choices.children[1].children[0].click()
    told = given(note)
    assert told[0][:2] == (200, 40) and len(told[0][2]) == 2
    painted = network.colorize(photos[0], hints=told)
    apart = np.abs(picture(view).astype(int) - painted)
    apart[20:61, 180:221] = 0  # the marks
    assert np.mean(apart) < 2, "but for what JPEG costs"


def test_suggestions_are_of_the_place_and_are_those_of_the_library(shown, network, photos):
    _, across, down, _, choices, _, note = shown
    told = network.inputs(photos[:1], hints=[[]])
    likely = network.network(told, training=False)["rebalanced"]
    for x, y in ((0, 0), (255, 255), (30, 200)):
        across.value, down.value = x, y
        lightness = color.rgb2lab(photos[0])[y, x, 0]
        place = ops.convert_to_numpy(likely)[0, y * 48 // 256, x * 48 // 256]
        colors, shares = bins.suggested(place, lightness)
        buttons = [choice.children[0] for choice in choices.children]
        seen = [button for button in buttons if button.layout.visibility != "hidden"]
        assert len(seen) == len(colors)
        for choice, (a, b), share in zip(choices.children, colors, shares, strict=False):
            assert choice.children[0].tooltip == f"a = {a:.0f}, b = {b:.0f}"
            assert choice.children[1].value == f"{share:.0%}"
        choices.children[0].children[0].click()
        assert given(note)[-1] == (x, y, tuple(colors[0].round().astype(int).tolist()))
        shown[5].children[-1].click()


def test_each_photo_has_its_own_hints_and_its_own_size(shown):
    menu, across, down, view, choices, _, note = shown
    choices.children[0].children[0].click()
    first = given(note)
    menu.value = "wide"
    assert given(note) == [] and picture(view).shape == (160, 256, 3)
    assert (across.max, down.max) == (255, 159)
    down.value = 159
    choices.children[0].children[0].click()
    assert given(note)[0][1] == 159
    menu.value = "one"
    assert given(note) == first


def test_the_cross_moves_and_no_network_runs(shown, network, monkeypatch):
    _, across, _, view, *_ = shown
    monkeypatch.setattr(Colorizer, "inputs", None)
    before = picture(view).astype(int)
    across.value = 20
    after = picture(view).astype(int)
    moved = np.abs(after - before).max(axis=-1) > 60
    assert moved[:, 10:31].any() and moved[:, 118:138].any()
    assert not moved[:, 45:100].any()


def test_a_press_is_seen_at_once(shown):
    """Within 0.3 s on two cores. Counted in work, since other tests may run at the same time."""
    choices = shown[4]
    seconds = []
    for choice in choices.children[:4]:
        begin = time.process_time()
        choice.children[0].click()
        seconds.append(time.process_time() - begin)
    assert min(seconds) < 0.5
