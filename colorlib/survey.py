"""Does it fool anybody? A survey to hand out, and what its answers say.

`write_survey` makes a folder that any static host can serve and that opens from a USB stick;
`merge` checks the files that people hand back, and `shares` says how often each system was taken
for real. Chapter: 12_ask_people.

Two protocols. *Pairs*, after Zhang et al., "Colorful image colorization" (2016), and the tool that
they asked with: a photo and its colourization one after the other, for a second each; ten pairs for
practice, then those that count. Which one has invented colours? If nobody can tell, 50 % are
fooled. *Single*, after Baldassarre et al., "Deep koalarization" (2017): one photo; true or invented
colours? That it stays until it is answered, and that half of the photos are true, is inferred.

The page is 200 lines of our own and not jsPsych. Version 8.3.0 does run from file://, but after
each answer it leaves the keyboard's focus on the body and announces nothing, it has no landmark, no
heading and no progress that a screen reader knows, and its style sheet has 476 kB. What it would
have saved, clicks and their times, is the smaller part.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections import Counter
from math import ceil
from pathlib import Path
from typing import NamedTuple

import jsonschema
import numpy as np
from PIL import Image
from scipy import stats
from tqdm.auto import tqdm

from colorlib import figures
from colorlib.curation import NEAR_GREY
from colorlib.files import UserError, in_words, read_json, said
from colorlib.images import find_photos, read_photo, write_photo
from colorlib.lab import to_lab, to_rgb
from colorlib.tables import markdown_table

PAGE = Path(__file__).parent / "data" / "survey"
SCHEMA = jsonschema.Draft202012Validator(read_json(PAGE / "result.schema.json"))
PROTOCOLS = ("pairs", "single")
TRUE = "the true photos"
SIDE = 384  # the longest side of a photo, in pixels
PRACTICE = 10
SAME_LIGHTNESS = 8  # mean difference in L above which two photos do not show the same
QUICKEST = 200  # ms; nobody looks at a photo and decides in less
LONGEST = 1500  # ms that a photo of a pair may have been on the screen; one second is meant
AIM = 0.05  # half of the interval that a survey should reach


def write_survey(out, real, systems: dict, protocol: str = "pairs", trials: int = 20, seed=0):
    """Write a survey's folder, whole or not at all.

    Parameters
    ----------
    out : path-like
        A new folder.
    real : path-like
        Folder of colour photos. If `credits.csv` is in it, the survey's last page links it.
    systems : dict of str to path-like
        For each system a folder of the same photos, colourized, under the same names, whatever
        their suffix.
    protocol : "pairs" or "single"
    trials : int
        How many answers of a person count. `PRACTICE` come before them, and among them one more for
        each five whose colours are obviously wrong, to see who looks.
    seed : int
        Chooses the photos for practice and checks. The order is drawn anew for each person.

    Returns
    -------
    left_out : dict of Path to str
        Photos that cannot be asked about, and why.

    Raises
    ------
    UserError
        If `out` is there, a name will not do, or there are too few photos.

    Notes
    -----
    Nothing but colour may tell photos of a scene apart: all get the lightness of the true one and
    go through the same conversion into files of one size and quality, without EXIF, under numbers
    that say nothing.
    """
    out, real = Path(out), Path(real)
    if out.exists():
        raise UserError(f"{out}: is there already; choose a new folder")
    if protocol not in PROTOCOLS:
        raise UserError(f"{protocol!r:.80}: is no protocol; use 'pairs' or 'single'")
    if not 1 <= len(systems) <= 20:
        raise UserError(f"{len(systems)} systems: ask about one, or up to twenty")
    for name in systems:
        if not re.fullmatch(r"\w[\w .+-]{0,39}", str(name)) or name == TRUE:
            raise UserError(f"{name!r:.80}: is no name for a system; use 1 to 40 letters or digits")
    for name, value, least in (("trials", trials, 2), ("seed", seed, 0)):
        if not isinstance(value, int) or value < least:
            raise UserError(f"{name} is {value!r:.80}; it must be a whole number from {least} on")
    checks, generator = trials // 5, np.random.default_rng(seed)
    candidates, left_out = _candidates(real, systems)
    numbers = generator.permutation(len(candidates) * (len(systems) + 1))
    numbers = numbers.reshape(len(candidates), -1).tolist()
    rows, digest = [], hashlib.sha256()
    with in_words(out, "cannot be written", "choose another"):
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=out.parent) as folder:
            draft = Path(folder) / "survey"
            for i in tqdm(generator.permutation(len(candidates)), unit="photo"):
                try:
                    lab, colors = _versions(candidates[i])
                except UserError as error:
                    left_out[candidates[i][0]] = str(error)
                    continue
                if PRACTICE <= len(rows) < PRACTICE + checks:  # opposite hues under a magenta cast
                    colors = [colors[0], -1.5 * colors[0] + (45, -45)]
                for number, ab in zip(numbers[i], colors, strict=False):
                    photo = draft / f"photos/{number:04d}.jpg"
                    write_photo(Image.fromarray(to_rgb(lab, ab)), photo)
                    digest.update(photo.read_bytes())
                rows.append(numbers[i][: len(colors)])
            if len(rows) < PRACTICE + checks + trials:
                raise UserError(
                    f"{real}: {len(rows)} photos can be asked about, and {trials} answers need "
                    f"{PRACTICE + checks + trials} ({PRACTICE} for practice, {checks} for checks)"
                    + "".join(f"; {path}: {why}" for path, why in list(left_out.items())[:3])
                )
            about = {"version": 1, "protocol": protocol, "systems": list(systems), "trials": trials}
            about["photos"] = len(rows) - PRACTICE - checks
            digest.update(json.dumps([about, rows]).encode())
            kit = {
                "about": about | {"survey": digest.hexdigest()[:16]},
                "practice": rows[:PRACTICE],
                "checks": rows[PRACTICE : PRACTICE + checks],
                "photos": rows[PRACTICE + checks :],
                "credits": (real / "credits.csv").is_file(),
            }
            sources = [real / "credits.csv"] * kit["credits"]
            for file in (PAGE / "index.html", PAGE / "survey.css", *sources):
                shutil.copy(file, draft)
            (draft / "survey.js").write_text(_script(), encoding="utf-8")
            (draft / "kit.js").write_text(f"const KIT =\n{json.dumps(kit)}\n", encoding="utf-8")
            os.replace(draft, out)
    return left_out


def _candidates(real, systems):
    """Lists of paths, a photo and its colourizations; and what else is there, and why not asked."""
    found, left_out = [], {}
    for folder in (real, *systems.values()):
        if os.path.isfile(folder):
            raise UserError(f"{folder}: is a file; name the folder that it is in")
        photos = find_photos([folder], left_out)
        found.append({path.relative_to(folder).with_suffix(""): path for path in photos})
        twins = sorted({*photos} - {*found[-1].values()})
        left_out |= dict.fromkeys(twins, "another photo has the same name; rename one of them")
    stems = set.intersection(*map(set, found))
    left_out |= {path: "is not colourized by all" for s, path in found[0].items() if s not in stems}
    return [[files[stem] for files in found] for stem in found[0] if stem in stems], left_out


def _versions(paths):
    """A photo in Lab (H, W, 3), and for it and each colourization their ab (H, W, 2)."""
    photos = [read_photo(path).convert("RGB") for path in paths]
    if len({photo.size for photo in photos}) > 1:
        raise UserError("its colourizations are of other sizes")
    for photo in photos:
        photo.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    labs = [to_lab(np.asarray(photo)) for photo in photos]
    if np.hypot(labs[0][..., 1], labs[0][..., 2]).mean() < NEAR_GREY:
        raise UserError("is near-grey, so nobody could tell")
    if max(np.abs(lab - labs[0])[..., 0].mean() for lab in labs) > SAME_LIGHTNESS:
        raise UserError("its colourization shows something else")
    return labs[0], [lab[..., 1:] for lab in labs]


def _script():
    """The page's modules as one plain script: from file://, a browser imports none."""
    modules = [(PAGE / name).read_text(encoding="utf-8") for name in ("pieces.mjs", "survey.mjs")]
    return re.sub(r"^(import .*?;\n|export )", "", "\n".join(modules), flags=re.MULTILINE)


