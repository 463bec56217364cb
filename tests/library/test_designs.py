"""A design is one file and one row: a toy goes the whole way, and every row keeps its promises."""

import functools
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import toy
from keras import ops, tree
from running import kill_at_random, metrics

from colorlib import anatomy, cli, designs, evaluation, recipes, training
from colorlib.colorizer import Colorizer
from colorlib.designs import DESIGNS
from colorlib.files import UserError, read_json
from colorlib.inputs import INPUTS
from tools import ROOT

TOY = {"design": "toy", "tier": "smoke", "epochs": 60, "limit": 16, "checkpoint_seconds": 0.0}


@pytest.fixture(scope="module")
def run(commons, tmp_path_factory):
    """A run of the toy that nothing interrupts."""
    recipe, hardware = recipes.recipe_from(TOY)
    return training.train(recipe, tmp_path_factory.mktemp("toy") / "run", hardware)


def test_the_toy_learns(run):
    losses = [row["val_loss"] for row in metrics(run)]
    assert losses[-1] < 0.8 * losses[0]
    assert losses[0] < 2 * np.log(len(toy.COLORS)), "its loss is that of the toy"
    assert "extractor" not in read_json(run / "model.json"), "it needs no class scores"
    assert (run / "samples" / "epoch-0060.png").exists()


def test_the_toy_survives_kills_beside_other_networks(run, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(toy.__file__).parent), str(ROOT)]))
    assert kill_at_random(tmp_path, 2, seed=1, longest=0.3, before="import toy\n", **TOY) == 2
    done = len(metrics(tmp_path))
    assert 0 < done < 60
    # Keras counts the names of layers in a process; a checkpoint must not depend on them.
    for name in ("paper", "toy"):
        designs.build_network(name)
    recipe, hardware = recipes.recipe_from(TOY)
    training.train(recipe, tmp_path, hardware)
    assert metrics(tmp_path) == metrics(run)


def test_the_toy_is_saved_loaded_and_used(run, tmp_path, photos):
    colorizer = Colorizer.load(run)
    colorizer.save(tmp_path / "toy", half=True)
    again = Colorizer.load(tmp_path / "toy")
    mean, mode = (again.ab(photos[:2], decode=decode) for decode in ("mean", "mode"))
    np.testing.assert_allclose(mean, colorizer.ab(photos[:2]), atol=0.2)
    assert mean.shape == (2, 256, 256, 2)
    near = np.abs(mode[..., None, :] - toy.COLORS).max(axis=-1).min(axis=-1)
    assert np.median(near) < 1, "the mode is one of the five colours, edges apart"
    photo = photos[0][:100, :180]
    colored = again.colorize(photo, decode="mode")
    assert colored.shape == photo.shape and colored.dtype == np.uint8
    told = again.colorize(photo, mood=[0.0])
    assert np.abs(told.astype(int) - again.colorize(photo)).max() > 0, "what is said is heard"
    with pytest.raises(UserError, match="decode is 'vivid'; toy can be decoded by mean, mode"):
        again.ab(photos[:1], decode="vivid")
    with pytest.raises(UserError, match="class_scores: toy is told no such thing"):
        again.ab(photos[:1], class_scores=np.zeros((1, 1000)))


def test_the_toy_is_measured(run, commons):
    report = evaluation.compare({"toy": Colorizer.load(run)}, commons, limit=8)
    assert 0.005 < report["summary"]["toy"]["loss"]["mean"] < 0.05
    assert set(report["beaten"]["toy"]) == {"loss", "AuC"}


def test_the_toy_has_an_anatomy():
    rows = anatomy.layer_table(designs.build_network("toy"), size=64)
    looks = next(row for row in rows if row.name == "look")
    assert looks.output == (16, 16, 8) and looks.receptive_field == 3


def test_the_toy_trains_from_the_command_line(commons, tmp_path, capsys):
    folder = tmp_path / "run"
    small = ["-p", "design", "toy", "-p", "limit", "16", "-p", "epochs", "1"]
    assert cli.main(["train", str(folder), "--tier", "smoke", *small]) == 0
    assert "this run" in capsys.readouterr().out
    assert read_json(folder / "recipe.json")["design"] == "toy"
    assert read_json(folder / "model.json")["design"] == "toy"


