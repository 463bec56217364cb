"""Whatever stands in a file or is typed: a valid result, or an error in words.

Each property takes something valid and changes it in a way that hypothesis thinks of. In CI there
are few examples; `make soak` tries many, for COLORLIB_SOAK_SECONDS (600, unless it says otherwise).
"""

import copy
import csv
import inspect
import io
import json
import os
import shutil
import tempfile
import time
import tracemalloc
import warnings
from pathlib import Path

import filming
import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image
from running import SMALL, train
from surveying import answered, read_kit, write_photos

from colorlib import (
    cli,
    designs,
    evaluation,
    film,
    images,
    photoset,
    recipes,
    runs,
    survey,
    weights,
)
from colorlib.colorizer import Colorizer
from colorlib.files import UserError, hash_of, read_json, write_json
from colorlib.inputs import INPUTS
from colorlib.published import result
from tools.classroom import leaderboard

MEMORY = 300e6  # bytes that Python may take at most for one example
SECONDS = 10  # of the processor, so that other work on the machine counts for nothing
OPTIONS = {"encoder_filters": (8, 8, 8, 8, 8, 8)}
CARD = {"extractor": "efficientnet_lite0", "extractor_weights": "0", "extractor_size": 64}

# --- what is tried ---

odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-2, 5000),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["", "../../x", "\ud83d", "\0", "nan", "paper", "unet", "9" * 5000, "x" * 10**6]
    ),
    st.sampled_from([0, -1, 64, 4096, 10**400, -(10**30), 1e308, float("nan"), float("inf")]),
    st.lists(st.integers(-1, 3000), max_size=8),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)


def places(value, path=()):
    """The paths to all that a JSON value holds."""
    yield path
    if isinstance(value, (dict, list)):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(part, (*path, key))


@st.composite
def changed(draw, valid):
    """A valid value with one to three of its parts replaced, removed or joined by another."""
    value = copy.deepcopy(valid)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(sorted(places(value), key=str)))
        if not path:
            value = draw(odd) if draw(st.integers(0, 9)) == 0 else value
            continue
        holder = value
        for key in path[:-1]:
            holder = holder[key]
        what = draw(st.sampled_from(["replace", "remove", "add"]))
        if what == "replace":
            holder[path[-1]] = draw(odd)
        elif what == "remove":
            del holder[path[-1]]
        elif isinstance(holder, dict):
            holder[draw(st.text(max_size=10))] = draw(odd)
    return value