class Answers(NamedTuple):
    """Answers that count, an entry each, as arrays of int (N,), and the names of the systems."""

    people: np.ndarray
    photos: np.ndarray
    systems: np.ndarray  # places in `names`
    real: np.ndarray  # 1 if the true colours, or those of the system, were taken for real
    names: list  # the first are the true photos, asked about alone


def merge(paths) -> tuple[Answers, dict, list]:
    """Check the files that people handed back, and put their answers together.

    Parameters
    ----------
    paths : sequence of path-like
        Files, or folders of files whose names hold .json; they come from strangers.

    Returns
    -------
    answers : Answers
    left_out : dict of str to int
        What does not count, and how often, by rules that were fixed before anybody was asked: files
        of another survey than most, a second file of one person, people who failed the checks (none
        of four may be missed, one of eight), answers for practice and checks, answers within
        `QUICKEST`, and answers to photos that stood on the screen for longer than `LONGEST`.
    refused : list of UserError
        Files that are no results.

    Raises
    ------
    UserError
        If no answer is left.
    """
    results, refused, left_out = [], [], Counter()
    for path in map(Path, paths):
        # Some systems write .JSON, or .json.txt for what was pasted.
        for file in sorted(path.glob("*.[jJ][sS][oO][nN]*")) if os.path.isdir(path) else [path]:
            try:
                results.append(_read_result(file))
            except UserError as error:
                refused.append(error)
    abouts = [result["about"] for result in results]
    asked = max(abouts, key=abouts.count, default=None)
    people, rows = {}, []
    for result in results:
        if result["about"] != asked:
            left_out["files of another survey"] += 1
        elif people.setdefault(result["person"], result) is not result:
            left_out["more files of the same person"] += 1
    for person, result in enumerate(people.values()):
        checks = [each for each in result["answers"] if each["kind"] == "check"]
        if sum(each["answer"] != each["side"] for each in checks) > len(checks) // 8:
            left_out["people who failed the checks"] += 1
            continue
        for each in result["answers"]:
            if each["kind"] != "test":
                left_out[f"answers for {each['kind']}"] += 1
            elif each["ms"] < QUICKEST or each["shown"] > LONGEST:
                left_out["answers with times that cannot be"] += 1
            else:
                wrong = each["answer"] != each["side"]
                rows.append((person, each["photo"], each["system"], wrong ^ (each["system"] == 0)))
    if not rows:
        why = [f"{count} {what}" for what, count in left_out.items()] + [*map(str, refused[:3])]
        raise UserError("no answer that counts is in these files: " + "; ".join(why or ["none"]))
    return Answers(*np.array(rows, int).T, [TRUE, *asked["systems"]]), left_out, refused


