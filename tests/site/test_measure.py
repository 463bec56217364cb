"""What the results page's own experiments compute, on photos whose answer is known."""

import numpy as np
import pytest

from colorlib import evaluation, extractors
from colorlib.colorizer import Colorizer
from tools.measure import edges, ingredients


def test_an_ingredient_is_measured_as_everything_else_is(photos):
    predicted = Colorizer.load("paper").ab(photos[:3])
    found = ingredients.measure(photos[:3], predicted)
    same = evaluation.summarize(evaluation.evaluate(photos[:3], {"paper": predicted}))["paper"]
    assert found == pytest.approx({name: same[name]["mean"] for name in found})


def test_eyes_that_never_learned_see_something_else(tmp_path, monkeypatch):
    monkeypatch.setattr(ingredients, "RUNS", tmp_path)
    monkeypatch.setenv("COLORLIB_EFFICIENTNET_LITE0_WEIGHTS", "")  # given back afterwards
    ingredients.with_eyes(random=True)
    random = extractors.weights_hash("efficientnet_lite0")
    ingredients.with_eyes(random=False)
    assert extractors.weights_hash("efficientnet_lite0") != random


def test_small_true_colours_err_less_than_the_networks():
    """A red and a lighter green half, and a slanted border between them."""
    x, y = np.meshgrid(np.arange(640), np.arange(480))
    photo = np.where((x + y / 3 < 350)[..., None], [150, 60, 60], [120, 200, 120]).astype("uint8")
    found = edges.compare(photo)
    assert found["true, guided, edges"] < 0.8 * found["true, bicubic, edges"]
    assert found["true, bicubic"] < found["network, bicubic"]
