"""Zhang, Isola and Efros: convolutions, dilations, 313 colours and how rare they are."""

import numpy as np
import pytest
from keras import ops
from running import prepared

from colorlib import anatomy, bins, designs
from colorlib.designs import zhang2016
from colorlib.lab import to_lab


def test_its_blocks_are_theirs():
    network = designs.build_network("zhang2016")
    # Theirs has no trained scale nor offset in BatchNorm: these are the convolutions alone.
    learned = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    assert learned == 32_230_393
    rows = {row.name: row for row in anatomy.layer_table(network, size=256)}
    blocks = {
        "conv1_norm": (128, 128, 64), "conv2_norm": (64, 64, 128), "conv3_norm": (32, 32, 256),
        "conv4_norm": (32, 32, 512), "conv5_norm": (32, 32, 512), "conv6_norm": (32, 32, 512),
        "conv7_norm": (32, 32, 512), "conv8_3": (64, 64, 256), "likely": (64, 64, 313),
    }  # fmt: skip
    assert {name: rows[name].output for name in blocks} == blocks
    assert sum(row.flop for row in rows.values()) / 2e9 == pytest.approx(41.77, abs=0.01)
    convolutions = [row.name for row in rows.values() if row.kind.startswith("Conv2D")]
    dilated = [
        name for name in convolutions if network.get_layer(name).dilation_rate != (1, 1)
    ]  # fmt: skip
    assert len(convolutions) == 23
    assert dilated == [f"conv{block}_{number}" for block in (5, 6) for number in (1, 2, 3)]
    assert all(network.get_layer(name).dilation_rate == (2, 2) for name in dilated)
    small = designs.build_network("zhang2016", {"width": 0.125})
    assert small.get_layer("conv4_1").filters == 64 and small.get_layer("likely").filters == 313


@pytest.fixture(scope="module")
def told(commons):
    """A network told how common colours are, at an eighth of its width."""
    network = designs.build_network("zhang2016", {"width": 0.125})
    zhang2016.learn_prior(network, commons)
    return network


def test_the_prior_and_the_weights_are_those_of_the_targets(told):
    """Reference values over all 940 photos of the collection; these are 708 of them."""
    rarity = told.get_layer("rarity")
    prior = ops.convert_to_numpy(rarity.prior)
    assert prior.sum() == pytest.approx(1, abs=1e-5)
    assert -np.sum(prior * np.log(prior + 1e-12)) == pytest.approx(3.531, abs=0.1)
    assert prior.max() == pytest.approx(0.1868, abs=0.02)
    weights = ops.convert_to_numpy(rarity(np.zeros((2, 3, 3, 313), "float32")))
    assert weights.shape == (2, 1, 1, 313)
    assert np.sum(prior * weights[0, 0, 0]) == pytest.approx(1, abs=1e-5)
    of = dict(zip(map(tuple, bins.centres()), weights[0, 0, 0], strict=True))
    for color, wanted in {
        (0, 0): 0.097, (0, 10): 0.160, (10, 10): 0.387, (20, 20): 1.50, (80, -100): 5.77
    }.items():  # fmt: skip
        assert of[color] == pytest.approx(wanted, rel=0.1), color


def test_it_begins_with_the_best_answer_that_does_not_look(told, commons):
    lab = to_lab(np.array(commons.photos[:64, ::4, ::4]))
    truth, answer = {"ab": lab[..., 1:]}, told({"lightness": lab[..., :1]})
    even = answer | {"logits": np.zeros(answer["logits"].shape, "float32")}
    common = np.log(np.asarray(told.get_layer("rarity").prior) + 1e-6)
    unweighed = answer | {"logits": even["logits"] + common}
    begun, same, plain = (float(zhang2016.loss(truth, one)) for one in (answer, even, unweighed))
    assert begun < same - 0.1 and begun < plain - 0.1


@pytest.mark.core
def test_rare_colours_weigh_more_and_grey_photos_nothing():
    """By the book: targets over all 313 bins, cross-entropy, the nearest bin's weight."""
    dice = np.random.default_rng(0)
    ab = np.repeat(np.repeat(dice.normal(0, 25, (2, 2, 2, 2)), 4, axis=1), 4, axis=2)
    ab[1] = dice.uniform(-4.9, 4.9, 2)  # no colour
    logits = dice.normal(size=(2, 2, 2, 313)).astype("float32")
    rarity = dice.uniform(0.1, 5, 313).astype("float32")
    answer = {"logits": logits, "rarity": np.tile(rarity, (2, 1, 1, 1))}
    small = ab[0, ::4, ::4]  # (2, 2, 2)
    apart = np.square(small[:, :, None] - bins.centres()).sum(axis=-1)  # (2, 2, 313)
    targets = np.exp(-apart / 50) * (apart <= np.sort(apart, axis=-1)[..., 4:5])
    targets /= targets.sum(axis=-1, keepdims=True)
    likely = logits[0] - np.log(np.exp(logits[0]).sum(axis=-1, keepdims=True))
    wanted = -(targets * likely).sum(axis=-1) * rarity[apart.argmin(axis=-1)]
    found = float(zhang2016.loss({"ab": ab.astype("float32")}, answer))
    assert found == pytest.approx(wanted.sum() / 8, rel=1e-4)


@pytest.mark.core
def test_it_paints_the_annealed_mean():
    likely = np.full((1, 1, 1, 313), -60.0, "float32")
    likely[..., [10, 100, 200]] = np.log([0.5, 0.3, 0.2])
    three = bins.centres()[[10, 100, 200]]
    for decode, shares in (
        (zhang2016.vivid, (0.74051, 0.19307, 0.06642)),
        (zhang2016.mean, (0.5, 0.3, 0.2)),
        (zhang2016.mode, (1, 0, 0)),
    ):
        found = ops.convert_to_numpy(decode({"logits": likely}))
        np.testing.assert_allclose(found[0, 0, 0], shares @ three, atol=0.01)


def test_it_learns_a_few_photos(commons):
    small = {"design": "zhang2016", "tier": "smoke", "epochs": 30, "limit": 8, "batch_size": 8}
    data, trainer = prepared(small | {"shift": 0.0, "brightness": 0.0, "learning_rate": 0.003})
    losses = [trainer.learn(data.training(epoch))["loss"] for epoch in range(30)]
    assert np.mean(losses[-3:]) < 0.85 * losses[0]
