import io

import numpy as np
import pytest
from PIL import Image
from skimage import color

from colorlib.widgets.chroma_swap import chroma_swap
from colorlib.widgets.lab_explorer import lab_explorer


def picture(view):
    return np.asarray(Image.open(io.BytesIO(view.value)))


def explorer_at(lightness, a, b):
    *sliders, view, note = lab_explorer().children
    for slider, value in zip(sliders, (lightness, a, b), strict=True):
        slider.value = value
    return picture(view), note.value


def test_the_explorer_shows_the_color_of_the_sliders():
    shown, note = explorer_at(65, 20, 30)
    assert shown.shape == (256, 512, 3)
    swatch = color.rgb2lab(shown[:, 260:]).mean(axis=(0, 1))
    np.testing.assert_allclose(swatch, [65, 20, 30], atol=1.5)
    expected = np.rint(255 * color.lab2rgb([65.0, 20.0, 30.0])).astype(int)
    assert "R = {}, G = {}, B = {}".format(*expected) in note


def test_the_explorer_draws_the_plane_the_right_way_up():
    shown, _ = explorer_at(60, -100, 100)
    lab = color.rgb2lab(shown)
    for a, b in ((50, 0), (-30, 0), (0, 50), (0, -40), (20, 20)):
        np.testing.assert_allclose(lab[127 - b, 128 + a], [60, a, b], atol=3)
    assert np.ptp(shown[250, 5:250].astype(int), axis=1).max() < 4  # b = -123: only grey


def test_the_explorer_warns_of_what_no_screen_can_show():
    inside, note = explorer_at(50, 0, 0)
    assert "Out of gamut" not in note
    assert (inside[10, 400] == inside[-10, 400]).all()
    outside, note = explorer_at(50, -100, 0)
    assert "Out of gamut" in note
    clipped, fitted = color.rgb2lab(outside[[10, -10], 400])
    np.testing.assert_allclose(fitted[0], 50, atol=1)
    assert abs(clipped[0] - 50) > 3, "clipping changes the lightness"


@pytest.mark.parametrize("moved", range(3))
def test_each_slider_moves_the_picture(moved):
    *sliders, view, _ = lab_explorer().children
    before = view.value
    sliders[moved].value -= 25
    assert view.value != before
    assert view.value[:2] == b"\xff\xd8"
    assert len(view.value) < 60_000


def test_the_swap_takes_lightness_and_colors_from_where_it_says(photos):
    named = {"first": photos[0], "second": photos[1], "third": photos[2]}
    light, chroma, view, note = chroma_swap(named).children
    before = view.value
    light.value = "third"
    assert view.value != before
    chroma.value = "third"
    assert len(view.value) < 60_000
    grey, donor, joined = np.split(picture(view), 3, axis=1)
    assert np.abs(donor.astype(float) - joined).mean() < 3, "its own colours: the photo itself"
    assert np.ptp(grey.astype(int), axis=-1).mean() < 2
    assert note.value.startswith("0%")

    chroma.value = "second"
    grey, donor, joined = (color.rgb2lab(part) for part in np.split(picture(view), 3, axis=1))
    assert np.abs(grey[..., 0] - joined[..., 0]).mean() < 1
    closer = np.abs(joined[..., 1:] - donor[..., 1:]).mean()
    assert closer < 0.5 * np.abs(donor[..., 1:]).mean()
