"""A survey's folder, and what becomes of the files that people hand back."""

import csv
import json
import math
import os
import shutil

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image
from scipy import stats
from surveying import answered, read_kit, write_photos

from colorlib import cli, survey
from colorlib.evaluation import wilson_interval
from colorlib.files import UserError
from colorlib.lab import to_lab


@pytest.fixture(scope="module")
def folders(commons, tmp_path_factory):
    photos = np.array(commons.photos[commons.validation[:36]])
    return write_photos(tmp_path_factory.mktemp("photos"), photos)


@pytest.fixture(scope="module")
def pairs(folders, tmp_path_factory):
    out = tmp_path_factory.mktemp("survey") / "pairs"
    assert survey.write_survey(out, *folders) == {}
    return out


def never(person, photo, system):
    return False


@pytest.fixture
def hand_back(pairs, tmp_path):
    """Write results of the survey of pairs, each bent by a function; their paths."""

    def write(count, fooled=never, bend=lambda result: None, first=0):
        paths = []
        for number in range(first, first + count):
            result = answered(read_kit(pairs), number, fooled)
            bend(result)
            paths.append(tmp_path / f"{number}.json")
            paths[-1].write_text(json.dumps(result), encoding="utf-8")
        return paths

    return write


def test_only_colour_tells_the_photos_of_a_scene_apart(pairs, folders):
    kit = read_kit(pairs)
    files = sorted((pairs / "photos").iterdir())
    rows = [row for part in ("practice", "checks", "photos") for row in kit[part]]
    assert [len(kit[part]) for part in ("practice", "checks", "photos")] == [10, 4, 22]
    assert sorted(int(path.stem) for path in files) == sorted(n for row in rows for n in row)
    assert not any(name in path.name for path in files for name in ("real", "pale", "warm"))
    assert 0.3 < np.mean([row[0] < row[1] for row in rows]) < 0.7, "numbers tell which is true"
    true, odd = set(), []
    for row in rows:
        versions = [Image.open(pairs / f"photos/{number:04d}.jpg") for number in row]
        for version in versions:
            assert (version.format, version.size, len(version.getexif())) == ("JPEG", (128, 128), 0)
            assert version.quantization == versions[0].quantization
        labs = [to_lab(np.asarray(version)) for version in versions]
        assert np.abs(labs[1] - labs[0])[..., 0].mean() < (9 if len(row) == 2 else 2)
        if len(row) == 2:
            odd.append(np.abs(labs[1] - labs[0])[..., 1:].mean())
        sources = [to_lab(np.asarray(Image.open(path))) for path in folders[0].iterdir()]
        true.add(int(np.argmin([np.abs(labs[0] - source).mean() for source in sources])))
    assert len(true) == 36, "each scene is asked about once"
    assert min(odd) > 20, "a check that is not obvious"


def test_the_same_seed_makes_the_same_survey(pairs, folders, tmp_path):
    survey.write_survey(tmp_path / "again", *folders)
    for path in pairs.rglob("*.*"):
        assert (tmp_path / "again" / path.relative_to(pairs)).read_bytes() == path.read_bytes()
    survey.write_survey(tmp_path / "other", *folders, seed=1)
    assert read_kit(tmp_path / "other")["about"] != read_kit(pairs)["about"]


