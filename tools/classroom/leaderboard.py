"""`make leaderboard`: one page that ranks the networks of a class.

    python -m tools.classroom.leaderboard REPORTS [--set SET] [-o leaderboard.html]

REPORTS is a folder of the files that students hand in, each written by `colorlib evaluate -o`;
a file's name is what the page calls its network. The tool measures the baselines without
intelligence on SET itself, and refuses a report in which they differ: such a report is of other
photos, or was edited. It cannot tell a careful invention from a measurement. For marks, measure
the weights yourself; the book's page on the leaderboard shows how.
"""

import argparse
import html
import math
import os
import re
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from colorlib import evaluation, photoset
from colorlib.colorizer import NETWORKS
from colorlib.files import UserError, atomic_write, print_any_name, read_json
from colorlib.metrics import METRICS

COLUMNS = ("loss", "AuC", "AuC rebalanced", "CIEDE2000", "chroma")
# The same photos give the same baselines up to rounding; other photos differ by far more.
TOLERANCE = 0.005
# What a mean over photos can be at all: nothing is further than the corners of Lab and RGB.
POSSIBLE = {
    "loss": (0, 4),
    "AuC": (0, 1),
    "AuC rebalanced": (0, 1),
    "PSNR": (0, 100),
    "SSIM": (-1, 1),
    "CIEDE2000": (0, 150),
    "colourfulness": (0, 500),
    "chroma": (0, 182),
}
LEAD = "the difference to the best baseline"
LONGEST = 200  # characters of a text on the page
CEILING = "true ab at 4x4"  # PSNR 4.8 dB above grey; Zhang 2017 needs over five hints for as much


class Entry(NamedTuple):
    """A network that takes part, as its report describes it."""

    name: str
    weights: str  # sha256
    row: dict  # row[metric] is {"mean": ..., "low": ..., "high": ...}
    lead: dict  # the paired difference of its loss to that of the best baseline
    made: str  # when and where it was measured


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reports", type=Path, help="folder of files from colorlib evaluate -o")
    parser.add_argument("--set", default="commons", help="the photo set they were measured on")
    parser.add_argument("-o", "--out", type=Path, default=Path("leaderboard.html"))
    chosen = parser.parse_args(arguments)
    print_any_name()
    try:
        files = sorted(chosen.reports.glob("*.[jJ][sS][oO][nN]*"))  # some systems add .txt
        if not files:
            raise UserError(f"{chosen.reports}: holds no .json file; collect the reports there")
        if os.path.realpath(chosen.out) in map(os.path.realpath, files):
            raise UserError(f"{chosen.out}: is one of the reports; choose another file with -o")
        reference = evaluation.compare({}, photoset.load(chosen.set))
        entries, refused = read_entries(files, reference)
        with atomic_write(chosen.out) as temporary:
            temporary.write_text(page(entries, reference), encoding="utf-8", errors="replace")
    except UserError as error:
        sys.exit(f"leaderboard: {error}")
    except KeyboardInterrupt:
        sys.exit("leaderboard: interrupted; the same command begins anew")
    for error in refused:
        print(f"refused: {error}", file=sys.stderr)
    print(f"{chosen.out}: {len(entries)} networks, {len(refused)} reports refused")
    return 1 if refused else 0


# --- what is handed in ---


def read_entries(files, reference):
    """The reports that can be believed, and for each of the others an error that says why not."""
    entries, refused = [], []
    for file in files:
        try:
            entries.append(read_entry(file, reference))
        except UserError as error:
            refused.append(error)
    for weights, count in Counter(entry.weights for entry in entries).items():
        if count > 1:
            names = " and ".join(entry.name for entry in entries if entry.weights == weights)
            problem = f"{names}: measured the same weights; keep the file of whose they are"
            refused.append(UserError(problem))
            entries = [entry for entry in entries if entry.weights != weights]
    return entries, refused


def read_entry(file, reference):
    """Read one report.

    Parameters
    ----------
    file : pathlib.Path
    reference : dict
        What `evaluation.compare` finds for the baselines alone.

    Returns
    -------
    Entry

    Raises
    ------
    UserError
        If the file is no report, is of other photos, or contradicts itself.
    """
    try:
        report = read_json(file)
        (name,) = report["weights"]
        entry = Entry(
            _shown(file.stem),
            report["weights"][name],
            {metric: report["summary"][name][metric] for metric in METRICS},
            report["beaten"][name]["loss"],
            _shown("{date}, {processor}, {cores} cores".format(**report["machine"])),
        )
        doubt = next(doubts(entry, report, reference), None)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RuntimeError) as error:
        raise UserError(
            f"{file}: is no whole report of one network ({type(error).__name__}: {error!s:.80}); "
            "ask for the file that `colorlib evaluate --weights ... -o` wrote"
        ) from error
    if doubt:
        raise UserError(f"{file}: {doubt:.400}")
    return entry


