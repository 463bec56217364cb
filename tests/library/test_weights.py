import json
import os

import keras
import numpy as np
import pytest

from colorlib import network, weights
from colorlib.files import UserError

pytestmark = pytest.mark.core

CARD = {"extractor": "efficientnet_lite0", "extractor_weights": "0", "size": 64}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    keras.utils.set_random_seed(1)
    config = network.NetworkConfig(encoder_filters=(8, 8, 8, 8, 8, 8))
    model = network.colorizer(config)
    path = tmp_path_factory.mktemp("weights") / "net"
    weights.save_network(model, path, config, **CARD)
    return model, config, path


@pytest.fixture
def copy(saved, tmp_path):
    for name in ("net.weights.h5", "net.json"):
        (tmp_path / name).write_bytes((saved[2].parent / name).read_bytes())
    return tmp_path / "net"


def test_round_trip(saved):
    model, config, path = saved
    again, again_config, card = weights.load_network(path)
    assert again_config == config
    assert card["size"] == 64
    for before, after in zip(model.get_weights(), again.get_weights(), strict=True):
        assert np.array_equal(before, after)


@pytest.mark.parametrize("suffix", [".json", ".weights.h5"])
def test_either_file_names_the_network(saved, suffix):
    assert weights.load_network(str(saved[2]) + suffix)[1] == saved[1]


def test_half_precision_is_half_the_size(saved, tmp_path):
    model, config, path = saved
    weights.save_network(model, tmp_path / "half", config, half=True, **CARD)
    sizes = [os.path.getsize(f"{name}.weights.h5") for name in (tmp_path / "half", path)]
    assert sizes[0] < 0.55 * sizes[1]
    again = weights.load_network(tmp_path / "half")[0]
    for before, after in zip(model.get_weights(), again.get_weights(), strict=True):
        assert after.dtype == "float32"
        assert np.allclose(before, after, rtol=1e-3, atol=1e-6)


def test_a_file_is_missing(copy):
    os.remove(f"{copy}.json")
    with pytest.raises(UserError, match=r"net\.json: not found"):
        weights.load_network(copy)


def test_weights_do_not_match_their_description(copy):
    with open(f"{copy}.weights.h5", "ab") as file:
        file.write(b"x")
    with pytest.raises(UserError, match=r"not the file that net\.json describes"):
        weights.load_network(copy)


def test_weights_of_another_configuration(copy):
    card = json.loads((copy.parent / "net.json").read_text())
    card["network"]["encoder_filters"] = [8, 8, 8, 8, 8, 16]
    (copy.parent / "net.json").write_text(json.dumps(card))
    with pytest.raises(UserError, match=r"does not fit the network in net\.json"):
        weights.load_network(copy)


@pytest.mark.parametrize("text", ["{}", "[]", '{"network": {"depth": 3}}', "not json"])
def test_description_is_something_else(copy, text):
    (copy.parent / "net.json").write_text(text)
    with pytest.raises(UserError, match=r"net\.json"):
        weights.load_network(copy)


def test_no_half_written_weights(saved, copy, monkeypatch):
    before = [(copy.parent / name).read_bytes() for name in ("net.weights.h5", "net.json")]

    def break_off(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saved[0], "save_weights", break_off)
    with pytest.raises(UserError, match="No space left"):
        weights.save_network(saved[0], copy, saved[1], **CARD)
    assert before == [(copy.parent / name).read_bytes() for name in ("net.weights.h5", "net.json")]
    assert sorted(file.name for file in copy.parent.iterdir()) == ["net.json", "net.weights.h5"]