def _read_result(path):
    try:
        if path.stat().st_size > 1_000_000 or not path.is_file():
            raise ValueError("no file of at most 1 MB")
        result = json.loads(path.read_bytes())
        SCHEMA.validate(result)
        about, kinds = result["about"], Counter(each["kind"] for each in result["answers"])
        asked = {"practice": PRACTICE, "test": about["trials"], "check": about["trials"] // 5}
        different = {(each["kind"], each["photo"]) for each in result["answers"]}
        if kinds != asked or len(different) != len(result["answers"]):
            raise ValueError("an answer is missing, or is there twice")
        pairs = about["protocol"] == "pairs"
        for each in result["answers"]:
            if not pairs <= each["system"] <= len(about["systems"]):
                raise ValueError("an answer is about a system that is not there")
            if each["photo"] >= (asked | {"test": about["photos"]})[each["kind"]]:
                raise ValueError("an answer is about a photo that is not there")
            if not pairs and each["side"] != (each["system"] > 0):
                raise ValueError("an answer takes a true photo for an invented one, or back")
        return result
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except jsonschema.ValidationError as error:
        raise UserError(
            f"{path}: is no result of a survey: {error.json_path}: {error.message:.99}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: is no result of a survey: {said(error)}") from error


def shares(answers: Answers) -> dict:
    """How often each system was taken for real.

    Parameters
    ----------
    answers : Answers

    Returns
    -------
    dict of str to dict
        By the systems' names: how many `people`, `photos` and `answers`; the `share` in 0..1 with
        its 95 % interval, `low` to `high`; how many answers are `needed` for ± `AIM`. Ready for
        JSON. Where photos were asked about alone, the true ones come first.

    Notes
    -----
    People differ, photos differ, and the interval should hold for others of both. The variance
    counts both as clusters (Cameron, Gelbach and Miller, "Robust inference with multiway
    clustering", 2011); it says how many independent answers these are worth, and Wilson's interval
    is taken for so many, with Student's t of the fewer of people and photos. In surveys simulated
    with a known share, 95 to 97 of 100 intervals hold it, where an interval for independent answers
    may hold 76. The better known bootstrap over people and photos counts the chance in each single
    answer three times (Owen, "The pigeonhole bootstrap", 2007): its intervals hold more and are up
    to 1.6 times as wide. The tests repeat all this.
    """
    found = {}
    for system in np.unique(answers.systems):
        here = answers.systems == system
        real, people, photos = answers.real[here], answers.people[here], answers.photos[here]
        share, count = real.mean(), len(real)
        single = share * (1 - share) / count  # the variance, if answers were independent
        sums = [np.bincount(groups, real - share) for groups in (people, photos)]
        sizes = [len(np.unique(groups)) for groups in (people, photos)]
        clustered = [
            (each**2).sum() / count**2 * size / max(size - 1, 1)
            for each, size in zip(sums, sizes, strict=True)
        ]
        effect = max(sum(clustered) - single, *clustered, single) / single if single else 0
        effect = effect or design_effect(count / sizes[0])  # all alike: nothing to measure it by
        low, high = wilson_range(share, count / effect, stats.t.ppf(0.975, max(min(sizes) - 1, 1)))
        found[answers.names[system]] = {
            **{"people": sizes[0], "photos": sizes[1], "answers": count, "share": float(share)},
            **{"low": low, "high": high, "needed": answers_needed(share, effect)},
        }
    return found


def wilson_range(share: float, count: float, z: float) -> tuple[float, float]:
    """Wilson's interval for a share of `count` answers, which need not be whole."""
    center = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + (z / count / 2) ** 2)
    return float(center - half), float(center + half)