def test_photos_that_cannot_be_asked_about_are_named(folders, tmp_path):
    real, systems = tmp_path / "real", {"pale": tmp_path / "pale"}
    shutil.copytree(folders[0], real)
    shutil.copytree(folders[1]["pale"], systems["pale"])
    (systems["pale"] / "00.png").unlink()
    Image.open(real / "01.jpg").resize((64, 64)).save(systems["pale"] / "01.png")
    shutil.copy(systems["pale"] / "03.png", systems["pale"] / "02.png")
    Image.open(real / "04.jpg").convert("L").save(real / "04.jpg")
    (systems["pale"] / "05.png").write_bytes(b"no photo")
    with pytest.raises(UserError, match=r"31 photos can be asked about, and 20 answers need 34"):
        survey.write_survey(tmp_path / "out", real, systems)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pale", "real"], "something is left"
    for i in range(36, 39):
        for folder, source in ((real, "20.jpg"), (systems["pale"], "20.png")):
            shutil.copy(folder / source, folder / f"{i}{source[2:]}")
    (real / "credits.csv").write_text("file,author\n20.jpg,A. Nobody\n")
    left_out = survey.write_survey(tmp_path / "out", real, systems)
    reasons = {path.name: reason for path, reason in left_out.items()}
    assert set(reasons) == {f"0{i}.jpg" for i in range(6)} - {"03.jpg"}
    for name, words in (
        ("00.jpg", "not colourized by all"),
        ("01.jpg", "other sizes"),
        ("02.jpg", "something else"),
        ("04.jpg", "near-grey"),
        ("05.jpg", "no photo that can be read"),
    ):
        assert words in reasons[name]
    assert next(csv.DictReader((tmp_path / "out" / "credits.csv").open()))["author"] == "A. Nobody"


def test_what_is_not_read_or_has_a_twin_is_named_too(folders, tmp_path):
    real = tmp_path / "real"
    shutil.copytree(folders[0], real)
    (real / "phone.heic").write_bytes(b"x")
    Image.open(real / "20.jpg").save(real / "20.png")
    left_out = survey.write_survey(tmp_path / "out", real, folders[1])
    assert {path.name for path in left_out} == {"phone.heic", "20.jpg"}
    assert "save a copy" in left_out[real / "phone.heic"]
    assert "another photo has the same name" in left_out[real / "20.jpg"]


def test_a_survey_that_could_not_be_merged_is_not_written(folders, tmp_path):
    real, systems = folders
    for options, words in (
        ({"protocol": "pair"}, "'pair': is no protocol; use 'pairs' or 'single'"),
        ({"systems": {}}, "0 systems"),
        ({"systems": {str(i): real for i in range(21)}}, "21 systems"),
        ({"systems": {survey.TRUE: real}}, "no name for a system"),
        ({"systems": {1: real / "00.jpg"}}, "is a file; name the folder that it is in"),
        ({"seed": -1}, "seed is -1; it must be a whole number from 0 on"),
        ({"seed": None}, "seed is None"),
        ({"trials": 1}, "trials is 1; it must be a whole number from 2 on"),
        ({"trials": "20"}, "trials is '20'"),
    ):
        with pytest.raises(UserError, match=words):
            survey.write_survey(tmp_path / "new", real, **{"systems": systems} | options)
    assert not (tmp_path / "new").exists()


def test_merging_counts_what_it_leaves_out(hand_back, pairs, tmp_path):
    def hurry(result):
        tests = [each for each in result["answers"] if each["kind"] == "test"]
        tests[0]["ms"], tests[1]["ms"], tests[2]["shown"] = 199, 200, 1501

    def fail(result):
        result["answers"][-1]["answer"] ^= 1

    def elsewhere(result):
        result["about"]["survey"] = "f" * 16

    hand_back(5, lambda person, photo, system: system == 2)
    hand_back(1, bend=hurry, first=5)
    hand_back(2, bend=fail, first=6)
    hand_back(2, bend=elsewhere, first=8)
    shutil.copy(tmp_path / "3.json", tmp_path / "3 (1).json")
    (tmp_path / "x.json").write_text("{")
    answers, left_out, refused = survey.merge([tmp_path])
    assert left_out == {
        "files of another survey": 2,
        "more files of the same person": 1,
        "people who failed the checks": 2,
        "answers for practice": 60,
        "answers for check": 24,
        "answers with times that cannot be": 2,
    }
    assert [str(error).startswith(str(tmp_path / "x.json")) for error in refused] == [True]
    assert len(answers.people) == 6 * 20 - 2
    assert answers.names == ["the true photos", "pale", "warm-2"]
    found = survey.shares(answers)
    assert list(found) == ["pale", "warm-2"]
    assert found["pale"]["share"] == 0
    assert found["warm-2"]["share"] == pytest.approx(50 / found["warm-2"]["answers"])
    assert found["warm-2"]["people"] == 6


