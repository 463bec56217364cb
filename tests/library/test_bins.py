import hashlib

import numpy as np
import pytest
from keras import ops

from colorlib import bins
from colorlib.lab import to_lab


def test_the_bins_are_those_of_zhang():
    """The authors' file has this hash, as an array of int64."""
    wanted = "2a39983ed60d5b52b717842d56d5f766982289e6d5a609582155f437cecc1045"
    found = bins.centres()
    assert found.shape == (313, 2) and found.dtype == np.float32
    assert hashlib.sha256(found.astype("<i8").tobytes()).hexdigest() == wanted


@pytest.mark.core
def test_every_colour_has_its_nearest_bin():
    rgb = np.random.default_rng(0).integers(0, 256, (1, 5000, 3)).astype("uint8")
    ab = to_lab(rgb)[..., 1:]  # (1, 5000, 2)
    number = ops.convert_to_numpy(bins.nearest(ab))
    apart = np.square(ab[:, :, None] - bins.centres()).sum(axis=-1)
    np.testing.assert_allclose(
        np.square(ab - bins.centres()[number]).sum(axis=-1), apart.min(axis=-1), rtol=1e-4
    )
    assert bins.centres()[
        ops.convert_to_numpy(bins.nearest(np.array([[3.0, -4.0]])))[0]
    ].tolist() == [0, 0]
    far = ops.convert_to_numpy(bins.nearest(np.array([[0.0, 127.0]])))  # no colour of sRGB
    assert bins.centres()[far[0]].tolist() == [0, 100]


@pytest.mark.core
def test_a_colour_is_shared_by_the_bins_around_it():
    """Reference values of two other programs. Where a or b is a multiple of 5, bins tie."""
    for color, near, first, shares, mean, annealed in (
        ((0, 0), 5, (0, 0), (0.64879, 0.08780), (0, 0), (0, 0)),
        (
            (3, -4), 5, (0, 0), (0.40624, 0.27231, 0.18253, 0.12236, 0.01656),
            (2.8833, -3.9467), (1.0843, -2.5868),
        ),
        (
            (12.5, 33.1), 5, (10, 30), (0.48606, 0.22731, 0.17881, 0.08362, 0.02420),
            (12.3823, 33.1094), (10.6681, 31.1917),
        ),
        ((12.5, 33.1), 10, (10, 30), (), (12.2713, 32.8842), (10.6676, 31.1901)),
    ):  # fmt: skip
        numbers, found = (ops.convert_to_numpy(x) for x in bins.soft(np.array([color]), near))
        assert numbers.shape == found.shape == (1, near)
        assert bins.centres()[numbers[0, 0]].tolist() == list(first)
        np.testing.assert_allclose(found[0, : len(shares)], shares, atol=2e-5)
        logits = np.full((1, 313), -100.0, "float32")
        logits[0, numbers[0]] = np.log(found[0])
        for temperature, wanted in ((1.0, mean), (0.38, annealed)):
            decoded = ops.convert_to_numpy(bins.annealed_mean(logits, temperature))
            np.testing.assert_allclose(decoded[0], wanted, atol=1e-3)


def test_the_prior_is_that_of_the_photos(commons):
    """Reference values over all 940 photos of the collection; these are 750 of them."""
    prior = bins.prior(commons.photos[::5])
    assert prior.sum() == pytest.approx(1, abs=1e-5)
    grey = prior[bins.centres().tolist().index([0, 0])]
    assert grey == pytest.approx(0.264, abs=0.03)
    entropy = -np.sum(prior * np.log(prior + 1e-12))
    assert entropy == pytest.approx(3.305, abs=0.1)


@pytest.mark.core
def test_annealing_is_between_the_mean_and_the_likeliest():
    logits = np.full((1, 313), -30.0, "float32")
    logits[0, [10, 200]] = np.log([0.7, 0.3])
    one, other = bins.centres()[[10, 200]]
    share = 0.90289  # of 0.7 against 0.3 at T = 0.38
    for temperature, wanted in ((1.0, 0.7), (0.38, share), (0.05, 1.0)):
        found = ops.convert_to_numpy(bins.annealed_mean(logits, temperature))[0]
        np.testing.assert_allclose(found, wanted * one + (1 - wanted) * other, atol=0.05)


@pytest.mark.core
def test_rebalancing_takes_the_prior_away():
    """With w = 1 / ((1 - mix) p + mix / 313), likelihoods equal to the prior become p w / Z."""
    layer = bins.Rebalance(mix=0.5)
    prior = np.random.default_rng(0).dirichlet(np.ones(313)).astype("float32")
    layer.prior.assign(prior)
    found = ops.convert_to_numpy(ops.softmax(layer(np.log(prior)[None])))[0]
    weighted = prior / (0.5 * prior + 0.5 / 313)
    np.testing.assert_allclose(found, weighted / weighted.sum(), rtol=1e-3)
    even = bins.Rebalance(mix=1.0)
    even.prior.assign(prior)
    unchanged = ops.convert_to_numpy(ops.softmax(even(np.log(prior)[None])))[0]
    np.testing.assert_allclose(unchanged, prior, rtol=1e-3)


def suggestions_of(colors, lightness, most):
    logits = np.full(313, -50.0)
    for ab, likely in colors.items():
        logits[bins.centres().tolist().index([float(at) for at in ab])] = np.log(likely)
    return bins.suggested(logits, lightness, most)


def test_suggestions_are_the_camps_of_what_is_likely():
    likely = {(40, 30): 0.3, (50, 30): 0.2, (40, 40): 0.1, (0, -30): 0.25, (0, 0): 0.15}
    colors, shares = suggestions_of(likely, 50, 3)
    np.testing.assert_allclose(shares, [0.6, 0.25, 0.15], atol=1e-4)
    np.testing.assert_allclose(
        colors, [(40 + 10 * 0.2 / 0.6, 30 + 10 * 0.1 / 0.6), (0, -30), (0, 0)], atol=1e-2
    )
    assert len(suggestions_of(likely, 50, 6)[0]) == 6
    assert suggestions_of({(0, 0): 1.0}, 50, 3)[1][0] == pytest.approx(1)


def test_suggestions_can_be_shown():
    likely = {(40, 30): 0.5, (0, 0): 0.3, (10, 0): 0.2}
    colors, shares = suggestions_of(likely, 99, 2)
    np.testing.assert_allclose(colors, [(0, 0)], atol=1e-3)
    np.testing.assert_allclose(shares, [1])
    assert len(bins.suggested(np.zeros(313), 0)[0]) == 1, "black is black"
    sure = np.where(np.arange(313) == 312, 900.0, 0)  # of a colour that white cannot have
    np.testing.assert_allclose(bins.suggested(sure, 99)[0], [(0, 0)], atol=1e-3)
    assert bins.suggested(np.zeros(313), 60)[1].sum() == pytest.approx(1)
