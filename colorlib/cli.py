"""The command `colorlib`: each subcommand is one call into the library.

Heavy imports wait inside the commands, so that `colorlib --help` answers at once.
"""

import argparse
import ast
import importlib.util
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path

from colorlib import files
from colorlib.files import UserError, said, shown


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code is 0 if all went well, 1 if not, 2 for wrong usage."""
    # TensorFlow's C++ side speaks of drivers that nobody asked about.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Where a shell has closed one (>&-), progress bars would fail.
    sys.stdout, sys.stderr = (each or open(os.devnull, "w") for each in (sys.stdout, sys.stderr))
    files.print_any_name()
    _end_once()
    parser, given = _parser(), sys.argv[1:] if arguments is None else arguments
    if "" in given or any(each.startswith("--") and each.endswith("=") for each in given):
        parser.error("an argument is empty; is a variable of your shell not set?")
    chosen = parser.parse_args(given)
    try:
        # Of two words on it, this one counts: an old keras.json may name what is not installed.
        backend = os.environ["KERAS_BACKEND"] = os.environ.get("KERAS_BACKEND") or "tensorflow"
        if not importlib.util.find_spec(backend):
            raise UserError(f"KERAS_BACKEND is {backend}, which is not installed; unset it")
        code = chosen.command(chosen) or 0
        print(end="", flush=True)
        return code
    except UserError as error:
        print(f"colorlib: {error}", file=sys.stderr)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # it would fail once more
        if not isinstance(error, BrokenPipeError):  # who reads it may have seen enough, as `head`
            what = error.filename or "what is printed"
            print(shown(f"colorlib: {what}: {error.strerror or error}"), file=sys.stderr)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is ending already
        print(shown(f"colorlib: interrupted; {_what_stands(chosen)}"), file=sys.stderr)
    return 1


def _what_stands(chosen):
    """What an interrupted command leaves, and how to go on."""
    kept = {
        colorize: "finished photos are in {out}, and the same command goes on with the others",
        prepare: "what was read is kept in {out}, but the last files, and the same command goes on",
        train: "{run_folder} keeps its last checkpoint, if any, and the same command goes on",
    }
    nothing = "nothing is half written, and you may give the same command again"
    return kept.get(chosen.command, nothing).format(**vars(chosen))


def _end_once():
    """Whoever presses Ctrl-C twice means it once: the second must not break what tidies up."""
    if threading.current_thread() is not threading.main_thread():
        return
    last = -60.0

    def interrupt(number, frame):
        nonlocal last
        if time.monotonic() - last > 3:  # seconds; after that it is meant once more
            last = time.monotonic()
            raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)


def colorize(chosen: argparse.Namespace) -> int:
    """Colourize photos; a bad one does not stop the rest."""
    from tqdm import tqdm

    from colorlib.images import read_photo, write_photo

    plan, failed, passed_over = _plan(chosen.photos, Path(chosen.out), chosen.format)
    hints = _hints(chosen.hints, plan) if chosen.hints else None
    there = [photo for photo, target in plan.items() if target.exists() and not chosen.force]
    for photo in there:
        del plan[photo]
    if plan:
        from colorlib.colorizer import Colorizer

        files.check_folder(chosen.out)  # before the network is loaded and has painted
        colorizer = Colorizer.load(chosen.weights or (chosen.hints and "hints"))
        colorizer.decoding(chosen.decode)  # one that it does not have fails once, not every photo
    for photo, target in tqdm(plan.items(), unit="photo", disable=not plan):
        try:
            image = read_photo(photo)
            colored = colorizer.colorize(image, chosen.saturation, chosen.decode, hints)
            write_photo(colored, target)
            if "passed_over" in image.info:
                passed_over[photo] = image.info["passed_over"]
        except UserError as error:
            failed[photo] = error
    for error in failed.values():
        print(f"colorlib: {error}", file=sys.stderr)
    for path, reason in passed_over.items():
        print(shown(f"passed over: {path}: {reason}"))
    if passed_over:
        print(f"{len(passed_over)} passed over")
    print(shown(f"{len(plan.keys() - failed.keys())} photos colourized, in {chosen.out}"))
    if there:
        print(f"{len(there)} were there already; --force makes them anew")
    return 1 if failed else 0


def _plan(paths, out, format=None):
    """For each photo where its result goes: below `out`, as it lay below its folder.

    Returns this as a dict, another with the errors of paths that lead to no photo or to one that
    cannot be written, and what was passed over, with the reasons.
    """
    from colorlib.images import SAVED_AS, find_photos

    plan, failed, passed_over = {}, {}, {}
    own = Path(_real(out))
    for path in map(Path, paths):
        try:
            photos = find_photos([path], passed_over)
        except UserError as error:
            failed[path] = error
            continue
        for photo in photos:
            if Path(_real(path)) in own.parents and own in Path(_real(photo)).parents:
                continue  # what an earlier run wrote
            target = out / (photo.relative_to(path) if path.is_dir() else photo.name)
            if format:
                target = target.with_suffix(f".{format}")
            elif target.suffix.lower() not in SAVED_AS:
                target = target.with_suffix(".png")  # a GIF holds too few colours
            plan[photo] = target
    inputs, source = set(map(_real, plan)), {}
    for photo, target in plan.items():
        there = _real(target)
        if there in inputs:
            failed[photo] = UserError(f"{target}: is an input; choose another folder with -o")
        elif (other := source.setdefault(there, photo)) != photo:
            failed[photo] = UserError(
                f"{photo}: would become {target}, and so would {other}; use two folders"
            )
    return {p: t for p, t in plan.items() if p not in failed}, failed, passed_over


def _real(path):
    """Where a path leads (a link may lead to itself), as the disk tells files apart."""
    real = os.path.realpath(path)
    return real.casefold() if sys.platform in ("darwin", "win32") else real


def _hints(path, photos):
    """The hints in a JSON file, for the one photo that there is."""
    if len(photos) > 1:
        raise UserError(f"{path}: hints are for one photo, and here are {len(photos)}; name one")
    if os.path.isfile(path) and os.path.getsize(path) > 1e6:
        raise UserError(f"{path}: has more than 1 MB; a file of hints has a line for each")
    hints = files.read_json(path)
    if not isinstance(hints, list):
        raise UserError(f'{path}: must hold a list such as [[120, 80, "#aa3322"]]')
    return hints


def _factor(text):
    try:
        if 0 <= float(text) <= 100:
            return float(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text} is no number from 0 to 100, such as 1.2")


def film(chosen: argparse.Namespace):
    """Colourize a film; given again after a crash, the same command goes on."""
    from colorlib.film import SUFFIXES, colorize_film

    source = Path(chosen.film)
    suffix = source.suffix if source.suffix.lower() in SUFFIXES else ".mkv"
    out = Path(chosen.out or source.parent / f"{source.stem}-colour{suffix}")
    if out.exists() and not chosen.force:
        raise UserError(f"{out}: is there already; --force makes it anew")
    made = colorize_film(source, out, chosen.weights, chosen.steady)
    if made["in_color"]:
        print("the film was in colour: it was made grey first")
    if made["missing"] > 1:  # what a last frame or sound may take longer is less
        print(f"the film breaks off: {made['missing']:.1f} seconds of it cannot be read")
    if made["left_out"]:
        print(f"left out, since it cannot be copied: {', '.join(made['left_out'])}")
    print(shown(f"{made['frames']} frames colourized, in {out}"))
    print(f"another --steady is quick while {shown(made['folder'])} is there; delete it when done")


def prepare(chosen: argparse.Namespace):
    """Prepare a folder of photos for training."""
    from colorlib import photoset

    held = _lines(chosen.hold_back) if chosen.hold_back else ()
    photo_set = photoset.prepare(chosen.folder, chosen.out, chosen.size, chosen.validation, held)
    for row in photo_set.left_out:
        print(shown(f"left out: {row['file']}: {row['left_out']}"))
    print(photo_set)


def _lines(path):
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()  # Notepad's mark, too
        return [line for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read ({said(error)}); give a text file") from error


def unsplash(chosen: argparse.Namespace):
    """Download a sample of Unsplash's photos, to train on and not to publish."""
    from colorlib import unsplash

    print(unsplash.TERMS, end="\n\n")
    try:
        found = unsplash.download(chosen.out, chosen.limit, chosen.size, chosen.seed)
    except KeyboardInterrupt:
        there = len(list(Path(chosen.out).glob("[!.]*.jpg")))
        raise UserError(
            f"interrupted; {there} photos are in {chosen.out}, and the same command goes on"
        ) from None
    out = shown(chosen.out)
    print(f"{found['photos']} photos in {out}; {found['deleted']} others were deleted")
    print(f"next: colorlib prepare {out} -o SET --size {chosen.size}")