def test_one_of_eight_checks_may_be_missed(hand_back, tmp_path):
    def forty(missed):
        def bend(result):
            result["about"] |= {"trials": 40, "photos": 40}
            tests = [each for each in result["answers"] if each["kind"] == "test"]
            checks = [each for each in result["answers"] if each["kind"] == "check"]
            more = [each | {"photo": place} for place, each in enumerate(tests + tests)]
            checks = [each | {"photo": place} for place, each in enumerate(checks + checks)]
            for check in checks[:missed]:
                check["answer"] ^= 1
            result["answers"] = [*result["answers"][:10], *more, *checks]

        return bend

    for number, missed in enumerate((0, 1, 2)):
        hand_back(1, bend=forty(missed), first=number)
    answers, left_out, _ = survey.merge([tmp_path])
    assert (len(answers.people), left_out["people who failed the checks"]) == (80, 1)


def test_photos_alone_are_judged_beside_the_true_ones(folders, tmp_path):
    survey.write_survey(tmp_path / "single", *folders, protocol="single")
    kit = read_kit(tmp_path / "single")
    for number in range(3):
        # Wrong about the true photos and about "pale": these are taken for real, those are not.
        result = answered(kit, number, lambda person, photo, system: system < 2)
        (tmp_path / f"{number}.json").write_text(json.dumps(result))
    found = survey.shares(survey.merge([tmp_path])[0])
    assert {name: each["share"] for name, each in found.items()} == {
        "the true photos": 0,
        "pale": 1,
        "warm-2": 0,
    }
    assert found["the true photos"]["answers"] == 30
    result["answers"][12]["side"] ^= 1
    (tmp_path / "bad.json").write_text(json.dumps(result))
    with pytest.raises(UserError, match="takes a true photo for an invented one"):
        survey.merge([tmp_path / "bad.json"])


SCRIPT = "<script>alert(1)</script>\x1b[2J"


def bent(*keys, value):
    def bend(result):
        *way, last = keys
        for key in way:
            result = result[key]
        result[last] = value

    return bend


