"""What the results page's own experiments compute, on photos whose answer is known."""

import shutil

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from colorlib import anatomy, designs, evaluation, extractors, inputs, photoset, training
from colorlib.colorizer import Colorizer
from colorlib.designs import DESIGNS, Design
from colorlib.files import read_json
from colorlib.lab import to_lab, to_rgb
from colorlib.metrics import METRICS
from tools.measure import edges, hints, ingredients, systems, whole


def test_an_ingredient_is_measured_as_everything_else_is(photos):
    predicted = Colorizer.load("paper").ab(photos[:3])
    found = ingredients.measure(photos[:3], predicted)
    same = evaluation.summarize(evaluation.evaluate(photos[:3], {"paper": predicted}))["paper"]
    means = {name: same[name]["mean"] for name in found}
    assert ingredients.mean_of(found) == pytest.approx(means)


def test_a_row_is_trained_once_and_reported(photos, tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    for number, photo in enumerate(photos[:12]):
        Image.fromarray(photo).save(tmp_path / "folder" / f"{number}.png")
    small = photoset.prepare(tmp_path / "folder", tmp_path / "set", validation=0.4).path
    row = {"tier": "smoke", "design": "unet", "size": 64, "epochs": 1, "batch_size": 4}
    row |= {"options": {"vivid": False}}
    tuned = row | {"design": "unet_tuned", "start_from": "a row"}
    others = {name: row | {"design": f"unet_{name}"} for name in ("huber", "aged")}
    monkeypatch.setattr(ingredients, "ROWS", {"a row": row, "tuned": tuned, **others})
    for name, design in ingredients.TRIED.items():
        monkeypatch.setitem(DESIGNS, name, design)  # taken away afterwards
    monkeypatch.setitem(inputs.INPUTS, "old_lightness", ingredients.OLD_LIGHTNESS)
    monkeypatch.setattr(ingredients, "PLAIN", row | {"epochs": 2})
    monkeypatch.setattr(ingredients, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(ingredients, "PUBLISHED", tmp_path)
    for seeds in ("1", "1", "2"):  # the second call finds all there
        monkeypatch.setattr("sys.argv", ["ingredients", str(small), "--seeds", seeds, "a row"])
        ingredients.main()
    report = read_json(tmp_path / "ingredients.json")
    found = report["rows"]["a row"]
    assert found["changes"] == {"epochs": 1}
    assert [run["seed"] for run in found["runs"]] == [0, 1]
    assert all(0 < run["loss"] < 0.1 and 0 < run["train_loss"] < 0.1 for run in found["runs"])
    assert report["true"]["loss"] < report["grey"]["loss"]
    monkeypatch.setattr("sys.argv", ["ingredients", str(small), "--seeds", "1", "tuned", *others])
    ingredients.main()
    report = read_json(tmp_path / "ingredients.json")["rows"]
    for name, moves in (("tuned", True), ("aged", False)):
        more = report[name]["runs"][0]["weights"] - found["runs"][0]["weights"]
        assert more > 3e6, "its eyes are inside"
        assert eyes_have_moved(tmp_path / "runs" / f"{name}-0") == moves
    (huber,) = report["huber"]["runs"]
    assert 0 < huber["made_old"] < 0.1 and 0 < huber["plates"] < 0.1 and "losses" not in huber
    shutil.rmtree(tmp_path / "runs")
    ingredients.write_report(photoset.load(small))
    kept = read_json(tmp_path / "ingredients.json")["rows"]
    assert kept == report, "what was published outlives the runs"
    assert ingredients.against_plain(
        "huber", {("huber", 0): [0.02, 0.04], ("plain", 0): [0.01, 0.03]}, "plain"
    ) == {
        "against": {
            "difference": pytest.approx(0.01),
            "low": pytest.approx(0.01),
            "high": pytest.approx(0.01),
        }
    }


def test_a_photo_made_old_is_grey_and_no_other(photos):
    old = ingredients.made_old(photos[:4])
    assert old.shape == photos[:4].shape and np.ptp(old.astype(int), axis=-1).max() <= 1
    for one, photo in zip(old, photos, strict=False):
        its, true = to_lab(one)[..., 0], to_lab(photo)[..., 0]
        assert np.corrcoef(its.ravel(), true.ravel())[0, 1] > 0.7 and np.abs(its - true).mean() > 1


def eyes_have_moved(run):
    """Whether the classifier in a run's network is no longer the one that comes with the kit."""
    before = extractors.load_features("efficientnet_lite0").get_weights()
    after = Colorizer.load(run).network.get_weights()
    same = [any(np.array_equal(its, one) for one in after) for its in before]
    return 0.2 < np.mean(same) < 0.9  # BatchNorm keeps its numbers


def test_eyes_that_never_learned_see_something_else(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(ingredients, "RUNS", tmp_path)
    monkeypatch.setenv("COLORLIB_EFFICIENTNET_LITE0_WEIGHTS", "")  # given back afterwards
    seen = []
    for random in (False, True, False):
        ingredients.with_eyes(random)
        weights = extractors.weights_hash("efficientnet_lite0")
        card = {"extractor": "efficientnet_lite0", "extractor_weights": weights, "size": 64}
        seen.append(np.array(inputs.features_of(photos[:1], card)[0]))
    assert np.array_equal(seen[0], seen[2]) and not np.allclose(seen[0], seen[1], atol=0.1)


def test_small_true_colours_err_less_than_the_networks():
    """A red and a lighter green half, and a slanted border between them."""
    x, y = np.meshgrid(np.arange(640), np.arange(480))
    photo = np.where((x + y / 3 < 350)[..., None], [150, 60, 60], [120, 200, 120]).astype("uint8")
    found = edges.compare(photo)
    assert found["true, guided, edges"] < 0.8 * found["true, bicubic, edges"]
    assert found["true, bicubic"] < found["network, bicubic"]


@pytest.fixture
def parrot(monkeypatch):
    """Paints what it is told and leaves the rest grey."""

    def build(options):
        lightness = keras.Input((None, None, 1), name="lightness")
        told = keras.Input((None, None, 3), name="hints")
        ab = layers.AveragePooling2D(4)(told[..., :2] + 0 * lightness)
        return keras.Model({"lightness": lightness, "hints": told}, ab)

    monkeypatch.setitem(designs.DESIGNS, "parrot", Design(build, needs=("hints",)))
    network = designs.build_network("parrot")
    return Colorizer(network, {"design": "parrot", "options": {}, "size": 128})


def test_hints_are_placed_where_it_is_most_wrong_and_told_as_they_are(parrot):
    """A grey photo with a strong patch and a weaker one, and a network that only repeats."""
    photo = np.full((1, 128, 128, 3), 128, "uint8")
    photo[:, 24:48, 80:104] = 200, 40, 40
    photo[:, 80:104, 24:48] = 110, 140, 110
    seen = hints.Seen(photo, parrot)
    found = seen.chosen(hints.error)
    assert found[1] > found[0] and found[10] > found[2] > found[1]
    places = []
    seen.hint = lambda i, row, column: places.append((row, column)) or (column, row, (0.0, 0.0))
    seen.chosen(hints.error)
    assert all(22 <= row < 50 and 78 <= column < 106 for row, column in places[:3])
    assert len({*places}) == len(places), "each place once"


def test_how_near_a_hint_is_painted(parrot):
    photo = np.full((2, 128, 128, 3), (200, 40, 40), "uint8")
    untold, told, turned = hints.Seen(photo, parrot).single(np.full((2, 1, 2), 65)).T
    chroma = np.linalg.norm(hints.to_lab(photo)[0, 0, 0, 1:])
    assert untold == pytest.approx(chroma, rel=1e-3)
    assert (told < 0.5 * chroma).all() and turned == pytest.approx(told, rel=1e-3)


@pytest.fixture(scope="module")
def unet_whole():
    return Colorizer.load("unet_whole")


def test_another_photos_whole_moves_the_colours_toward_its_own(unet_whole, photos):
    """On most of all pairs of eight photos; and L stays."""
    seen = whole.Seen(photos, unet_whole)
    own = seen.means(np.arange(8), seen.whole)
    one, other = np.transpose([(i, j) for i in range(8) for j in range(8) if i != j])
    found = hints.toward(own[one], seen.means(one, seen.whole[other]), own[other])
    assert found["share"] > 0.6 and found["of the way"] > 0.05
    ab = seen.small(np.array([0]), seen.whole[[3]])
    picture = to_rgb(to_lab(photos[0]), unet_whole.large(photos[:1], *ab)[0])
    before, after = to_lab(photos[0])[..., 0], to_lab(picture)[..., 0]
    assert np.abs(before - after).mean() < 0.5


def test_both_are_better_than_either_alone(unet_whole, commons):
    photos = np.array(commons.photos[commons.validation[:16]])
    seen = whole.Seen(photos, unet_whole)
    loss = {way: seen.loss(told).mean() for way, told in seen.ways().items()}
    assert loss["both"] < loss["places alone"] and loss["both"] < loss["whole alone"]


def test_ridge_finds_what_is_there_and_does_not_learn_noise_by_heart():
    generator = np.random.default_rng(0)
    weights = generator.normal(size=(5, 2))
    x = generator.normal(size=(40, 5))
    guess = whole.ridge(x, x @ weights + [3, -1])
    new = generator.normal(size=(30, 5))
    np.testing.assert_allclose(guess(new), new @ weights + [3, -1], atol=0.05)
    noise = generator.normal(size=(40, 2))
    wide = generator.normal(size=(40, 300))
    nothing = whole.ridge(wide, noise)(generator.normal(size=(30, 300)))
    assert np.abs(nothing - noise.mean(axis=0)).mean() < 0.5


def test_systems_are_learned_once_and_compared(tmp_path, monkeypatch, commons, capsys):
    monkeypatch.setattr(systems, "SMALL", {"tier": "smoke", "score_dropout": 0.0})
    monkeypatch.setattr(systems, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(systems, "OPTIONS", {})
    kit = ("kit paper", "kit unet_hints", "kit unet_hints 10 hints")
    monkeypatch.setattr(systems, "KIT", {name: systems.KIT[name] for name in kit})
    monkeypatch.setattr(systems, "SHOWN", 2)
    monkeypatch.setattr(systems, "ROUNDS", 1)
    some = ["commons", "paper", "zhang2017", "--seeds", "1", "--seen", "8", "--photos", "3"]
    out = tmp_path / "systems.json"
    systems.main([*some, "--out", str(out)])
    found = read_json(out)
    trained = {"paper", "zhang2017"}
    assert set(found["trained"]) == trained and found["photos"] == 3
    rows = trained | {"zhang2017 10 hints", *kit}
    assert set(found["cost"]) == set(found["against"]) == rows
    assert set(found["summary"]) == rows | set(evaluation.BASELINES)
    for name in rows:
        assert set(found["summary"][name]) == set(METRICS)
        assert all(v["low"] <= v["mean"] <= v["high"] for v in found["summary"][name].values())
    told, untold = (found["summary"][f"kit unet_hints{n}"]["PSNR"] for n in (" 10 hints", ""))
    assert told["mean"] > untold["mean"] + 1
    shipped = evaluation.compare({"paper": Colorizer.load("paper")}, commons, limit=3)
    assert found["summary"]["kit paper"] == shipped["summary"]["paper"], "as everywhere else"
    run = found["trained"]["zhang2017"]
    assert run["options"] == {"width": 0.125} and run["seen"] == 32 and run["size"] == 64
    assert found["sheet"]["rows"][0] == "grey" and len(found["sheet"]["photos"]) == 2
    with Image.open(out.with_suffix(".jpg")) as sheet:
        assert sheet.size == (176 + 88, 2 * len(found["sheet"]["rows"]) * 88)

    def learn(*given):
        pytest.fail("learned again")

    monkeypatch.setattr(training.Trainer, "learn", learn)
    monkeypatch.setattr(systems, "measure", lambda networks, *_: {"rows": [*networks]})
    monkeypatch.setattr(systems, "draw", lambda *_: {})
    systems.main([*some, "--out", str(out)])
    again = read_json(out)
    assert again["trained"] == found["trained"] and set(again["rows"]) == rows
    with pytest.raises(SystemExit):
        systems.main(["commons", "papr"])
    assert "'papr' is no design of the table; choose from paper, paper_alone" in (
        capsys.readouterr().err
    )


def test_arithmetic_is_counted_at_every_use():
    """Of one-way networks as anatomy does; what reads a photo twice, twice."""
    for name, options in (("paper", {}), ("zhang2016", {"width": 0.25})):
        network = designs.build_network(name, options)
        assert systems.flop(network, 64) == sum(r.flop for r in anatomy.layer_table(network, 64))
    network = designs.build_network("iizuka2016", {"width": 0.25})
    once = sum(row.flop for row in anatomy.layer_table(network, 64))
    low = sum(r.flop for r in anatomy.layer_table(network, 224) if r.name.startswith("low_"))
    assert systems.flop(network, 64) == once + low