def embed(chosen: argparse.Namespace):
    """Compute the class scores of a set."""
    from colorlib import augment, embeddings, photoset

    photo_set = photoset.load(chosen.set)
    ways = augment.TRANSFORMS[: chosen.transforms]
    scores = embeddings.embed(photo_set, chosen.extractor, ways, chosen.weights)
    print(f"{len(scores)} photos x {len(ways)} transforms, beside {shown(photo_set.path)}")


def train(chosen: argparse.Namespace):
    """Train a network, then measure it."""
    from colorlib import devices, evaluation, photoset, recipes, training
    from colorlib.colorizer import Colorizer

    parameters = {name: value_of(text) for name, text in chosen.parameter}
    # Among a notebook's variables, such as these are passed over.
    strange = [name for name in parameters if name[0] == "_" or name in ("In", "Out", "run_folder")]
    if strange:
        raise UserError(f"unknown parameter {strange[0]!r:.80}; the run's folder goes before -p")
    recipe, hardware = recipes.recipe_from({"tier": chosen.tier, **parameters})
    run = training.train(recipe, chosen.run_folder, hardware)
    if devices.process()[0] > 0:  # of several, the first one measures
        return
    photo_set = photoset.load(hardware.photo_set)
    report = evaluation.compare({"this run": Colorizer.load(run)}, photo_set)
    evaluation.write_report(run, report)
    print(evaluation.format_table(report["summary"]), evaluation.verdict(report), sep="\n\n")
    run = shown(run)
    print(f"\nthe run is in {run}; use it with: colorlib colorize PHOTO --weights {run}")