def design_effect(per_person: float, correlation: float = 0.05) -> float:
    """By how much more answers are needed because each person gives several (Kish, 1965).

    >>> round(design_effect(20), 2)
    1.95
    """
    return 1 + (per_person - 1) * correlation


def answers_needed(share: float = 0.5, effect: float = 1.0, half: float = AIM) -> int:
    """How many answers bring a share's 95 % interval to ± `half`.

    >>> answers_needed(), answers_needed(0.3), answers_needed(0.5, design_effect(20))
    (385, 323, 750)
    """
    share = min(max(share, 0.1), 0.9)  # nearer to the ends, this formula promises too much
    return ceil(effect * 1.96**2 * share * (1 - share) / half**2)


def format_shares(found: dict) -> str:
    """The shares of `shares` as a Markdown table."""
    head = ["system", "people", "photos", "answers", "taken for real", "95 % interval"]
    rows = []
    for name, each in found.items():
        counts = (each[column] for column in head[1:4])
        interval = f"{each['low']:.0%} to {each['high']:.0%}"
        rows.append([name, *counts, f"{each['share']:.1%}", interval, each["needed"]])
    return markdown_table([*head, "answers for ± 5 points"], rows)


def figure(found: dict):
    """Draw the shares of `shares` with their intervals; a line marks what guessing would give."""
    picture, axis = figures.axes(width=7.0, height=0.8 + 0.35 * len(found))
    for row, each in enumerate(found.values()):
        axis.plot([each["low"], each["high"]], [row, row], color=figures.BLUE)
        axis.plot(each["share"], row, "o", color=figures.ORANGE)
    axis.axvline(0.5, color="0.6", linestyle="--")
    axis.set(xlim=(0, 1), xlabel="taken for real", yticks=range(len(found)), yticklabels=found)
    axis.set_ylim(len(found) - 0.5, -0.5)
    axis.xaxis.set_major_formatter("{x:.0%}")
    return picture
