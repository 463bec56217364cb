"""Borrowed eyes: what the extractor sees, and the decoder that reads it."""

import numpy as np
import pytest
from keras import ops
from running import prepared

from colorlib import (
    designs,
    embeddings,
    evaluation,
    extractors,
    inputs,
    lab,
    losses,
    photoset,
    recipes,
    training,
)  # fmt: skip
from colorlib.colorizer import Colorizer, guided
from colorlib.designs import unet
from colorlib.files import UserError, read_json


@pytest.fixture(scope="module")
def eyes():
    return extractors.load_features("efficientnet_lite0")


def lightness(photos):
    return ops.convert_to_numpy(lab.rgb_to_lab(photos))[..., :1]


def test_the_maps_are_those_the_classifier_chooses_by(eyes, photos):
    """From the averages of the last maps its last layer makes the class scores."""
    photos = photos[:2, 16:240, 16:240]  # 224 pixels, as the classifier wants them
    classifier = extractors.load_extractor("efficientnet_lite0")
    scores = ops.convert_to_numpy(classifier(photos, training=False))
    maps = eyes(lightness(photos), training=False)
    assert [tuple(one.shape[1:]) for one in maps] == extractors.feature_shapes(
        "efficientnet_lite0", 224
    )
    choose = next(layer for layer in classifier.layers if getattr(layer, "layers", None)).layers[-1]
    chosen = ops.convert_to_numpy(choose(ops.mean(maps[-1], axis=(1, 2))))
    np.testing.assert_allclose(chosen, scores, atol=1e-3)


def test_any_size_and_any_classifier_with_maps(eyes):
    assert [tuple(one.shape) for one in eyes(np.zeros((1, 64, 128, 1)))] == [
        (1, 16, 32, 24), (1, 8, 16, 40), (1, 4, 8, 112), (1, 2, 4, 1280),
    ]  # fmt: skip
    assert extractors.feature_shapes("vgg16", 64) == [
        (16, 16, 256), (8, 8, 512), (4, 4, 512), (2, 2, 512),
    ]  # fmt: skip
    with pytest.raises(UserError, match="resnet50: its feature maps cannot be read here; choose"):
        extractors.load_features("resnet50")


def test_vgg16s_maps_have_its_weights(tmp_path):
    """Random ones, for its real ones need a download."""
    network = extractors.EXTRACTORS["vgg16"].build()
    network.save_weights(tmp_path / "vgg16.weights.h5")
    extractor = extractors.EXTRACTORS["vgg16"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extractors, "weights_file", lambda name, weights: weights)
        maps = extractors.load_features("vgg16", tmp_path / "vgg16.weights.h5")
    grey = np.full((1, 224, 224, 1), 60.0)
    names = "block3_conv3", "block4_conv3", "block5_conv3", "block5_pool"
    import keras

    reference = keras.Model(network.input, [network.get_layer(name).output for name in names])
    wanted = reference(extractor.preprocess(255 * extractors.shown(grey)))
    for found, one in zip(maps(grey), wanted, strict=True):
        np.testing.assert_allclose(found, one, atol=1e-4)


def test_stored_maps_are_what_is_drawn_in_the_step(commons, eyes, tmp_path):
    few = photoset.PhotoSet(
        tmp_path, commons.photos[:40], commons.manifest[:40], [], np.arange(40), np.arange(0)
    )
    ways = ("identity", "mirror")
    stored = embeddings.features_in_files(few, "efficientnet_lite0", 64, ways)
    recipe, _ = recipes.recipe_from({"design": "unet", "tier": "smoke", "size": 64})
    small = np.stack([np.asarray(one)[::4, ::-4] for one in few.photos[:3]])
    assert [one.shape for one in stored[1]] == [
        (40, *shape) for shape in extractors.feature_shapes("efficientnet_lite0", 64)
    ]
    from colorlib.images import resized

    small = resized(np.array(few.photos[:3]), (64, 64))
    for way, mirror in enumerate((small, np.ascontiguousarray(small[:, :, ::-1]))):
        drawn = inputs.drawn_features(lab.rgb_to_lab(mirror), recipe, None)
        for one, found in zip(drawn, stored[way], strict=True):
            np.testing.assert_allclose(found[:3], one, rtol=0.01, atol=0.06)  # half precision
    varied, _ = recipes.recipe_from({"design": "unet", "tier": "smoke", "shift": 0.1})
    assert inputs.stored_features(few, varied) is None, "of a shifted photo nothing is stored"


