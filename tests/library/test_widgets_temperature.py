"""The sliders of chapter 08 decode as the library does: colder is nearer the likeliest."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from skimage import color

from colorlib import bins
from colorlib.widgets.temperature import temperature

RED, BLUE, GREY = (bins.centres().tolist().index(ab) for ab in ([40, 30], [10, -40], [0, 0]))


@pytest.fixture
def two_answers():
    """A grey photo of which a network says: red or blue, red a little likelier, grey likeliest."""
    likely = np.full((4, 4, 313), 1e-9)
    likely[..., [RED, BLUE, GREY]] = 0.3, 0.2, 0.5
    prior = np.full(313, 0.1 / 312)
    prior[GREY] = 0.9
    photos = {"one": np.full((32, 32, 3), 130, "uint8"), "other": np.full((32, 32, 3), 60, "uint8")}
    return temperature(photos, {name: np.log(likely) for name in photos}, prior).children


def seen_ab(view):
    picture = np.asarray(Image.open(io.BytesIO(view.value)))
    return color.rgb2lab(picture)[8:24, 8:24, 1:].mean(axis=(0, 1))


def test_the_sliders_decode(two_answers):
    _, cold, fair, view, note = two_answers
    cold.value, fair.value = 1.0, 0.0
    mean = 0.3 * bins.centres()[RED] + 0.2 * bins.centres()[BLUE]
    np.testing.assert_allclose(seen_ab(view), mean, atol=2)
    cold.value = 0.04
    np.testing.assert_allclose(seen_ab(view), [0, 0], atol=2)  # grey is the likeliest
    fair.value = 0.95
    np.testing.assert_allclose(seen_ab(view), bins.centres()[RED], atol=3)  # and common
    found, true = map(float, re.findall(r"\d+\.\d", note.value))
    assert found == pytest.approx(50, abs=0.5) and true == pytest.approx(0, abs=0.1)


def test_the_menu_changes_the_photo(two_answers):
    menu, *_, view, _ = two_answers
    before = view.value
    menu.value = "other"
    assert view.value != before
    picture = np.asarray(Image.open(io.BytesIO(view.value)))
    assert abs(int(picture[16, 48, 0]) - 60) < 5  # the true photo, at the right
