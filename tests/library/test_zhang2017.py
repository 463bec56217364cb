"""Zhang et al. 2017: the layers, the loss and the head that reads without changing."""

import keras
import numpy as np
import pytest
from keras import ops

from colorlib import anatomy, bins, designs, inputs
from colorlib.colorizer import Colorizer
from colorlib.designs import zhang2017
from colorlib.files import UserError
from colorlib.images import resized
from colorlib.lab import rgb_to_lab


@pytest.fixture(scope="module")
def whole():
    """At full width."""
    return designs.build_network("zhang2017")


@pytest.fixture(scope="module")
def small():
    return designs.build_network("zhang2017", {"width": 0.125})


def test_layers_and_parameters(whole):
    rows = {row.name: row for row in anatomy.layer_table(whole, size=256)}
    sides = {"conv1_2": 256, "conv2_2": 128, "conv3_3": 64, "conv7_3": 32, "conv8_2": 64}
    sides |= {"conv9_1": 128, "conv10_1": 256, "likely": 64}
    assert {name: rows[name].output[0] for name in sides} == sides
    assert rows["ab"].output == (256, 256, 2) and rows["likely"].output == (64, 64, 313)
    # 3x3 from, to, as in the released program; then transposed 4x4, then 1x1.
    blocks = [(4, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256), (256, 256)]
    blocks += [(256, 512), *11 * [(512, 512)], *3 * [(256, 256)], *2 * [(128, 128)]]
    blocks += [(64, 128), (128, 128)]
    up, one = [(512, 256), (256, 128), (128, 128)], [(128, 2), (256, 313)]
    wanted = sum(
        side * side * into * out + out
        for side, pairs in ((3, blocks), (4, up), (1, one))
        for into, out in pairs
    )
    norms = sum(row.parameters for row in rows.values() if row.kind == "BatchNormalization")
    assert wanted == 34_125_755 and norms == 4 * (64 + 128 + 256 + 4 * 512 + 256 + 128)
    assert whole.count_params() == wanted + norms
    dilated = {name for name in rows if "conv" in name and dilation(whole, name) == 2}
    assert dilated == {f"conv{block}_{place}" for block in (5, 6) for place in (1, 2, 3)}


def dilation(network, name):
    return max(getattr(network.get_layer(name), "dilation_rate", (1,)))


def test_every_second_pixel_goes_on(small):
    x = np.random.default_rng(0).normal(size=(1, 8, 8, 3)).astype("float32")
    half = ops.convert_to_numpy(small.get_layer("every_second_1")(x))
    np.testing.assert_array_equal(half, x[:, ::2, ::2])


def test_what_it_is_told(small):
    """L, ab and mask in the scales of the released program."""
    seen = keras.Model(small.input, small.get_layer("told").output)
    told = {"lightness": np.full((1, 8, 8, 1), 75.0), "hints": np.full((1, 8, 8, 3), [55, -22, 1])}
    found = ops.convert_to_numpy(seen(told))[0, 0, 0]
    np.testing.assert_allclose(found, [0.25, 0.5, -0.2, 1.0], atol=1e-6)


def test_the_loss_is_huber_in_lab_units():
    """Half a square below one unit, the size less a half above; in units of 110, a plus b."""
    flat = {"logits": np.zeros((1, 2, 2, 313), "float32")}
    truth = {"ab": np.zeros((1, 8, 8, 2), "float32")}
    unlikely = zhang2017.HEAD * np.log(313)
    for (a, b), wanted in {(0.5, 0): 0.125, (0, -3): 2.5, (21, 0.5): 20.625, (0, 0): 0}.items():
        ab = np.full((1, 8, 8, 2), (a, b), "float32")
        found = float(zhang2017.loss(truth, flat | {"ab": ab}))
        assert found == pytest.approx(wanted / 110 + unlikely, rel=1e-5)
    # The head is blamed for every fourth pixel's nearest bin.
    truth["ab"][0, ::4, ::4] = bins.centres()[100]
    sure = np.full((1, 2, 2, 313), -50, "float32")
    sure[..., 100] = 50
    right = float(zhang2017.loss(truth, {"logits": sure, "ab": truth["ab"]}))
    assert right == pytest.approx(0, abs=1e-6)