def evaluate(chosen: argparse.Namespace):
    """Measure weights on a set, beside the trivial baselines."""
    from colorlib import evaluation, photoset
    from colorlib.colorizer import Colorizer

    if chosen.out and os.path.isdir(chosen.out):  # before all is measured
        raise UserError(f"{chosen.out}: is a folder; name a file in it")
    colorizer = Colorizer.load(chosen.weights)
    report = evaluation.compare({"the network": colorizer}, photoset.load(chosen.set), chosen.limit)
    print(evaluation.format_table(report["summary"]), evaluation.verdict(report), sep="\n\n")
    if chosen.out:  # after it is shown, should it not be possible
        files.write_json(chosen.out, report)


def export(chosen: argparse.Namespace):
    """Write a network as ONNX files, for other programs."""
    from colorlib import export

    for path in export.export(chosen.out, chosen.weights):
        print(f"{shown(path)} ({path.stat().st_size / 1e6:.1f} MB)")


def info(chosen: argparse.Namespace):
    """Say what is here: versions, machine, extractors, the weights in use."""
    from colorlib import designs, extractors, machine
    from colorlib.colorizer import Colorizer

    for name, value in machine.describe().items():
        print(f"{name:12}{value}")
    print(f"{'extractors':12}{', '.join(extractors.EXTRACTORS)}")
    print(f"{'designs':12}{', '.join(designs.DESIGNS)}")
    card = Colorizer.load(chosen.weights).card
    print(f"\nweights {chosen.weights or 'that come with colorlib'}")
    for name, value in card.items():
        print(f"  {name:18}{value}")


def survey(chosen: argparse.Namespace) -> int | None:
    """Write a survey that asks people what is colourized, or merge what they answered."""
    from colorlib import survey

    if chosen.merge:
        return _merge(survey, chosen.merge, Path(chosen.out or "survey-results"))
    if not (chosen.out and chosen.real and chosen.by):
        raise UserError("give OUT, --real FOLDER and --by NAME=FOLDER; or --merge RESULTS")
    systems = dict(chosen.by)
    if len(systems) < len(chosen.by):
        raise UserError("--by: a name is there twice; give each system a name of its own")
    left_out = survey.write_survey(
        chosen.out, chosen.real, systems, chosen.protocol, chosen.trials, chosen.seed
    )
    for path, reason in left_out.items():
        print(shown(f"left out: {path}: {reason}"))
    print(f"{len(left_out)} left out")
    each = chosen.trials / (len(systems) * (1 + (chosen.protocol == "single")))
    needed = survey.answers_needed(effect=survey.design_effect(each))
    print(
        f"{shown(Path(chosen.out) / 'index.html')}: open it, or serve the folder\n"
        f"for ± 5 points plan {needed} answers about each system: {-(-needed // each):.0f} people"
    )