def _shown(text):
    """A text without signs that would turn round or hide what stands beside it."""
    return "".join(sign for sign in text if sign.isprintable())


def doubts(entry, report, reference):
    """Reasons not to believe a report, in words; none for an honest one."""
    if not re.fullmatch("[0-9a-f]{64}", entry.weights):
        yield f"names weights {entry.weights!r:.80}, which is no SHA-256; it was edited"
    if len(entry.made) > LONGEST:
        yield f"describes its machine in {len(entry.made)} characters; it was edited"
    if entry.weights in {read_json(f"{path}.json")["sha256"] for path in NETWORKS.values()}:
        yield "measures the weights that come with the kit; give --weights to colorlib evaluate"
    if report["photos"] != reference["photos"]:
        yield (
            f"was measured on {report['photos']} photos and not on the set's "
            f"{reference['photos']}; measure again, with the same --set and without --limit"
        )
    for rival, known in reference["summary"].items():
        for metric in ("loss", "AuC", "CIEDE2000"):
            claimed, true = report["summary"][rival][metric]["mean"], known[metric]["mean"]
            if not math.isclose(claimed, true, rel_tol=TOLERANCE, abs_tol=1e-6):
                yield (
                    f"says that {rival!r} has {metric} {claimed:.4f}, and here it has {true:.4f}: "
                    "it was measured on other photos, or edited"
                )
    for what, found in (*entry.row.items(), (LEAD, entry.lead)):
        low, mean, high = found["low"], found.get("mean", found.get("difference")), found["high"]
        if not (all(map(math.isfinite, (low, mean, high))) and low <= mean <= high):
            yield f"{what}: {mean} is not within {low} to {high}; it is damaged or was edited"
        least, most = POSSIBLE.get(what, (-4, 4))
        if not least <= low <= high <= most:
            yield f"{what}: {low} to {high} cannot be, only {least} to {most}; it was edited"
    loss = entry.row["loss"]["mean"]
    rivals = {rival: reference["summary"][rival]["loss"]["mean"] for rival in evaluation.RIVALS}
    if not math.isclose(loss - min(rivals.values()), entry.lead["difference"], abs_tol=1e-4):
        yield f"its loss {loss:.4f} does not fit its difference to the best baseline; it was edited"
    ceiling = reference["summary"][CEILING]["loss"]["mean"]
    if loss < ceiling:
        yield (
            f"claims a loss of {loss:.4f}, less than the true colours have on a grid of 4x4 "
            f"({ceiling:.4f}); no network that sees only grey comes near that; ask for the weights"
        )


# --- the page ---


def page(entries, reference):
    """The ranking as HTML; the same reports give the same bytes."""
    grey = reference["summary"]["grey"]["loss"]["mean"]
    ranked = sorted(entries, key=lambda entry: (entry.row["loss"]["mean"], entry.name))
    rows = [
        (entry.row, [str(place), *_who(entry)], [*_against(entry, grey), html.escape(entry.made)])
        for place, entry in enumerate(ranked, 1)
    ]
    rows += [
        (reference["summary"][rival], ["", f"<em>{html.escape(rival)}</em>"], ["", "", "baseline"])
        for rival in evaluation.RIVALS
    ]
    rows.sort(key=lambda row: row[0]["loss"]["mean"])  # stable: a network comes before its equal
    titles = ["place", "network"]
    titles += [f"{name} {METRICS[name].better}".strip() for name in COLUMNS]
    titles += ["better than grey?", "loss less that of the best baseline", "measured"]
    body = "\n".join(
        "<tr>"
        + f'<td>{start[0]}</td><th scope="row">{start[1]}</th>'
        + "".join(
            f"<td>{_interval(row[metric], METRICS[metric].digits)}</td>" for metric in COLUMNS
        )
        + "".join(f"<td>{cell}</td>" for cell in end)
        + "</tr>"
        for row, start, end in rows
    )
    return PAGE.format(
        photos=reference["photos"],
        set=html.escape(reference["photo_set"]),
        count=len(entries),
        heads="".join(f'<th scope="col">{title}</th>' for title in titles),
        body=body,
    )


def _who(entry):
    return [f"{html.escape(entry.name)} <small>weights {entry.weights[:8]}</small>"]


def _against(entry, grey):
    lead = entry.lead
    certain = lead["low"] * lead["high"] > 0
    return [
        "✓ yes" if entry.row["loss"]["mean"] < grey else "✗ no",
        f"{lead['difference']:+.4f} <small>{lead['low']:+.4f} to {lead['high']:+.4f}"
        f"{'' if certain else ': chance may explain it'}</small>",
    ]


def _interval(found, digits):
    low, high = (f"{found[end]:.{digits}f}" for end in ("low", "high"))
    return f"{found['mean']:.{digits}f} <small>{low} to {high}</small>"


PAGE = Path(__file__).with_name("leaderboard.html").read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
