import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest

from colorlib import figures


def test_an_import_restyles_nothing_and_one_line_does():
    code = """
import matplotlib.pyplot as plt
from matplotlib.colors import to_hex
before = dict(plt.rcParams)
from colorlib import figures
assert dict(plt.rcParams) == before
figures.use_style()
assert plt.rcParams["axes.spines.top"] is False
first, second, *_ = plt.rcParams["axes.prop_cycle"].by_key()["color"]
assert [to_hex(f"#{color.lstrip('#')}") for color in (first, second)] == [
    figures.BLUE, figures.ORANGE
]
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_grid_shows_each_photo_once_with_its_title(photos):
    open_before = plt.get_fignums()
    grid = figures.photo_grid([photos[:3], photos[3:6]], titles="abc", labels=("one", "two"))
    drawn = [axis for axis in grid.axes if axis.images]
    assert len(drawn) == 6
    assert [axis.get_title() for axis in drawn[:3]] == ["a", "b", "c"]
    assert [drawn[0].get_ylabel(), drawn[3].get_ylabel()] == ["one", "two"]
    assert np.array_equal(drawn[4].images[0].get_array(), photos[4])
    assert plt.get_fignums() == open_before, "figures are closed, so a notebook shows them once"


def test_channels_show_l_a_and_b_apart(photos):
    whole, lightness, a, b = (
        axis.images[0].get_array() for axis in figures.channels(photos[0]).axes
    )
    assert np.array_equal(whole, photos[0])
    assert np.ptp(lightness, axis=-1).max() == 0, "L is grey"
    red, green, blue = np.moveaxis(np.asarray(a, int), -1, 0)
    assert np.corrcoef(red.ravel(), green.ravel())[0, 1] < -0.9, "a goes from green to red"
    red, green, blue = np.moveaxis(np.asarray(b, int), -1, 0)
    assert np.corrcoef(blue.ravel(), red.ravel())[0, 1] < -0.8, "b goes from blue to yellow"


def test_maps_share_one_scale(photos):
    drawn = figures.maps([photos[0], np.eye(4), 3 * np.eye(4)], "abc", "steps")
    one, two = (axis.images[0] for axis in drawn.axes[1:3])
    assert one.get_clim() == two.get_clim() == pytest.approx((0, 3))
    assert any(axis.get_ylabel() == "steps" for axis in drawn.axes)
    assert len(figures.maps([np.eye(4)], "a", "steps").axes) == 2  # one map, and its bar
