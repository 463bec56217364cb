"""Larsson, Maire and Shakhnarovich: hypercolumns, random pixels, hues and chromas."""

import colorsys

import numpy as np
import pytest
from keras import ops
from running import prepared

from colorlib import designs
from colorlib.designs import larsson2016
from colorlib.lab import to_lab

STRIDES = 1, 4, 8, 16, 32
MAPS = 1, 24, 40, 112, 1280  # lightness and EfficientNet-Lite0's


@pytest.fixture(scope="module")
def maps():
    """Anything that maps of two photos of 64x128 pixels might be, lightness first."""
    dice = np.random.default_rng(0)
    return [
        dice.normal(50, 20, (2, 64 // stride, 128 // stride, count)).astype("float32")
        for stride, count in zip(STRIDES, MAPS, strict=True)
    ]


@pytest.fixture(scope="module")
def network():
    return designs.build_network("larsson2016", {"width": 64})


def read_between(one, y, x, stride):
    """A hypercolumn's part by the book (exercise 7.1): (h, w, C), row, column -> (C,)."""
    for pixel in (y, x):
        at = np.clip((pixel + 0.5) / stride - 0.5, 0, len(one) - 1)
        before = int(np.floor(at))
        behind, share = min(before + 1, len(one) - 1), at - before
        one = (1 - share) * one[before] + share * one[behind]
    return one


def test_a_column_is_read_between_the_places_of_every_map(maps, network):
    layer = network.get_layer("columns")
    found = {way: ops.convert_to_numpy(layer(maps, training=way)) for way in (True, False)}
    assert found[True].shape == (2, 128, 1, 2 + sum(MAPS))
    assert found[False].shape == (2, 16, 32, 2 + sum(MAPS))
    for columns in found.values():
        for photo, column in enumerate(columns):
            for y, x, *numbers in (column[0, 0], column[7, -1], column[-1, -1]):
                wanted = [
                    read_between(one[photo], y, x, stride)
                    for one, stride in zip(maps, STRIDES, strict=True)
                ]
                np.testing.assert_allclose(numbers, np.concatenate(wanted), rtol=1e-4)


def test_training_reads_other_pixels_each_time_and_use_all_of_them(maps, network):
    layer = network.get_layer("columns")
    first, second = (ops.convert_to_numpy(layer(maps, training=True))[..., :2] for _ in range(2))
    assert not np.array_equal(first, second) and not np.array_equal(first[0], first[1])
    assert (first >= 0).all() and (first < [64, 128]).all() and (first == first.round()).all()
    assert first[..., 0].max() > 55 and first[..., 1].max() > 110 and first.min() < 8
    given = {"lightness": maps[0], "features": maps[1:]}
    once, again = (network(given, training=False) for _ in range(2))
    assert once["hue"].shape == once["chroma"].shape == (2, 16, 32, 32)
    np.testing.assert_array_equal(*(ops.convert_to_numpy(one["hue"]) for one in (once, again)))


def test_its_head_has_the_authors_size_and_any_classifiers_maps():
    full = designs.build_network("larsson2016")
    assert full.get_layer("mixed").kernel.shape == (sum(MAPS), 1024)
    assert full.get_layer("hue").kernel.shape == full.get_layer("chroma").kernel.shape == (1024, 32)
    vgg16 = designs.build_network("larsson2016", {"maps": (256, 512, 512, 512), "width": 8})
    assert vgg16.get_layer("mixed").kernel.shape == (1793, 8)


def test_hue_and_chroma_go_there_and_back(commons):
    """Reference values: 70.8 and 42.6 dB over 94 photos of the collection; these are 75 others."""
    found = {"exactly": [], "by bins": []}
    for photo in commons.photos[::10]:
        hue, chroma, grey = larsson2016.to_hue_chroma(photo / 255.0)
        numbers = [ops.convert_to_numpy(larsson2016.bin_of(one)) for one in (hue, chroma)]
        binned = [((one + 0.5) / 32).astype("float32") for one in numbers]
        for name, pair in (("exactly", (hue, chroma)), ("by bins", binned)):
            rgb = np.round(255 * ops.convert_to_numpy(larsson2016.from_hue_chroma(*pair, grey)))
            error = np.square(rgb - photo).mean()
            found[name].append(10 * np.log10(255**2 / max(error, 1e-9)))
    assert np.mean(found["exactly"]) == pytest.approx(76.8, abs=1.5)  # perfect but where clipped
    assert np.mean(found["by bins"]) == pytest.approx(43.95, abs=0.05)


@pytest.mark.core
def test_the_colour_space_is_a_ring_of_hues():
    rgb = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0.5, 0.5], [0, 0, 1], [0.3, 0.3, 0.3]])
    hue, chroma, grey = (ops.convert_to_numpy(one) for one in larsson2016.to_hue_chroma(rgb))
    np.testing.assert_allclose(hue[:5], np.array([0, 1, 2, 3, 4]) / 6, atol=1e-6)
    np.testing.assert_allclose(chroma, [1, 1, 1, 0.5, 1, 0], atol=1e-6)
    np.testing.assert_allclose(grey, rgb.mean(axis=1), atol=1e-6)
    numbers = larsson2016.bin_of(np.array([0, 0.031, 0.032, 0.999, 1], "float32"))
    assert ops.convert_to_numpy(numbers).tolist() == [0, 0, 1, 31, 31]


