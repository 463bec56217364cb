import csv
import dataclasses
import importlib
import importlib.util
import inspect
import os
import pickle
import socket
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image
from skimage import color, data

from colorlib import extractors
from colorlib.extractors import EXTRACTORS, SHIPPED, grey, load_extractor, top_classes
from colorlib.files import UserError, hash_of, read_json
from tools import ROOT
from tools import convert_efficientnet_lite as tool

COMMONS = ROOT / "colorlib" / "data" / "commons"
KERAS_ROWS = [row for row in EXTRACTORS.values() if row.file]


def bundled_photos(count, named_only=False):
    """(N, 256, 256, 3) uint8 and their rows of the credits, spread over the whole set."""
    with open(COMMONS / "credits.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["imagenet_class"] or not named_only]
    rows = rows[:: len(rows) // count][:count]
    photos = [np.asarray(Image.open(COMMONS / row["file"]).convert("RGB")) for row in rows]
    return np.stack(photos), rows


@pytest.fixture(scope="module")
def lite0():
    return load_extractor("efficientnet_lite0")


# --- the table ---


def test_every_network_has_the_published_number_of_parameters_and_ends_in_logits():
    with keras.StatelessScope(initialize_variables=False):  # shapes only: VGG16 takes 0.5 GB
        for row in EXTRACTORS.values():
            network = row.build()
            assert network.count_params() == row.parameters, row.name
            assert network.input_shape == (None, row.size, row.size, 3)
            assert network.output_shape == (None, 1000)
            activation = getattr(network.layers[-1], "activation", None)
            assert activation is None or activation.__name__ == "linear", row.name
    assert EXTRACTORS["vgg16"].parameters == 138_357_544


@pytest.mark.parametrize("row", KERAS_ROWS, ids=lambda row: row.name)
def test_preprocessing_and_hashes_are_those_of_keras(row):
    home = "resnet" if row.name == "resnet50" else row.name
    module = importlib.import_module(f"keras.applications.{home}")
    photo = np.random.default_rng(0).integers(0, 256, (2, 5, 7, 3)).astype("float32")
    expected = module.preprocess_input(photo.copy())
    found = keras.ops.convert_to_numpy(row.preprocess(photo))
    np.testing.assert_allclose(found, expected, atol=1e-4)

    source = inspect.getsource(sys.modules[module.preprocess_input.__module__])
    assert row.md5 is None or row.md5 in source
    assert row.file.split("/")[0] in source


def test_preprocessing_of_efficientnet_lite():
    photo = np.array([0, 127, 255], "float32").reshape(1, 1, 1, 3)
    for name in ("efficientnet_lite0", "efficientnet_lite2"):
        found = EXTRACTORS[name].preprocess(photo).ravel()
        np.testing.assert_allclose(found, [-127 / 128, 0, 1])


# --- what the shipped one knows ---


def test_it_names_a_cup_of_coffee_in_colour_and_in_grey(lite0):
    row = EXTRACTORS["efficientnet_lite0"]
    square = Image.fromarray(data.coffee()[:, 100:500])
    small = np.asarray(square.resize((row.size, row.size), Image.BILINEAR), "float32")[None]
    network = lite0.layers[-1]
    name, probability = top_classes(network.predict_on_batch(row.preprocess(small))[0])[0]
    assert name == "espresso" and probability == pytest.approx(0.94, abs=0.01)

    assert top_classes(lite0.predict_on_batch(np.asarray(square)[None])[0])[0][0] == "espresso"


def test_it_knows_the_bundled_photos_in_colour_and_in_grey(lite0):
    photos, rows = bundled_photos(40, named_only=True)
    classes = np.array([int(row["imagenet_class"]) for row in rows])
    row = EXTRACTORS["efficientnet_lite0"]
    network = lite0.layers[-1]
    small = keras.ops.image.resize(photos.astype("float32"), (row.size, row.size), antialias=True)
    for scores, least in (
        (network.predict_on_batch(row.preprocess(small)), 0.90),
        (lite0.predict_on_batch(photos), 0.75),
    ):
        best = np.argsort(-scores, axis=1)[:, :5]
        assert (best == classes[:, None]).any(axis=1).mean() >= least
    assert abs(scores.mean() + 0.09) < 0.05 and abs(scores.std() - 1.2) < 0.2  # logits


def test_different_photos_have_clearly_different_embeddings(lite0):
    """Not so where photos in 0..1 meet a preprocessing made for 0..255."""
    photos, _ = bundled_photos(24)
    scores = lite0.predict_on_batch(photos)
    directions = scores / np.linalg.norm(scores, axis=1, keepdims=True)
    cosines = (directions @ directions.T)[np.triu_indices(len(photos), 1)]
    assert cosines.mean() < 0.3 and cosines.max() < 0.95

    dark = lite0.predict_on_batch(photos / 255.0)
    directions = dark / np.linalg.norm(dark, axis=1, keepdims=True)
    assert (directions @ directions.T).min() > 0.95  # the mistake, for comparison


# --- grey ---


def test_grey_keeps_the_lightness_and_nothing_else():
    photo = data.astronaut()[None, ::4, ::4]
    found = keras.ops.convert_to_numpy(grey(photo))
    assert found.dtype == "float32" and found.shape == photo.shape
    assert np.ptp(found, axis=-1).max() < 0.05 and found.min() >= 0 and found.max() <= 255
    lightness = color.rgb2lab(photo)[..., 0]
    np.testing.assert_allclose(color.rgb2lab(found / 255)[..., 0], lightness, atol=0.01)


def test_a_photo_and_its_grey_version_have_the_same_embedding(lite0):
    photos, _ = bundled_photos(4)
    colour = lite0.predict_on_batch(photos)
    exact = keras.ops.convert_to_numpy(grey(photos))
    np.testing.assert_allclose(lite0.predict_on_batch(exact), colour, atol=1e-3)
    rounded = lite0.predict_on_batch(exact.round().astype("uint8"))
    np.testing.assert_allclose(rounded, colour, atol=0.3)  # scores reach 14


# --- loading ---


def test_photos_may_have_any_size_and_be_uint8_or_float(lite0):
    photo = data.chelsea()[None]  # 300x451
    scores = lite0.predict_on_batch(photo)
    assert scores.shape == (1, 1000) and scores.dtype == "float32"
    np.testing.assert_allclose(lite0.predict_on_batch(photo.astype("float32")), scores, atol=1e-4)
    assert top_classes(scores[0], k=1)[0][0] in {"tabby", "tiger cat", "Egyptian cat"}


def test_weights_from_a_local_file(tmp_path, monkeypatch):
    row = EXTRACTORS["mobilenet"]
    network = row.build()
    path = tmp_path / "mine.weights.h5"
    network.save_weights(path)
    photos = np.stack([data.astronaut(), data.astronaut()[:, ::-1]])[:, ::4, ::4]
    small = keras.ops.image.resize(grey(photos), (row.size, row.size), antialias=True)
    expected = network.predict_on_batch(row.preprocess(small))

    found = load_extractor("mobilenet", weights=path).predict_on_batch(photos)
    np.testing.assert_allclose(found, expected, atol=1e-5)

    monkeypatch.setenv("COLORLIB_MOBILENET_WEIGHTS", str(path))
    assert extractors.weights_file("mobilenet") == path
    assert extractors.weights_hash("mobilenet") == hash_of(path)[:8]

    other = dataclasses.replace(row, md5="0" * 32)
    monkeypatch.setitem(EXTRACTORS, "mobilenet", other)
    with pytest.raises(UserError, match=r"mine\.weights\.h5: not the weights of mobilenet"):
        load_extractor("mobilenet")
    right = dataclasses.replace(row, md5=hash_of(path, "md5"))
    monkeypatch.setitem(EXTRACTORS, "mobilenet", right)
    assert extractors.weights_file("mobilenet") == path
    assert extractors.weights_hash("mobilenet") == right.md5[:8]


def test_a_wrong_file_is_refused(tmp_path):
    wrong = tmp_path / "vgg16_weights.h5"
    wrong.write_bytes(b"404 not found")
    with pytest.raises(UserError, match="64373286793e3c8b2b4e3219cbf3544b"):
        load_extractor("vgg16", weights=wrong)
    with pytest.raises(UserError, match="does not fit mobilenet"):  # no published hash
        load_extractor("mobilenet", weights=wrong)
    with pytest.raises(UserError, match=r"nowhere\.h5.*check the path"):
        load_extractor("vgg16", weights=tmp_path / "nowhere.h5")
    with pytest.raises(UserError, match="convert_efficientnet_lite"):
        load_extractor("efficientnet_lite2")


def test_a_damaged_efficientnet_is_refused(tmp_path):
    for suffix in (".json", ".weights.h5"):
        name = f"efficientnet_lite0{suffix}"
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    path = tmp_path / "efficientnet_lite0.weights.h5"
    assert extractors.weights_file("efficientnet_lite0", path) == path
    with open(path, "rb+") as file:
        file.seek(1_000_000)
        file.write(b"\xff\xff")
    with pytest.raises(UserError, match="its hash is"):
        load_extractor("efficientnet_lite0", weights=path)


def test_without_network_the_error_says_what_to_do(monkeypatch):
    def unreachable(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unreachable)
    # A name that no cache of Keras can hold.
    row = dataclasses.replace(EXTRACTORS["vgg16"], file="vgg16/not-fetched-yet.h5")
    monkeypatch.setitem(EXTRACTORS, "vgg16", row)
    with pytest.raises(UserError) as caught:
        load_extractor("vgg16")
    message = str(caught.value)
    for part in (extractors.KERAS_FILES + row.file, "COLORLIB_VGG16_WEIGHTS", "efficientnet_lite0"):
        assert part in message
    assert "\n" not in message and message.count("https://") == 1


def test_at_hand_is_what_needs_no_download(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras.utils, "get_file", None)  # calling it would raise
    for row in KERAS_ROWS:
        monkeypatch.delenv(f"COLORLIB_{row.name.upper()}_WEIGHTS", raising=False)
        assert not extractors.at_hand(row.name)
    assert extractors.at_hand("efficientnet_lite0")

    path = tmp_path / "models" / Path(EXTRACTORS["vgg16"].file).name
    path.parent.mkdir()
    path.write_bytes(b"the first half of a download")
    assert not extractors.at_hand("vgg16")
    whole = dataclasses.replace(EXTRACTORS["vgg16"], md5=hash_of(path, "md5"))
    monkeypatch.setitem(EXTRACTORS, "vgg16", whole)
    assert extractors.at_hand("vgg16")

    monkeypatch.setenv("COLORLIB_VGG19_WEIGHTS", "somewhere.h5")
    assert extractors.at_hand("vgg19")
    monkeypatch.setattr(extractors, "SHIPPED", tmp_path)
    assert not extractors.at_hand("efficientnet_lite0")


def test_an_unknown_extractor_lists_the_known_ones():
    with pytest.raises(UserError, match=r"vgg61.*vgg16, xception, .*efficientnet_lite0"):
        load_extractor("vgg61")


# --- what is shipped, and the tool that made it ---


def shipped():
    return SHIPPED / "efficientnet_lite0.weights.h5"


def test_the_shipped_files_belong_together():
    card = read_json(SHIPPED / "efficientnet_lite0.json")
    assert card["sha256"] == hash_of(shipped())
    assert card["parameters"] == EXTRACTORS["efficientnet_lite0"].parameters
    assert card["source_sha256"].startswith("57934424")
    assert shipped().stat().st_size < 10_000_000
    licence = (SHIPPED / "LICENSE.efficientnet-lite.txt").read_text()
    assert "Apache License" in licence and "ML Illustrated" in licence
    names = extractors.class_names()
    assert len(set(names)) == 1000 and names[967] == "espresso" and names[0] == "tench"


def test_the_tool_unpickles_nothing_but_tensors(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.system, (f"touch {tmp_path / 'run'}",)

    with pytest.raises(pickle.UnpicklingError, match="system is neither a tensor nor a dict"):
        tool.read_torch(pickle.dumps(1) * 3 + pickle.dumps({"weight": Evil()}))
    assert not (tmp_path / "run").exists()

    storage = np.arange(6)
    assert tool.as_array(storage, 0, (2, 3), (1, 2)).tolist() == [[0, 2, 4], [1, 3, 5]]
    with pytest.raises(pickle.UnpicklingError, match="outside"):
        tool.as_array(storage, 1, (2, 3), (3, 1))


def test_the_tool_orders_the_axes_as_keras_does():
    def shape(key, *sizes):
        return tool.keras_layout(key, np.zeros(sizes)).shape

    assert shape("_conv_stem.weight", 32, 3, 5, 7) == (5, 7, 3, 32)
    assert shape("_blocks.0._depthwise_conv.weight", 32, 1, 5, 7) == (5, 7, 32, 1)
    assert shape("_fc.weight", 1000, 1280) == (1280, 1000) and shape("_fc.bias", 9) == (9,)
