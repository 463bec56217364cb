"""Places and whole kept apart: what each of them changes, and what it does not."""

import numpy as np
import pytest
from keras import ops

from colorlib import designs, extractors, recipes, training
from colorlib.colorizer import Colorizer
from colorlib.designs import unet_whole


@pytest.fixture(scope="module")
def network():
    return designs.build_network("unet_whole")


def told(count, size=64):
    generator = np.random.default_rng(0)
    shapes = extractors.feature_shapes("efficientnet_lite0", size)
    return {
        "lightness": generator.uniform(0, 100, (count, size, size, 1)).astype("float32"),
        "features": [generator.normal(size=(count, *shape)).astype("float32") for shape in shapes],
    }


def test_of_the_coarsest_maps_only_the_average_is_read(network):
    """So another photo's may take their place, of whatever size; that changes every place."""
    given = told(1)
    *local, last = given["features"]
    own = ops.convert_to_numpy(network(given))
    assert own.shape == (1, 16, 16, 2)
    turned = {**given, "features": [*local, last[:, ::-1, ::-1]]}
    np.testing.assert_allclose(network(turned), own, atol=1e-6)
    average = last.mean(axis=(1, 2), keepdims=True)  # (1, 1, 1, 1280)
    np.testing.assert_allclose(network({**given, "features": [*local, average]}), own, atol=1e-6)
    other = ops.convert_to_numpy(network({**given, "features": [*local, average + 3]}))
    assert (np.abs(other - own).max(axis=-1) > 1e-6).all()


def test_while_it_learns_one_in_six_has_no_places_and_one_in_six_no_whole():
    layer = unet_whole.OneAlone("one_alone")
    maps = [np.ones((3000, 1, 1, channels), "float32") for channels in (2, 3, 4, 5)]
    *local, alone = layer(maps, training=True)
    places = np.stack([ops.convert_to_numpy(one)[:, 0, 0, 0] for one in local])
    alone = ops.convert_to_numpy(alone)[:, 0, 0, 0]
    assert (places == places[0]).all(), "all places of a photo, or none"
    assert {*places[0], *alone} == {0, 1}, "what is told is told as loudly as ever"
    assert ((places[0] == 0) & (alone == 0)).sum() == 0, "never both"
    for part in (places[0], alone):
        assert abs(np.mean(part == 0) - 1 / 6) < 0.03
    for one, same in zip(layer(maps), maps, strict=True):
        assert np.array_equal(one, same), "at use nothing is hidden"


def test_it_learns_and_is_used(photos, tmp_path):
    parameters = {"design": "unet_whole", "tier": "smoke", "epochs": 1, "limit": 32}
    recipe, hardware = recipes.recipe_from(parameters)
    colorizer = Colorizer.load(training.train(recipe, tmp_path / "run", hardware))
    assert colorizer.ab(photos[:1, :100, :180]).shape == (1, 100, 180, 2)