def test_the_head_reads_and_changes_nothing(small):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("asks TensorFlow for gradients")
    import tensorflow as tf

    generator = np.random.default_rng(0)
    told = {
        "lightness": generator.uniform(0, 100, (1, 64, 64, 1)),
        "hints": np.zeros((1, 64, 64, 3)),
    }
    told = {name: ops.convert_to_tensor(value, "float32") for name, value in told.items()}
    with tf.GradientTape() as tape:
        found = tf.reduce_mean(small(told)["logits"] ** 2)
    trained = small.trainable_variables
    touched = {
        variable.path.split("/")[0]
        for variable, gradient in zip(
            trained, tape.gradient(found, [v.value for v in trained]), strict=True
        )
        if gradient is not None and np.abs(gradient).max() > 0
    }
    assert touched == {"likely"}


def test_a_palette_is_told_at_every_place(whole):
    """Their global hints: 1x1 layers beside conv4, whose parameters come on top."""
    told = designs.build_network("zhang2017_palette")
    assert told.count_params() - whole.count_params() == 950_272 + 4 * 512
    before, after = (told.get_layer(name).output for name in ("conv4_norm", "with_palette"))
    parts = keras.Model(told.input, [before, told.get_layer("palette_norm").output, after])
    dice = np.random.default_rng(0)
    given = {"lightness": dice.uniform(0, 100, (1, 16, 24, 1)), "hints": np.zeros((1, 16, 24, 3))}
    x, y, both = map(np.array, parts(given | {"palette": dice.uniform(size=(1, 1, 1, 316))}))
    assert y.shape == (1, 1, 1, 512) and np.abs(y).max() > 0
    np.testing.assert_allclose(both, x + y, rtol=1e-4, atol=1e-5)


def test_what_a_palette_says():
    red, grey = np.array([53.24, 80.09, 67.2]), np.array([50.0, 0.0, 0.0])
    half = np.stack([red, grey]).repeat(32, axis=0)[None].repeat(64, axis=0)[None]  # (1, 64, 64, 3)
    told = np.array(inputs.palette(half.astype("float32")))[0, 0, 0]
    bin = int(bins.nearest(red[1:]))
    assert told[bin] == told[int(bins.nearest(grey[1:]))] == 0.5 and told[:313].sum() == 1
    assert told[313] == told[315] == 1 and told[314] == pytest.approx(0.5, abs=0.01)
    black = np.array(inputs.palette(0 * half.astype("float32")))[0, 0, 0]
    assert black[314] < 1e-3, "black has no saturation in HSV"


def test_each_half_of_a_palette_is_told_now_and_then(photos):
    colors = rgb_to_lab(np.concatenate([photos] * 20))
    drawn = np.array(inputs.drawn_palette(colors, None, 0))[:, 0, 0]
    whole = np.array(inputs.palette(colors))[:, 0, 0]
    for half in (slice(0, 314), slice(314, 316)):
        there = drawn[:, half].any(axis=1)
        assert 0.3 < there.mean() < 0.7
        np.testing.assert_array_equal(drawn[there, half], whole[there, half])
    assert 0.1 < (drawn[:, 313] * drawn[:, 315]).mean() < 0.4, "each has a die of its own"


def test_another_photos_palette_is_told(photos):
    network = Colorizer(
        designs.build_network("zhang2017_palette", {"width": 0.125}),
        {"design": "zhang2017_palette", "size": 64},
    )
    plain, moved = (network.inputs(photos[:1], **given)["palette"] for given in (
        {}, {"palette": [photos[1]]}
    ))  # fmt: skip
    assert not np.array(plain).any()
    small = resized(photos[1:2], (64, 64))
    np.testing.assert_allclose(moved, inputs.palette(rgb_to_lab(small)), atol=1e-6)
    with pytest.raises(
        UserError,
        match="take a network of the design zhang2017_palette",
    ):
        Colorizer(network.network, network.card | {"design": "zhang2017"}).inputs(
            photos[:1], palette=[photos[1]]
        )
