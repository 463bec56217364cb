import json
import os

import h5py
import keras
import numpy as np
import pytest

from colorlib import designs, weights
from colorlib.colorizer import SHIPPED, Colorizer
from colorlib.files import UserError, hash_of

pytestmark = pytest.mark.core

OPTIONS = {"encoder_filters": (8, 8, 8, 8, 8, 8)}
CARD = {"extractor": "efficientnet_lite0", "extractor_weights": "0", "size": 64}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    keras.utils.set_random_seed(1)
    model = designs.build_network("paper", OPTIONS)
    path = tmp_path_factory.mktemp("weights") / "net"
    weights.save_network(model, path, "paper", OPTIONS, **CARD)
    return model, path


@pytest.fixture
def copy(saved, tmp_path):
    for name in ("net.weights.h5", "net.json"):
        (tmp_path / name).write_bytes((saved[1].parent / name).read_bytes())
    return tmp_path / "net"


def test_round_trip(saved):
    model, path = saved
    again, card = weights.load_network(path)
    assert (card["design"], card["options"]["encoder_filters"]) == ("paper", [8] * 6)
    assert card["size"] == 64
    for before, after in zip(model.get_weights(), again.get_weights(), strict=True):
        assert np.array_equal(before, after)


@pytest.mark.parametrize("suffix", [".json", ".weights.h5"])
def test_either_file_names_the_network(saved, suffix):
    assert weights.load_network(str(saved[1]) + suffix)[1] == weights.load_network(saved[1])[1]


def test_half_precision_is_half_the_size(saved, tmp_path):
    model, path = saved
    weights.save_network(model, tmp_path / "half", "paper", OPTIONS, half=True, **CARD)
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
    card["options"]["encoder_filters"] = [8, 8, 8, 8, 8, 16]
    (copy.parent / "net.json").write_text(json.dumps(card))
    with pytest.raises(UserError, match=r"does not fit the network in net\.json"):
        weights.load_network(copy)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.nan, "no finite numbers"),
        (-np.inf, "no finite numbers"),
        (1j, "does not fit"),
    ],
)
def test_weights_that_are_no_numbers(copy, value, words):
    """Their hash is right: whoever wrote them wrote the card, too."""
    with h5py.File(f"{copy}.weights.h5", "r+") as file:
        found = []
        file.visititems(lambda name, each: found.append(name) if hasattr(each, "shape") else None)
        kernel = max(found, key=lambda name: file[name].size)
        numbers = file[kernel][()].astype(np.result_type(file[kernel].dtype, value))
        numbers.flat[0] = value
        del file[kernel]
        file[kernel] = numbers
    card = json.loads((copy.parent / "net.json").read_text())
    card["sha256"] = hash_of(f"{copy}.weights.h5")
    (copy.parent / "net.json").write_text(json.dumps(card))
    with pytest.raises(UserError, match=words):
        weights.load_network(copy)


@pytest.mark.parametrize("name", ["size", "extractor_size"])
@pytest.mark.parametrize("value", [4096, 0, -64, 100.5, "256", True, 1e300, None, [256]])
def test_sizes_that_no_network_has(copy, name, value):
    card = json.loads((copy.parent / "net.json").read_text())
    (copy.parent / "net.json").write_text(json.dumps(card | {name: value}))
    with pytest.raises(UserError, match=rf"net\.json: .*{name}"):
        Colorizer.load(copy)


SOMETHING_ELSE = ("{}", "[]", '{"network": {"depth": 3}}', '{"design": "x"}', "not json")


@pytest.mark.parametrize("text", SOMETHING_ELSE)
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
        weights.save_network(saved[0], copy, "paper", OPTIONS, **CARD)
    assert before == [(copy.parent / name).read_bytes() for name in ("net.weights.h5", "net.json")]
    assert sorted(file.name for file in copy.parent.iterdir()) == ["net.json", "net.weights.h5"]


def of_yesterday(path, **flags):
    """Rewrite a card in the form that it had when every network was the paper's."""
    card = json.loads((path.parent / f"{path.name}.json").read_text())
    card["network"] = card.pop("options") | {"design": "paper"} | flags
    del card["design"]
    card.pop("extractor_size", None)
    (path.parent / f"{path.name}.json").write_text(json.dumps(card))


def test_weights_of_yesterday_give_the_same_colours(tmp_path, photos):
    for suffix in (".json", ".weights.h5"):
        source = SHIPPED["paper"]
        (tmp_path / f"old{suffix}").write_bytes(source.with_name(source.name + suffix).read_bytes())
    of_yesterday(tmp_path / "old")
    old = Colorizer.load(tmp_path / "old")
    assert old.card["design"] == "paper" and old.card["extractor_size"] == 256
    assert np.array_equal(old.ab(photos[:1]), Colorizer.load("paper").ab(photos[:1]))


def test_yesterdays_network_without_scores_says_what_to_do(copy):
    of_yesterday(copy, class_scores="none")
    with pytest.raises(UserError, match="train it anew with the design paper_alone"):
        weights.load_network(copy)


def test_the_relative_of_2017_keeps_the_scale_it_was_trained_with(tmp_path):
    """Before it had options, its ab was divided by 128 as the paper's."""
    network = designs.build_network("baldassarre2017", {"ab_divisor": 128.0})
    weights.save_network(network, tmp_path / "new", "baldassarre2017", {"ab_divisor": 128.0})
    card = json.loads((tmp_path / "new.json").read_text())
    for old in (card | {"options": {}}, {"network": {"design": "koalarization"}} | card):
        if "network" in old:
            del old["design"], old["options"]
        (tmp_path / "new.json").write_text(json.dumps(old))
        again, found = weights.load_network(tmp_path / "new")
        assert found["design"] == "baldassarre2017" and found["options"]["ab_divisor"] == 128.0
        assert again.get_layer("small_ab").scale == 128.0
