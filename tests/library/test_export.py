"""What `colorlib export` writes, run by ONNX Runtime: the colours of the library."""

import sys

import numpy as np
import pytest

from colorlib import cli, designs, weights
from colorlib.colorizer import Colorizer
from colorlib.export import export
from colorlib.files import UserError, hash_of, read_json
from colorlib.images import resized

onnxruntime = pytest.importorskip("onnxruntime")  # the lowest versions come without


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("onnx") / "new"
    assert cli.main(["export", str(folder)]) == 0
    return folder


def run(folder, lightness, **told):
    """What the files answer, by the names of their outputs, as the card says to run them."""
    known = {"lightness": np.asarray(lightness), **told}
    for part in read_json(folder / "card.json")["files"]:
        session = onnxruntime.InferenceSession(folder / part["file"])
        assert [each.name for each in session.get_inputs()] == list(part["inputs"])
        answers = session.run(list(part["outputs"]), {name: known[name] for name in part["inputs"]})
        for (name, channels), answer in zip(part["outputs"].items(), answers, strict=True):
            assert answer.shape[-1] == channels
            known[name] = answer
    return known


@pytest.mark.parametrize("size", [(256, 256), (300, 200), (30, 200)])
def test_the_colors_are_the_librarys(folder, photos, size):
    colorizer = Colorizer.load()
    told = colorizer.inputs(resized(photos[:3], size))
    answer, found = colorizer.network(told, training=False), run(folder, told["lightness"])
    for name, decode in colorizer.design.decodings.items():
        apart = np.abs(found[name] - np.asarray(decode(answer))).mean()
        assert apart < 0.05, f"{name}: {apart} Lab units"
        assert np.abs(found[name]).mean() > 3, "grey agrees with anything"


def test_hints_are_told_to_the_second_file(tmp_path, photos):
    assert cli.main(["export", str(tmp_path), "--weights", "unet_hints"]) == 0
    colorizer = Colorizer.load("unet_hints")
    told = colorizer.inputs(resized(photos[:1], (300, 200)), hints=[[(150, 100, "#c02040")]])
    answer = colorizer.network(told, training=False)
    found = run(tmp_path, told["lightness"], hints=np.asarray(told["hints"]))
    for name, decode in colorizer.design.decodings.items():
        assert np.abs(found[name] - np.asarray(decode(answer))).mean() < 0.05
    np.testing.assert_allclose(found["likely"].sum(axis=-1), 1, atol=1e-4)
    assert (found["likely"].argmax(-1) == np.asarray(answer["logits"]).argmax(-1)).mean() > 0.95
    assert np.shape(read_json(tmp_path / "card.json")["likely"]) == (313, 2)


def test_the_card_describes_its_files(folder):
    card, own = read_json(folder / "card.json"), Colorizer.load().card
    assert [part["file"] for part in card["files"]] == ["efficientnet_lite0.onnx", "unet.onnx"]
    for part in card["files"]:
        path = folder / part["file"]
        assert (part["bytes"], part["sha256"]) == (path.stat().st_size, hash_of(path))
    assert sum(part["bytes"] for part in card["files"]) < 10e6
    assert [card[name] for name in ("licence", "terms", "size")] == [
        own[name] for name in ("licence", "terms", "size")
    ]
    assert "Apache" in (folder / "LICENSE.efficientnet-lite.txt").read_text()


def test_a_trained_network_without_the_second_head(tmp_path, photos):
    options = {"widths": (8, 8, 8, 8, 8), "vivid": False}
    network = designs.build_network("unet", options)
    told = {name: Colorizer.load().card[name] for name in ("extractor", "extractor_weights")}
    told |= {"size": 64, "extractor_size": 64}
    weights.save_network(network, tmp_path / "small", "unet", options, **told)
    assert cli.main(["export", str(tmp_path), "--weights", str(tmp_path / "small")]) == 0
    colorizer = Colorizer.load(tmp_path / "small")
    told = colorizer.inputs(photos[:1])
    found = run(tmp_path, told["lightness"])
    assert "vivid" not in found
    answer = colorizer.network(told, training=False)
    np.testing.assert_allclose(found["mean"], np.asarray(answer["ab"]), atol=0.01)


def test_what_cannot_be_exported_is_said(tmp_path, monkeypatch, capsys):
    with pytest.raises(UserError, match="paper: cannot be exported"):
        export(tmp_path / "out", "paper")
    network = designs.build_network("larsson2016", {"width": 8})  # reads at places of one size
    card = {"extractor": "efficientnet_lite0", "extractor_weights": "", "extractor_size": 64}
    kind = "larsson2016", {"width": 8}
    weights.save_network(network, tmp_path / "columns", *kind, size=64, **card)
    with pytest.raises(UserError, match="larsson2016: cannot be exported"):
        export(tmp_path / "out", tmp_path / "columns")
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    assert cli.main(["export", str(tmp_path / "out")]) == 1
    assert "pip install onnx tf2onnx" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    monkeypatch.undo()
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="file: is a file; choose another folder"):
        export(tmp_path / "file", "unet")
