"""Iizuka et al. 2016: both branches, the fusion, the side task, another photo's mood."""

import numpy as np
import pytest
from keras import ops

from colorlib import anatomy, designs, inputs
from colorlib.colorizer import Colorizer
from colorlib.designs import iizuka2016
from colorlib.files import UserError
from colorlib.lab import to_lab


@pytest.fixture(scope="module")
def whole():
    """At full width."""
    return designs.build_network("iizuka2016")


@pytest.fixture(scope="module")
def small():
    return designs.build_network("iizuka2016", {"width": 0.125})


def test_layers_and_parameters(whole):
    rows = {row.name: row for row in anatomy.layer_table(whole, size=224)}
    outputs = {
        "low_6": (28, 28, 512), "mid_2": (28, 28, 256), "global_4": (7, 7, 512),
        "flat": (7 * 7 * 512,), "global_5": (1024,), "global_6": (512,), "global_7": (256,),
        "classes_1": (256,), "classes_2": (1000,), "fusion": (28, 28, 256),
        "colors_1": (28, 28, 128), "colors_3": (56, 56, 64), "colors_4": (112, 112, 32),
        "small_ab": (112, 112, 2), "ab": (224, 224, 2),
    }  # fmt: skip
    assert {name: rows[name].output for name in outputs} == outputs
    # Theirs has 42.35 million with its 205 classes, 26.3 of them in the dense layers.
    without_norms = sum(row.parameters for row in rows.values() if "Batch" not in row.kind)
    assert without_norms == 42_353_839 + (1000 - 205) * 257 == 42_558_154
    dense = sum(rows[f"global_{number}"].parameters for number in (5, 6, 7))
    assert dense == 26_347_264
    # Twice the multiply-adds; the fusion, which meets the whole photo once, saves .05 of theirs.
    assert sum(row.flop for row in rows.values()) / 2e9 == pytest.approx(8.58, abs=0.06)
    assert rows["mid_2"].receptive_field == 75


def answer(network, lightness, whole_photo):
    told = {"lightness": lightness, "whole_photo": whole_photo}
    return {name: ops.convert_to_numpy(x) for name, x in network(told, training=False).items()}


def test_any_size_and_a_copy_of_a_size(small):
    generator = np.random.default_rng(0)
    photo = generator.uniform(0, 100, (1, 64, 136, 1)).astype("float32")
    found = answer(small, photo, photo)
    assert found["ab"].shape == (1, 64, 136, 2) and found["class_scores"].shape == (1, 1000)
    assert np.abs(found["ab"]).max() <= 100
    large = ops.convert_to_numpy(ops.image.resize(photo, (224, 224), "bilinear"))
    again = answer(small, photo, large)
    np.testing.assert_allclose(again["ab"], found["ab"], atol=1e-3)
    other = answer(small, photo, 100 - large)
    assert np.abs(other["ab"] - found["ab"]).max() > 1e-3, "the whole photo is heard everywhere"


def test_the_first_layers_are_shared(small):
    names = [layer.name for layer in small.layers]
    assert sum(name.startswith("low_") for name in names) == 6 * 3
    assert len(small.get_layer("low_1")._inbound_nodes) == 2


def test_the_loss_is_that_of_the_sigmoid_and_a_300th_of_the_classes():
    truth = {"ab": np.zeros((2, 4, 4, 2), "float32"), "class_labels": np.zeros((2, 1000))}
    told = {"ab": np.full((2, 4, 4, 2), 20.0), "class_scores": np.zeros((2, 1000), "float32")}
    found = float(iizuka2016.loss(truth, told))
    assert found == pytest.approx(0.1**2 + np.log(1000) / 300, rel=1e-5)
    truth["class_labels"][:, 7] = 30.0
    told["class_scores"][:, 7] = 30.0
    assert float(iizuka2016.loss(truth, told)) == pytest.approx(0.01, abs=1e-6)


def test_labels_are_the_classifiers_and_none_is_hidden(commons):
    from running import prepared

    parameters = {"design": "iizuka2016", "tier": "smoke", "limit": 8, "score_dropout": 0.9}
    data, trainer = prepared(parameters)
    truth = trainer(data.training(0)[0][0], training=True)["truth"]
    labels = np.array(truth["class_labels"], "float32")
    assert labels.shape == (8, 1000) and (labels == 0).mean() < 0.01
    assert np.array_equal(truth["whole_photo"], truth["lightness"])
    assert data.eyes["extractor"] == "efficientnet_lite0"


def test_another_photos_mood(small, photos):
    colorizer = Colorizer(small, {"design": "iizuka2016", "size": 64})
    own = colorizer.colorize(photos[0])
    same = colorizer.colorize(photos[0], whole_photo=photos[0])
    assert np.abs(own.astype(int) - same).max() <= 1
    other = colorizer.colorize(photos[0], whole_photo=photos[3][:100, :180])
    assert np.abs(own.astype(int) - other).max() > 0
    lightness = [to_lab(photo)[..., 0] for photo in (own, other)]
    assert np.abs(lightness[0] - lightness[1]).max() < 1.2, "L is untouched"
    with pytest.raises(UserError, match="a photo must be a PIL image or a uint8 array"):
        colorizer.colorize(photos[0], whole_photo="sunset.jpg")
    with pytest.raises(UserError, match="one for each of the 1 photos"):
        inputs.whole_photo_of(photos[:1], colorizer.card, photos[:2])