def _merge(survey, paths, out):
    given = {os.path.realpath(place) for path in paths for place in (path, Path(path).parent)}
    if (out / "kit.js").exists() or os.path.realpath(out) in given:
        raise UserError(f"{out}: holds the survey itself, or answers; name another for its results")
    answers, left_out, refused = survey.merge(paths)
    found = survey.shares(answers)
    whole = {"shares": found, "left_out": left_out, "refused": len(refused)}
    files.write_json(out / "survey.json", whole)
    with files.atomic_write(out / "survey.png") as file:
        survey.figure(found).savefig(file)
    for error in refused:
        print(f"colorlib: {error}", file=sys.stderr)
    for what, count in left_out.items():
        print(f"left out: {count} {what}")
    print(f"\n{survey.format_shares(found)}\n\nwritten to {shown(out)}")
    return 1 if refused else 0


def _named_folder(text):
    name, equals, folder = text.partition("=")
    if not (name and equals and folder):
        raise argparse.ArgumentTypeError(f"{text} is no NAME=FOLDER, such as unet=colorized")
    return name, folder


def value_of(text: str):
    """A parameter's value as typed: 128, 0.5, True, None; anything else is text."""
    try:  # Python would take the folder 2019_08 for 201908
        return text if re.fullmatch(r"\d+(_\d+)+", text) else ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text