def answer_of(hue, chroma):
    """An answer for one grey pixel with these likelihoods."""
    with np.errstate(divide="ignore"):
        logits = [np.log(np.asarray(one, "float32")).reshape(1, 1, 1, 32) for one in (hue, chroma)]
    return {
        "hue": np.maximum(logits[0], -60),
        "chroma": np.maximum(logits[1], -60),
        "lightness": np.full((1, 1, 1, 1), 50, "float32"),
        "places": np.zeros((1, 1, 1, 2), "float32"),
    }


def painted(decode, hue, chroma):
    return ops.convert_to_numpy(decode(answer_of(hue, chroma)))[0, 0, 0]


@pytest.mark.core
def test_hues_that_point_everywhere_fade():
    certain, even, chroma = np.eye(32)[10], np.full(32, 1 / 32), np.eye(32)[6]
    ab = painted(larsson2016.median, certain, chroma)
    assert ab[0] < -20 and ab[1] > 10, "hue 10.5 / 32 is a green"
    np.testing.assert_allclose(painted(larsson2016.median, even, chroma), 0, atol=0.1)
    # |z| < 0.03, that is a sum of directions below 0.96, fades; what is longer does not.
    hues = [share * certain + (1 - share) * even for share in (0.48, 0.97)]
    lengths = [np.hypot(*painted(larsson2016.median, hue, chroma)) for hue in hues]
    assert lengths[0] == pytest.approx(np.hypot(*ab) / 2, rel=0.1)
    assert lengths[1] == pytest.approx(np.hypot(*ab), rel=1e-3)
    # Either side of red is red, not cyan.
    red = painted(larsson2016.median, (np.eye(32)[0] + np.eye(32)[31]) / 2, chroma)
    np.testing.assert_allclose(red[0], np.hypot(*red), rtol=0.2)


@pytest.mark.core
def test_a_chroma_is_the_median_or_the_mean():
    hue, chroma = np.eye(32)[20], 0.6 * np.eye(32)[2] + 0.4 * np.eye(32)[12]
    for decode, middle in ((larsson2016.median, 2), (larsson2016.mean, 6)):
        wanted = painted(decode, hue, np.eye(32)[middle])
        np.testing.assert_allclose(painted(decode, hue, chroma), wanted, atol=0.01)


def test_the_loss_is_theirs(photos):
    """At one pixel, by the book: hues and chromas of 7x7 pixels, by their likelihoods."""
    photo = photos[0, :64, :64]
    dice = np.random.default_rng(1)
    hue, chroma = dice.dirichlet(np.ones(32), 2)
    answer = answer_of(hue, chroma) | {"places": np.array([20, 33], "float32").reshape(1, 1, 1, 2)}
    rgb = photo / 255.0
    lab = to_lab(photo)[None]
    found = float(larsson2016.loss({"lightness": lab[..., :1], "ab": lab[..., 1:]}, answer))

    spread = np.ptp(rgb, axis=2)
    turn = np.array([[colorsys.rgb_to_hsv(*pixel)[0] for pixel in row] for row in rgb])
    around = np.s_[17:24, 30:37]
    hues, chromas = (np.floor(32 * one[around]).astype(int) for one in (turn, spread))
    grey, own = rgb[20, 33].mean(), spread[20, 33]
    wanted = -3 * min(grey, 1 / 3, 1 - grey) * np.log(chroma[chromas]).mean()
    wanted += -5 * own * np.log(hue[hues]).mean()
    assert found == pytest.approx(wanted, rel=0.02)


@pytest.mark.core
def test_it_paints_while_it_learns(commons):
    data, trainer = prepared({"design": "larsson2016", "tier": "smoke", "on_device": False})
    (batch,) = data.training(0)[0]
    found = trainer.train_on_batch(batch, return_dict=True)
    assert 0 < found["loss"] < 50 and 0 < found["chroma"] < 128


def test_it_learns_a_few_photos(commons):
    data, trainer = prepared(
        {"design": "larsson2016", "tier": "smoke", "epochs": 30, "limit": 16, "batch_size": 16}
    )
    losses = [trainer.learn(data.training(epoch))["loss"] for epoch in range(30)]
    assert np.mean(losses[-3:]) < 0.75 * losses[0]
    once, again = (trainer.measure(data.validation()) for _ in range(2))
    assert once == again, "validation reads the whole photo"