HOSTILE = {
    "a script as a name": bent("about", "systems", value=[SCRIPT, "x"]),
    "a script as a number": bent("person", value=SCRIPT),
    "a field more": bent("comment", value="hello"),
    "a field more in an answer": bent("answers", 3, "note", value=SCRIPT),
    "no number": bent("answers", 12, "ms", value=math.nan),
    "infinite": bent("answers", 12, "ms", value=math.inf),
    "negative": bent("answers", 12, "ms", value=-5),
    "huge": bent("answers", 12, "photo", value=10**400),
    "text for a number": bent("answers", 12, "photo", value="1"),
    "true for a number": bent("answers", 12, "answer", value="true"),
    "another answer": bent("answers", 12, "answer", value=2),
    "a system that is not there": bent("answers", 12, "system", value=3),
    "the true photo in a pair": bent("answers", 12, "system", value=0),
    "a photo that is not there": bent("answers", 12, "photo", value=22),
    "a list for a text": bent("about", "protocol", value=["pairs"]),
    "a kind that is not there": bent("answers", 12, "kind", value="cheat"),
    "practice that counts": bent("answers", 2, "kind", value="test"),
    "one photo twice": lambda result: result["answers"].__setitem__(11, result["answers"][10]),
    "unfinished": lambda result: result["answers"].pop(),
    "nothing": lambda result: result.clear(),
    "no answers": bent("answers", value=[]),
    "many": lambda result: bent("answers", value=result["answers"] * 99)(result),
    "another version": bent("about", "version", value=2),
    "a newline behind the number": lambda result: bent("person", value=result["person"] + "\n")(
        result
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_result_is_refused(kind, hand_back, capsys, tmp_path):
    good = hand_back(2)
    (bad,) = hand_back(1, bend=HOSTILE[kind], first=7)
    code = cli.main(["survey", str(tmp_path / "out"), "--merge", *map(str, [*good, bad])])
    out, err = capsys.readouterr()
    assert code == 1
    (line,) = err.splitlines()
    assert line.startswith(f"colorlib: {bad}: is no result of a survey")
    assert len(line) < 200 + len(str(bad)) and "\x1b" not in line
    print(line)
    assert "| pale | 2 | " in out
    assert "script" not in out


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"[" * 900_000, b"[1e999]", b"null", b" " * 1_000_001, b"9" * 5000],
    ids=["empty", "no text", "deep", "infinite", "null", "large", "long number"],
)
def test_a_file_that_is_no_result_is_refused(content, hand_back, tmp_path):
    good = hand_back(1)
    (tmp_path / "bad.json").write_bytes(content)
    answers, _, refused = survey.merge([*good, tmp_path / "bad.json", tmp_path / "missing.json"])
    assert len(answers.people) == 20
    assert len(refused) == 2
    with pytest.raises(UserError, match="no answer that counts"):
        survey.merge([tmp_path / "bad.json"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_keeps_nobody_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(UserError, match="no file of at most 1 MB"):
        survey.merge([tmp_path])


def simulated(generator, people, photos, each, spread=(0.3, 0.4), mean=-0.5):
    """Answers of people who differ to photos that differ: two normal effects on a probit scale."""
    of_people, of_photos = (
        generator.normal(0, s, n) for s, n in zip(spread, (people, photos), strict=True)
    )
    person = np.repeat(np.arange(people), each)
    photo = np.concatenate([generator.permutation(photos)[:each] for _ in range(people)])
    chance = stats.norm.cdf(mean + of_people[person] + of_photos[photo])
    real = (generator.random(len(person)) < chance).astype(int)
    answers = survey.Answers(person, photo, np.ones_like(person), real, ["", "simulated"])
    return answers, stats.norm.cdf(mean / math.hypot(1, *spread))


def test_names_that_systems_give_to_files_are_found(hand_back, tmp_path):
    for path, name in zip(hand_back(3), ("A.JSON", "b.json.txt", "c (1).json"), strict=True):
        path.rename(tmp_path / name)
    assert len(set(survey.merge([tmp_path])[0].people)) == 3
    with pytest.raises(UserError, match="File name too long"):
        survey.merge(["x" * 5000])


def test_the_answers_are_never_overwritten(hand_back, capsys, tmp_path):
    results = hand_back(2)
    own = results[0].rename(tmp_path / "survey.json")  # as a person may have called it
    before = own.read_bytes()
    for given in ([tmp_path], [own, results[1]]):
        assert cli.main(["survey", str(tmp_path), "--merge", *map(str, given)]) == 1
        assert "or answers; name another" in capsys.readouterr().err
    assert own.read_bytes() == before and not (tmp_path / "survey.png").exists()


@pytest.mark.parametrize(
    ("people", "photos", "each"), [(50, 40, 10), (10, 30, 10), (25, 40, 20), (40, 200, 10)]
)
def test_the_intervals_hold_the_true_share_of_simulated_people(people, photos, each):
    generator, held, naive, count = np.random.default_rng(0), 0, 0, 300
    for _ in range(count):
        answers, truth = simulated(generator, people, photos, each)
        found = survey.shares(answers)["simulated"]
        held += found["low"] <= truth <= found["high"]
        low, high = wilson_interval(answers.real.sum(), len(answers.real))
        naive += low <= truth <= high
    print(f"held {held / count:.3f}, as if answers were independent {naive / count:.3f}")
    assert 0.92 <= held / count <= 0.995
    if photos < 100:
        assert naive < held - 0.04 * count, "people and photos differ, and it should tell"


def test_the_bootstrap_would_be_wider_than_it_need_be():
    generator = np.random.default_rng(2)
    answers, _ = simulated(generator, 40, 200, 10, spread=(0, 0))
    asked, real = np.zeros((2, 40, 200))
    np.add.at(asked, (answers.people, answers.photos), 1)
    np.add.at(real, (answers.people, answers.photos), answers.real)
    people, photos = (generator.multinomial(n, np.full(n, 1 / n), 2000) for n in (40, 200))
    drawn = ((people @ real) * photos).sum(axis=1) / ((people @ asked) * photos).sum(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    found = survey.shares(answers)["simulated"]
    ratio = (high - low) / (found["high"] - found["low"])
    print(f"{ratio:.2f} times as wide")
    assert 1.3 < ratio < 1.8


def test_independent_answers_need_no_wider_interval():
    generator = np.random.default_rng(1)
    answers, _ = simulated(generator, 300, 300, 20, spread=(0, 0))
    found = survey.shares(answers)["simulated"]
    low, high = wilson_interval(answers.real.sum(), len(answers.real))
    assert 1 <= (found["high"] - found["low"]) / (high - low) < 1.15
    assert found["needed"] == pytest.approx(survey.answers_needed(found["share"]), rel=0.3)


def test_few_or_like_minded_people_get_a_wide_interval():
    person = np.repeat(np.arange(4), 10)
    nobody = survey.Answers(
        person, np.tile(np.arange(10), 4), np.ones(40, int), np.zeros(40, int), ["", "x"]
    )
    found = survey.shares(nobody)["x"]
    assert found["low"] == pytest.approx(0, abs=1e-9)
    assert 0.15 < found["high"] < 0.5  # as if they were independent, it would be 0.09
    alone = survey.Answers(*(part[:10] for part in nobody[:4]), nobody.names)
    found = survey.shares(alone._replace(real=np.arange(10) % 2))["x"]
    assert found["high"] - found["low"] > 0.9, "one person says nothing about people"


def test_sample_sizes():
    """The textbook's: p (1 - p) (1.96 / half)²."""
    needed = survey.answers_needed
    assert (needed(0.5), needed(0.3)) == (385, 323)
    assert (needed(0.5, half=0.1), needed(0.3, half=0.03)) == (97, 897)
    assert survey.design_effect(1) == 1
    assert survey.design_effect(20) == pytest.approx(1.95)


def test_the_command(folders, hand_back, tmp_path, capsys):
    real, systems = folders
    by = [part for name, folder in systems.items() for part in ("--by", f"{name}={folder}")]
    out = tmp_path / "ask"
    assert cli.main(["survey", str(out), "--real", str(real), *by]) == 0
    said = capsys.readouterr().out
    assert str(out / "index.html") in said
    assert "plan 558 answers about each system: 56 people" in said
    for arguments, words in (
        ([out, "--real", real, *by], "is there already"),
        ([tmp_path / "new", *by], "give OUT, --real"),
        ([tmp_path / "new", "--real", real, "--by", f"<b>={real}"], "no name for a system"),
        ([tmp_path / "new", "--real", real, *by, *by], "a name is there twice"),
        ([tmp_path / "new", "--real", real, *by, "--trials", "40"], "36 photos can be asked about"),
        ([tmp_path / "new", "--real", tmp_path / "no", *by], "cannot be opened"),
        (["--merge", tmp_path / "no.json"], "cannot be read"),
        ([out, "--merge", tmp_path], "holds the survey itself"),
    ):
        assert cli.main(["survey", *map(str, arguments)]) == 1
        assert words in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
    with pytest.raises(SystemExit):
        cli.main(["survey", str(tmp_path / "new"), "--real", str(real), "--by", "unet"])
    results = hand_back(4, lambda person, photo, system: photo % 2)
    capsys.readouterr()
    assert cli.main(["survey", str(tmp_path / "r"), "--merge", *map(str, results)]) == 0
    said = capsys.readouterr().out
    kept = json.loads((tmp_path / "r" / "survey.json").read_text())
    assert list(kept["shares"]) == ["pale", "warm-2"]
    for name, each in kept["shares"].items():
        assert f"| {name} | 4 | {each['photos']} | 40 | {each['share']:.1%} |" in said
    assert "left out: 40 answers for practice" in said
    assert np.asarray(Image.open(tmp_path / "r" / "survey.png").convert("L")).std() > 5


def test_the_figure_shows_shares_and_intervals(hand_back):
    paths = hand_back(6, lambda person, photo, system: (photo + system) % 3 == 0)
    found = survey.shares(survey.merge(paths)[0])
    before = plt.get_fignums()
    axis = survey.figure(found).axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == list(found)
    for row, each in enumerate(found.values()):
        line, dot = axis.lines[2 * row : 2 * row + 2]
        assert list(line.get_xdata()) == [each["low"], each["high"]]
        assert list(dot.get_xdata()) == [each["share"]]
    assert plt.get_fignums() == before