@st.composite
def flipped(draw, data):
    """Bytes with a few of them changed, or cut short."""
    found = bytearray(data)
    for _ in range(draw(st.integers(0, 4))):
        # The beginning says what the rest is: half of all changes are there.
        end = draw(st.sampled_from([min(2000, len(found)), len(found)]))
        found[draw(st.integers(0, end - 1))] = draw(st.integers(0, 255))
    return bytes(found[: draw(st.sampled_from([len(found), len(found) // 2, 0, 1]))])


def in_words(function, *arguments):
    """Call it: the result, or None where it was refused in words; in bounded memory and time."""
    begin = time.process_time()
    tracemalloc.start()
    try:
        with warnings.catch_warnings(action="ignore"):
            return function(*arguments)
    except UserError as error:
        assert str(error) and len(str(error)) < 3000
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < MEMORY, f"{peak / 1e6:.0f} MB"
        assert time.process_time() - begin < SECONDS


# --- what it is tried on ---


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A small network on disk, and beside it a copy to spoil."""
    keras.utils.set_random_seed(1)
    folder = tmp_path_factory.mktemp("odd")
    network = designs.build_network("paper", OPTIONS)
    weights.save_network(network, folder / "net", "paper", OPTIONS, size=64, **CARD)
    shutil.copy(folder / "net.weights.h5", folder / "odd.weights.h5")
    return folder


@pytest.fixture(scope="module")
def reference(commons):
    """What a report is compared with, and an honest report of the same photos."""
    published = read_json(result("shipped.json"))
    summary = {name: published["summary"][name] for name in evaluation.BASELINES}
    own = copy.deepcopy(summary["grey"])
    own["loss"] = {end: 1.01 * value for end, value in own["loss"].items()}
    rival = min(evaluation.RIVALS, key=lambda name: summary[name]["loss"]["mean"])
    lead = own["loss"]["mean"] - summary[rival]["loss"]["mean"]
    report = {
        "photos": published["photos"],
        "photo_set": "commons",
        "weights": {"mine": "a" * 64},
        "machine": {"date": "2026-01-01", "processor": "a processor", "cores": 2},
        "summary": summary | {"mine": own},
        "beaten": {"mine": {"loss": {"difference": lead, "low": lead - 0.01, "high": lead + 0.01}}},
    }
    return {"photos": published["photos"], "photo_set": "commons", "summary": summary}, report


@pytest.fixture(scope="module")
def small_set(commons, tmp_path_factory):
    folder = tmp_path_factory.mktemp("set")
    for row in commons.train[:6]:
        shutil.copy(photoset.BUNDLED / commons.manifest[row]["file"], folder)
    return photoset.prepare(folder, folder / "set", size=64).path


@pytest.fixture(scope="module")
def asked(commons, tmp_path_factory):
    """A survey of few photos, as its page reads it."""
    folder = tmp_path_factory.mktemp("survey")
    some = np.array(commons.photos[commons.validation[:36]])
    survey.write_survey(folder / "kit", *write_photos(folder, some))
    return read_kit(folder / "kit")


@pytest.fixture(scope="module")
def run(commons, tmp_path_factory):
    # A small network: hypothesis keeps every packed run that it has tried.
    some = SMALL | {"epochs": 1, "limit": 16, "options": OPTIONS}
    return train(some, tmp_path_factory.mktemp("runs") / "mine")


# --- the properties: each makes a test of few examples, given many in soak ---


def cards(network, tmp_path):
    valid = json.loads((network / "net.json").read_text())
    old = {name: part for name, part in valid.items() if name not in ("design", "options")}
    old["network"] = {"design": "paper", **valid["options"]}

    @given(st.one_of(changed(valid), changed(old)))
    def card(value):
        (network / "odd.json").write_text(json.dumps(value))
        found = in_words(weights.read_card, network / "odd")
        if found is not None:
            designs.options_of(found["design"], found["options"])
            assert found.get("size", 64) <= 1024

    return card


def loaded_cards(network, tmp_path):
    valid = json.loads((network / "net.json").read_text())

    @given(changed(valid))
    def card(value):
        (network / "odd.json").write_text(json.dumps(value))
        found = in_words(Colorizer.load, network / "odd")
        if found is not None:
            in_words(found.ab, np.zeros((1, 8, 8, 3), "uint8"))

    return card


def reports(reference, tmp_path):
    known, valid = reference

    @given(changed(valid))
    def report(value):
        (tmp_path / "a.json").write_text(json.dumps(value))
        entry = in_words(leaderboard.read_entry, tmp_path / "a.json", known)
        if entry is not None:
            page = leaderboard.page([entry], known)
            assert len(page.encode()) < 20_000

    return report


def manifests(small_set, tmp_path):
    good = (small_set / "manifest.csv").read_text(encoding="utf-8")
    copied = shutil.copytree(small_set, tmp_path / "set")
    rows = list(csv.reader(io.StringIO(good)))

    @given(st.one_of(changed(rows), flipped(good.encode())))
    def manifest(value):
        if isinstance(value, list) and all(isinstance(row, list) for row in value):
            text = io.StringIO()
            csv.writer(text).writerows(value)
            value = text.getvalue().encode("utf-8", "replace")
        if isinstance(value, bytes):
            (copied / "manifest.csv").write_bytes(value)
            in_words(photoset.load, copied)

    return manifest


def headers(small_set, tmp_path):
    copied = shutil.copytree(small_set, tmp_path / "set")

    @given(flipped((small_set / "photos.npy").read_bytes()))
    def header(value):
        (copied / "photos.npy").write_bytes(value)
        in_words(photoset.load, copied)

    return header


def parameters(network, tmp_path):
    valid = {
        name: value for name, value in vars(recipes.Recipe()).items() if name != "preset"
    } | vars(recipes.Hardware())

    @given(changed(valid))
    def parameter(value):
        if isinstance(value, dict):
            found = in_words(recipes.recipe_from, value)
            if found is not None:
                assert found[0].size <= 1024
                designs.options_of(found[0].design, found[0].options)

    return parameter


def saved_recipes(run, tmp_path):
    valid = json.loads((run / "recipe.json").read_text())
    asked, hardware = recipes.recipe_from({"tier": "smoke"} | SMALL | {"epochs": 1, "limit": 16})
    copied = shutil.copytree(run, tmp_path / "run")
    photos = json.loads((run / "data.json").read_text())

    @given(changed(valid))
    def saved(value):
        (copied / "recipe.json").write_text(json.dumps(value))
        in_words(runs.Run, copied, asked, photos, hardware)

    return saved


def metrics(run, tmp_path):
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]

    @given(changed(rows))
    def line(value):
        if isinstance(value, list):
            text = "\n".join(json.dumps(row) for row in value)
            (tmp_path / "metrics.jsonl").write_text(text)
            in_words(runs.read_metrics, tmp_path)

    return line


def packed(run, tmp_path):
    whole = runs.pack(run).read_bytes()

    @given(flipped(whole))
    def archive(value):
        (tmp_path / "a.zip").write_bytes(value)
        shutil.rmtree(tmp_path / "there", ignore_errors=True)
        in_words(runs.unpack, tmp_path / "a.zip", tmp_path / "there")

    return archive


def stored_weights(network, tmp_path):
    data = (network / "net.weights.h5").read_bytes()
    card = json.loads((network / "net.json").read_text())

    @given(flipped(data))
    def stored(value):
        (network / "odd.weights.h5").write_bytes(value)
        write_json(network / "odd.json", card | {"sha256": hash_of(network / "odd.weights.h5")})
        found = in_words(weights.load_network, network / "odd")
        if found is not None:
            assert all(np.isfinite(part).all() for part in found[0].get_weights())

    return stored


def hints(network, tmp_path):
    valid = [[3, 5, "#aa3322"], [0, 0, [5.5, -40]], [11, 7, "#000000"]]
    photos, told = np.zeros((1, 8, 12, 3), "uint8"), Colorizer.load(network / "net").card

    @given(changed(valid))
    def pointed(value):
        (tmp_path / "hints.json").write_text(json.dumps(value))
        found = in_words(cli._hints, tmp_path / "hints.json", ["photo.jpg"])
        if found is not None:
            seen = in_words(INPUTS["hints"].asked, photos, told, [found])
            assert seen is None or np.isfinite(seen).all()

    return pointed


def survey_results(asked, tmp_path):
    valid = answered(asked, 0, lambda person, photo, system: False)

    @given(changed(valid))
    def handed_back(value):
        (tmp_path / "a.json").write_text(json.dumps(value))
        found = in_words(survey.merge, [tmp_path / "a.json"])
        if found is not None:
            in_words(lambda: survey.format_shares(survey.shares(found[0])))

    return handed_back


def photos(tmp_path):
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 256, (16, 24, 3), "uint8"))
    kinds = {}
    for kind in ("jpeg", "png", "tiff", "webp", "gif", "bmp", "ppm", "jpeg2000", "ico"):
        photo.save(file := io.BytesIO(), kind)
        kinds[kind] = file.getvalue()

    @given(st.sampled_from(sorted(kinds)).flatmap(lambda kind: flipped(kinds[kind])))
    def photo_file(value):
        (tmp_path / "odd.jpg").write_bytes(value)
        found = in_words(images.read_photo, tmp_path / "odd.jpg")
        if found is not None:
            assert images.pixels(found).shape[2] == 3

    return photo_file


def films(tmp_path):
    whole = filming.film(tmp_path / "whole.mp4", frames=4).read_bytes()

    @given(flipped(whole))
    def film_file(value):
        (tmp_path / "odd.mp4").write_bytes(value)
        in_words(film.read_frames, tmp_path / "odd.mp4")

    return film_file


PROPERTIES = {
    cards: 100,
    hints: 100,
    survey_results: 60,
    photos: 100,
    films: 40,
    loaded_cards: 6,
    reports: 100,
    manifests: 60,
    headers: 40,
    parameters: 100,
    saved_recipes: 40,
    metrics: 60,
    packed: 20,
    stored_weights: 5,
}


def run_property(build, request, **options):
    """Build a property from the fixtures that its parameters name, and try it."""
    given = {name: request.getfixturevalue(name) for name in inspect.signature(build).parameters}
    common = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
    with tempfile.TemporaryDirectory() as folder:  # for each round, and gone after it
        if "tmp_path" in given:
            given["tmp_path"] = Path(folder)
        settings(**common, **options)(build(**given))()


@pytest.mark.parametrize("build", PROPERTIES, ids=lambda build: build.__name__)
def test_a_valid_result_or_words(build, request):
    few = {"max_examples": PROPERTIES[build], "derandomize": True}
    run_property(build, request, phases=[Phase.generate], **few)


@pytest.mark.soak
@pytest.mark.parametrize("build", PROPERTIES, ids=lambda build: build.__name__)
def test_the_same_for_long(build, request):
    end = time.monotonic() + float(os.environ.get("COLORLIB_SOAK_SECONDS", 600)) / len(PROPERTIES)
    while time.monotonic() < end:  # each round draws others
        run_property(build, request, max_examples=max(10, PROPERTIES[build]))