def test_stored_maps_go_on_after_a_kill(commons, tmp_path, monkeypatch):
    few = photoset.PhotoSet(
        tmp_path, commons.photos[:40], commons.manifest[:40], [], np.arange(40), np.arange(0)
    )
    (whole,) = embeddings.features_in_files(few, "efficientnet_lite0", 64, ["identity"])
    whole = [np.array(one) for one in whole]
    paths = sorted(tmp_path.rglob("identity-64-*.npy"))
    assert len(paths) == 4
    for path, keep in zip(paths, (8, 8, 40, 8), strict=True):  # killed between two files
        rows = np.load(path)[:keep]
        np.save(path, rows)
        if keep == 8:
            with open(path, "ab") as file:
                file.write(b"rows that no header counts yet")
    (again,) = embeddings.features_in_files(few, "efficientnet_lite0", 64, ["identity"])
    for one, other in zip(whole, again, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=0.02)


@pytest.fixture(scope="module")
def run(commons, tmp_path_factory):
    recipe, hardware = recipes.recipe_from({"design": "unet", "tier": "smoke", "epochs": 4})
    return training.train(recipe, tmp_path_factory.mktemp("unet") / "run", hardware)


def test_it_learns_is_kept_and_used(run, photos):
    rows = [line for line in (run / "metrics.jsonl").read_text().splitlines() if line]
    assert len(rows) == 4
    card = read_json(run / "model.json")
    assert card["extractor"] == "efficientnet_lite0" and card["extractor_size"] == card["size"]
    colorizer = Colorizer.load(run)
    assert not any("efficientnet" in layer.name for layer in colorizer.network.layers)
    assert (run / "model.weights.h5").stat().st_size < 4e6, "the extractor is not in its file"
    for decode in ("mean", "vivid"):
        ab = colorizer.ab(photos[:2, :100, :180], decode)
        assert ab.shape == (2, 100, 180, 2) and np.isfinite(ab).all()
    with pytest.raises(UserError, match="features cannot be given"):
        colorizer.ab(photos[:1], features=[0])


def test_without_its_second_head_it_has_one_answer(commons, run, photos):
    """As `make train` trains it: measured by that answer, and asked for the other it says so."""
    options = {"vivid": False}
    card = read_json(run / "model.json") | {"options": options}
    plain = Colorizer(designs.build_network("unet", options), card)
    report = evaluation.compare({"plain": plain}, commons, limit=2)
    assert "plain" in report["summary"] and "plain, vivid" not in report["summary"]
    with pytest.raises(UserError, match="without its vivid head; decode it by mean"):
        plain.colorize(photos[0], decode="vivid")


@pytest.mark.parametrize("knows", ["hints", "palette"])
def test_what_knows_more_begins_from_a_network_that_knows_less(run, photos, tmp_path, knows):
    """At first it paints as that one, whatever it is told; after a few steps it listens."""
    told = {"hints": [[(100, 100, (60.0, 20.0))]], "palette": photos[1:2]}[knows]
    design = f"unet_{knows}"
    parameters = {"design": design, "tier": "smoke", "epochs": 1, "start_from": str(run)}
    recipe, hardware = recipes.recipe_from(parameters)
    before = Colorizer.load(run)
    _, trainer = prepared(parameters)
    begun = Colorizer(trainer.network, before.card | {"design": design})

    def answer(colorizer, **given):
        """Of the network itself, before it is kept to hints."""
        told = colorizer.inputs(photos[:1], **given)
        return np.array(colorizer.network(told, training=False)["ab"])

    np.testing.assert_allclose(answer(begun, **{knows: told}), answer(before), atol=1e-3)
    listens = Colorizer.load(training.train(recipe, tmp_path / "run", hardware))
    assert np.abs(answer(listens, **{knows: told}) - answer(listens)).max() > 0.005
    back, _ = recipes.recipe_from(
        {"design": "unet", "tier": "smoke", "start_from": str(tmp_path / "run")}
    )
    with pytest.raises(UserError, match="another design or size"):
        training.train(back, tmp_path / "other", hardware)