def test_the_toy_trains_in_the_notebook(commons, tmp_path):
    """papermill's way, with the toy added as a user would: by a file that the kernel imports."""
    pytest.importorskip("papermill")  # an extra
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "add_toy.py").write_text("import toy\n")
    places = os.pathsep.join([str(Path(toy.__file__).parent), str(ROOT)])
    command = [sys.executable, "-m", "papermill", ROOT / "notebooks" / "05_training.ipynb"]
    options = ["-p", "tier", "smoke", "-p", "design", "toy", "-p", "run_folder", tmp_path / "run"]
    done = subprocess.run(
        [*command, tmp_path / "out.ipynb", "--cwd", tmp_path, "-k", "python3", *options],
        env=os.environ | {"IPYTHONDIR": str(tmp_path / "ipython"), "PYTHONPATH": places},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert read_json(tmp_path / "run" / "recipe.json")["design"] == "toy"


# Designs that no test of their own leads the whole way; at the tier smoke they are small.
@pytest.mark.parametrize(
    "name",
    [
        "baldassarre2017",
        "iizuka2016",
        "larsson2016",
        "paper_alone",
        "zhang2016",
        "zhang2017",
        "zhang2017_palette",
    ],
)
def test_a_design_goes_the_whole_way(name, commons, photos, tmp_path, monkeypatch):
    """Trained by a command, killed, gone on with beside other networks; saved, used, measured."""
    small = ["-p", "design", name, "-p", "limit", "16", "-p", "checkpoint_seconds", "0"]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    monkeypatch.setattr(evaluation, "compare", functools.partial(evaluation.compare, limit=2))
    assert cli.main(["train", str(whole), "--tier", "smoke", *small]) == 0

    class Killed(Exception):
        """Raised in the second epoch."""

    learn = training.Trainer.learn

    def learn_and_die(trainer, *args):
        if (killed / "checkpoint.npz").exists():
            raise Killed
        return learn(trainer, *args)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(training.Trainer, "learn", learn_and_die)
        cli.main(["train", str(killed), "--tier", "smoke", *small])
    assert len(metrics(killed)) == 1
    designs.build_network("toy")
    assert cli.main(["train", str(killed), "--tier", "smoke", *small]) == 0
    assert metrics(killed) == metrics(whole) and len(metrics(whole)) == 2

    colorizer = Colorizer.load(killed)
    colorizer.save(tmp_path / "half", half=True)
    again = Colorizer.load(tmp_path / "half")
    for decode in DESIGNS[name].decodings:
        ab = again.ab(photos[:1, :100, :180], decode)
        assert ab.shape == (1, 100, 180, 2) and np.isfinite(ab).all()
    np.testing.assert_allclose(
        again.ab(photos[:1]).mean(), colorizer.ab(photos[:1]).mean(), atol=0.2
    )
    report = evaluation.compare({name: colorizer}, commons)
    others = [f"{name}, {decode}" for decode in list(DESIGNS[name].decodings)[1:]]
    assert {name, *others} <= set(report["summary"])


def small(name):
    """A design's network as it is at the tier smoke."""
    return designs.build_network(name, DESIGNS[name].recipes.get("smoke", {}).get("options"))


@pytest.mark.parametrize("name", sorted({*DESIGNS} - {"toy"}))
def test_every_row_keeps_its_promises(name):
    design, network = DESIGNS[name], small(name)
    assert set(network.input) == {"lightness", *design.needs}
    assert {*design.needs, *design.targets} <= set(INPUTS)
    generator = np.random.default_rng(0)

    def anything(tensor):
        stride = int(tensor.name.split("_")[1]) if tensor.name.startswith("stride_") else 1
        return generator.normal(size=(2, *(side or 64 // stride for side in tensor.shape[1:])))

    given = tree.map_structure(anything, network.input)
    given["lightness"] = generator.uniform(0, 100, (2, 64, 64, 1))
    answer = network(given, training=False)
    for decode in design.decodings.values():
        ab = ops.convert_to_numpy(decode(answer))
        assert ab.shape[0] == 2 and ab.shape[-1] == 2 and np.isfinite(ab).all()
        assert np.abs(ab).max() < 130, "Lab units"
    truth = given | {"ab": generator.normal(0, 20, (2, 64, 64, 2))}
    truth |= {name: generator.normal(size=(2, 1000)) for name in design.targets}
    assert np.isfinite(ops.convert_to_numpy(design.loss(truth, answer)))


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_every_layer_with_weights_has_a_name_of_its_own(name):
    """Keras' automatic names count layers of the process: a checkpoint could not go by them."""
    first, second = small(name), small(name)
    paths = [variable.path for variable in first.variables]
    assert paths == [variable.path for variable in second.variables]
    assert len(set(paths)) == len(paths)


def test_what_is_no_design_or_option_is_said(tmp_path):
    with pytest.raises(UserError, match="design is 'papr'; choose one of paper"):
        designs.build_network("papr")
    with pytest.raises(UserError, match="the design paper has no option 'filters'; it has"):
        designs.build_network("paper", {"filters": 3})
    with pytest.raises(UserError, match="toy has no option 'a'; it has none"):
        designs.build_network("toy", {"a": 3})
    with pytest.raises(UserError, match=r"ab_divisor is 'x'; it takes a value like 128\.0"):
        designs.options_of("paper", {"ab_divisor": "x"})
    assert designs.options_of("paper", {"ab_divisor": 110}).ab_divisor == 110.0
    hidden = {"dropout": (0.5, 0.5, 0.5, 0.5, 1.5)}
    with pytest.raises(UserError, match="dropout is"):
        designs.options_of("unet", hidden)
    assert designs.build_network("zhang2016", {"width": 0.001})


def test_precision_is_a_matter_of_the_layers():
    network = designs.build_network("paper", precision="mixed_float16")
    assert network.get_layer("encoder_1").compute_dtype == "float16"
    assert network.get_layer("scaled_l").compute_dtype == "float32"
    assert network.output.dtype == "float32"
    assert keras.config.dtype_policy().name == "float32", "as it was before"