def _parser():
    parser = argparse.ArgumentParser(
        prog="colorlib",
        description="Colourize photos with a neural network, and train your own.",
        epilog="colorlib COMMAND --help says more; the book explains how it all works.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(function, example):
        summary = function.__doc__.splitlines()[0]
        sub = commands.add_parser(
            function.__name__,
            help=summary[0].lower() + summary[1:].rstrip("."),
            description=summary,
            epilog=f"example: {example}",
        )
        sub.set_defaults(command=function)
        return sub

    sub = command(colorize, "colorlib colorize grandma.jpg album/ -o in-colour")
    sub.add_argument("photos", nargs="+", metavar="FILE_OR_FOLDER", help="photos, or folders")
    sub.add_argument(
        "-o", "--out", default="colorized", metavar="DIR", help="where results go (%(default)s)"
    )
    sub.add_argument(
        "--weights",
        metavar="W",
        help="run folder, weights file, or a network that comes with colorlib: unet, hints or "
        "paper (default: unet; with --hints: hints)",
    )
    sub.add_argument(
        "--decode",
        metavar="D",
        help="how to choose colours: mean is safe, vivid bolder and more often wrong "
        "(default: the network's own way)",
    )
    sub.add_argument(
        "--saturation",
        type=_factor,
        default=1.0,
        metavar="S",
        help="factor for the colours: 0 is grey, 1.2 livelier (default: %(default)s)",
    )
    sub.add_argument(
        "--hints",
        metavar="JSON",
        help="file that says what colour some places of the one photo have, as a list of "
        '[x, y, colour]: [[120, 80, "#aa3322"], [30, 10, [5, -40]]]. x counts its pixels to the '
        "right, y down, from 0; a colour is #rrggbb or a and b of Lab (the network that takes them "
        "comes with colorlib: hints)",
    )
    sub.add_argument("--force", action="store_true", help="replace results that exist already")
    sub.add_argument(
        "--format",
        choices=("jpg", "png", "tif", "webp"),
        help="write all results in this format (default: that of each photo)",
    )

    sub = command(film, "colorlib film old-film.mp4 -o in-colour.mp4")
    sub.add_argument("film", help="a film in any usual container, such as .mp4, .mkv or .avi")
    sub.add_argument(
        "-o", "--out", help="the film in colour: .mp4, .mov or .mkv (default: beside the film)"
    )
    sub.add_argument("--weights", metavar="W", help="as for colorize")
    sub.add_argument(
        "--steady",
        type=_factor,
        default=0.2,
        metavar="S",
        help="over how many seconds colours are averaged; 0 colours every frame for itself and "
        "flickers (default: %(default)s)",
    )
    sub.add_argument("--force", action="store_true", help="replace a result that exists already")

    sub = command(prepare, "colorlib prepare ~/Pictures -o my-set")
    sub.add_argument("folder", help="your photos, in subfolders or not")
    sub.add_argument(
        "-o", "--out", required=True, metavar="SET", help="the set; run again to add new photos"
    )
    sub.add_argument(
        "--size", type=int, default=256, help="side of the photos in pixels (default: %(default)s)"
    )
    sub.add_argument(
        "--validation",
        type=float,
        default=0.05,
        metavar="SHARE",
        help="how much to hold back for validation, by author (default: %(default)s)",
    )
    sub.add_argument(
        "--hold-back", metavar="FILE", help="text file of photos to hold back, one path a line"
    )

    sub = command(unsplash, "colorlib unsplash photos --limit 10000")
    sub.add_argument("out", help="folder for the photos; the same command resumes it")
    sub.add_argument(
        "--limit",
        type=int,
        default=10_000,
        metavar="N",
        help="how many photos; may be raised later (default: %(default)s)",
    )
    sub.add_argument(
        "--size", type=int, default=256, help="side of the photos in pixels (default: %(default)s)"
    )
    sub.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="S",
        help="chooses the sample: the same seed, the same photos (default: %(default)s)",
    )

    sub = command(embed, "colorlib embed my-set --extractor vgg16 --transforms 8")
    sub.add_argument("set", help="a prepared set, or commons for the bundled photos")
    sub.add_argument(
        "--extractor", default="efficientnet_lite0", help="see colorlib info (default: %(default)s)"
    )
    sub.add_argument(
        "--transforms",
        type=int,
        choices=(2, 8),
        default=2,
        help="2: as is and mirrored; 8: all flips and quarter turns",
    )
    sub.add_argument(
        "--weights", metavar="FILE", help="the extractor's weights, if not to be downloaded"
    )

    sub = command(train, "colorlib train runs/mine --tier lab -p photo_set my-set -p epochs 100")
    sub.add_argument("run_folder", help="where the run is kept; the same command resumes it")
    sub.add_argument(
        "--tier", default="lab", help="smoke: seconds, lab: minutes (default), full: hours on a GPU"
    )
    sub.add_argument(
        "-p",
        "--parameter",
        nargs=2,
        action="append",
        default=[],
        metavar=("NAME", "VALUE"),
        help="change one parameter of the training notebook; may be repeated",
    )

    sub = command(evaluate, "colorlib evaluate --weights runs/mine --set my-set -o result.json")
    sub.add_argument("--weights", metavar="W", help="as for colorize")
    sub.add_argument("--set", default="commons", help="a prepared set (default: bundled photos)")
    sub.add_argument("--limit", type=int, metavar="N", help="use the first N validation photos")
    sub.add_argument("-o", "--out", metavar="JSON", help="write the result here too")

    sub = command(survey, "colorlib survey ask --real photos --by unet=colorized --by paper=paper")
    sub.add_argument(
        "out",
        nargs="?",
        metavar="OUT",
        help="a new folder for the survey; with --merge, one for its results (survey-results)",
    )
    sub.add_argument("--real", metavar="FOLDER", help="photos in their true colours")
    sub.add_argument(
        "--by",
        type=_named_folder,
        action="append",
        metavar="NAME=FOLDER",
        help="a system's name, and the same photos colourized by it; once for each system",
    )
    sub.add_argument(
        "--protocol",
        choices=("pairs", "single"),
        default="pairs",
        help="a true and a colourized photo one after the other, or one alone (default: pairs)",
    )
    sub.add_argument(
        "--trials",
        type=int,
        choices=(20, 40),
        default=20,
        help="answers of a person that count; practice and checks come on top (default: 20)",
    )
    sub.add_argument("--seed", type=int, default=0, metavar="S", help="chooses practice and checks")
    sub.add_argument(
        "--merge", nargs="+", metavar="RESULTS", help="files that people handed back, or folders"
    )

    sub = command(export, "colorlib export for-my-app")
    sub.add_argument("out", help="folder for the files; made if missing")
    sub.add_argument("--weights", metavar="W", help="as for colorize; unet or one like it")

    sub = command(info, "colorlib info")
    sub.add_argument("--weights", metavar="W", help="as for colorize")
    return parser