def test_hints_at_another_scale():
    hints = np.zeros((1, 8, 8, 3), "float32")
    hints[0, 1, 1] = 50, -25, 1
    hints[0, 2, 3] = 0, 75, 1
    hints[0, 4:, 4:] = 10, 0, 1
    small = ops.convert_to_numpy(unet.Pointed(4, "pointed")(hints))[0]
    assert small.tolist() == [[[0.5, 0.5, 1], [0, 0, 0]], [[0, 0, 0], pytest.approx([0.2, 0, 1])]]


def test_features_drawn_in_the_step_train_too(commons, tmp_path):
    parameters = {"design": "unet", "tier": "smoke", "epochs": 1, "limit": 16, "brightness": 0.2}
    recipe, hardware = recipes.recipe_from(parameters)
    inputs._features.cache_clear()  # as in a process that has just begun
    run = training.train(recipe, tmp_path / "run", hardware)
    Colorizer.load(run)


def test_the_second_head_reads_and_changes_nothing():
    """The trunk's gradients are those of equation (1) alone."""
    keras = pytest.importorskip("keras")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("asks TensorFlow for gradients")
    import tensorflow as tf

    network = designs.build_network("unet")
    generator = np.random.default_rng(0)
    shapes = extractors.feature_shapes("efficientnet_lite0", 64)
    given = {
        "lightness": generator.uniform(0, 100, (2, 64, 64, 1)),
        "features": [generator.normal(size=(2, *shape)) for shape in shapes],
    }
    truth = {"ab": generator.normal(0, 20, (2, 64, 64, 2)).astype("float32")}
    with tf.GradientTape(persistent=True) as tape:
        answer = network(given)
        both, alone = unet.loss(truth, answer), losses.equation_1(truth, answer["ab"])
    for name in ("decoder_32", "decoder_4", "decoder_last", "colors"):
        kernel = network.get_layer(name).kernel
        assert np.array_equal(tape.gradient(both, kernel), tape.gradient(alone, kernel)), name
    assert np.abs(tape.gradient(both, network.get_layer("likely").kernel)).max() > 0


def test_guided_colours_have_their_edges_where_lightness_has():
    """A red square on grey: its colours were made four times smaller, and leak when enlarged."""
    large = np.full((1, 128, 128, 1), 20.0, "float32")
    large[:, 36:92, 36:92] = 80.0
    true = np.where(large > 50, 40.0, 0.0) * np.ones(2, "float32")  # (1, 128, 128, 2)
    small_l = large.reshape(1, 32, 4, 32, 4, 1).mean(axis=(2, 4))
    small = true.reshape(1, 32, 4, 32, 4, 2).mean(axis=(2, 4)).astype("float32")
    slope, offset = (ops.image.resize(x, (128, 128), "bicubic") for x in guided(small, small_l))
    plain = ops.convert_to_numpy(ops.image.resize(small, (128, 128), "bicubic"))
    followed = ops.convert_to_numpy(slope) * large + ops.convert_to_numpy(offset)
    assert np.abs(followed - true).mean() < 0.7 * np.abs(plain - true).mean()
    flat_slope, _ = guided(small, np.full_like(small_l, 50.0))
    assert np.abs(flat_slope).max() < 1e-5, "without edges in L it only smooths"
