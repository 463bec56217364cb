"""Make the parts of the read-only pages that nobody types: `make pages`.

    python -m tools.site.pages               pictures, photo credits, the page of run times
    python -m tools.site.pages --time smoke  before that, run each chapter once at this tier

The pictures show photos chosen by eye to make a point, and the pages say so; those on the
results page, which must not be chosen by eye, come from `make results`.
"""

import argparse
import csv
import importlib.metadata
import os
import re
import tempfile
import time
import unicodedata
from pathlib import Path

import numpy as np
from PIL import Image

from colorlib import evaluation, machine, photoset, plates
from colorlib.colorizer import Colorizer
from colorlib.files import read_json, write_json
from colorlib.images import montage
from colorlib.published import FOLDER as PUBLISHED
from colorlib.tables import markdown_table
from tools import ROOT
from tools.classroom import exercises, student
from tools.measure import results
from tools.measure.systems import untitled

BOOK, NOTEBOOKS = ROOT / "book", ROOT / "notebooks"
RUNTIMES = BOOK / "results" / "runtimes.json"

# Photos that the network colours well, and four whose colours mean something and get lost.
STRIP = ("0375", "0032", "0029", "0806", "0450", "0432")
BEFORE_AFTER = "01788v"  # a plate
INVENTED = ("0858", "0058", "0884", "0878")

# How much of a chapter is read in a minute. Folded code counts as its figure, and exercises name
# their own minutes.
A_MINUTE = {"words": 200, "lines of code": 12, "figures": 3}
PACE = ", ".join(f"{count} {what}" for what, count in A_MINUTE.items())

PACKAGES = {
    "keras": "the network and its training",
    "tensorflow": "what Keras computes with",
    "numpy": "arrays",
    "scikit-image": "colour and metrics, outside the network",
    "pillow": "photo files",
    "h5py": "weights files",
    "matplotlib": "figures",
    "ipywidgets": "sliders in notebooks",
    "jupyterlab": "notebooks on your machine",
    "papermill": "notebooks as commands",
    "jupyter-book": "this site",
    "sphinx": "this site",
}


def main():
    parser = argparse.ArgumentParser(description="Make the generated parts of the pages.")
    parser.add_argument("--time", choices=("smoke", "lab"), help="run each chapter at this tier")
    tier = parser.parse_args().time
    if tier:
        time_chapters(tier)
    photos, colorizer = photoset.commons(), Colorizer.load()
    draw_strip(colorizer, photos)
    draw_before_after(colorizer)
    draw_invented(colorizer, photos)
    write_credits_page()
    write_runtimes_page()
    write_syllabus_page()
    write_teaching_page()
    write_systems_page()


# --- pictures ---


def chosen(photos, numbers):
    """Photos by number, and what is known of them."""
    by_file = {row["file"]: row for row in photos.manifest}
    rows = [by_file[f"commons-{number}.jpg"] for number in numbers]
    return [np.array(photos.photos[int(row["row"])]) for row in rows], rows


def draw_strip(colorizer, photos):
    """Photos side by side, grey on the left; to the right their predicted colours fade in."""
    some, _ = chosen(photos, STRIP)
    grey, colored = (
        montage([[colorizer.colorize(photo, saturation) for photo in some]])
        for saturation in (0, 1)
    )
    share = np.clip(np.linspace(-0.3, 2, grey.shape[1]), 0, 1)[:, None]
    sheet = Image.fromarray(np.uint8(np.round((1 - share) * grey + share * colored)))
    sheet.resize((1200, 200), Image.LANCZOS).save(BOOK / "img" / "strip.jpg", quality=88)


def draw_before_after(colorizer):
    """The old photo that the welcome page opens with, in colour."""
    (plate,) = (plate for plate in plates.plates() if plate.number == BEFORE_AFTER)
    colored = Image.fromarray(colorizer.colorize(plate.grey, decode="vivid"))
    colored.save(BOOK / "img" / f"{plate.number}-vivid.jpg", quality=92)
    about = {"command": "make pages", "decode": "vivid", "weights": colorizer.card["sha256"]}
    write_json(BOOK / "interactive" / "before-after.json", about)


def draw_invented(colorizer, photos):
    """The picture of the ethics page: grey, colourized, true."""
    some, rows = chosen(photos, INVENTED)
    bands = [[colorizer.colorize(photo, saturation) for photo in some] for saturation in (0, 1)]
    small = Image.fromarray(montage([*bands, some])).resize((4 * 180, 3 * 180), Image.LANCZOS)
    small.save(BOOK / "results" / "invented.jpg", quality=88)
    credit = ("file", "author", "licence", "source")
    write_json(BOOK / "results" / "invented.json", {
        "command": "make pages",
        "date": time.strftime("%Y-%m-%d"),
        "weights": colorizer.card["sha256"],
        "photos": [{name: row[name] for name in credit} for row in rows],
    })  # fmt: skip


# --- photo credits ---


def write_credits_page(folder=BOOK):
    """Everyone whose photos are bundled, by first letter; an author's photos on one line."""
    with open(photoset.BUNDLED / "credits.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    authors, licences = {}, {}
    for row in rows:
        licences.setdefault((row["licence"], row["licence_url"]), []).append(row)
        if row["author"]:
            by = letter(row["author"]), row["author"], row["author_url"], row["licence"]
        else:
            by = "Not named", "", "", row["licence"]
        authors.setdefault(by, []).append(row)

    named = {name for _, name, *_ in authors if name}
    licences = dict(sorted(licences.items(), key=lambda item: -len(item[1])))
    counts = [f"{len(photos)} under {licence}" for (licence, _), photos in licences.items()]
    lines = [
        "# Photo credits",
        "",
        f"The {len(rows)} bundled photos, by {len(named)} people that we know by name: "
        f"{', '.join(counts)}. Each was cropped to a square and resized to 256x256 pixels; where "
        "this book shows one with other colours than its own, the page says so. We thank everyone "
        "who shares photos under a free licence.",
        "",
        "Each number is a photo and leads to its page, as far as it has one: 0023 is",
        "`colorlib/data/commons/commons-0023.jpg`. This page is generated from the file",
        "`credits.csv` beside them.",
        "",
        "The seven old plates in `colorlib/data/plates` are by Sergei Prokudin-Gorskii, 1905 to",
        "1915: Library of Congress, Prints and Photographs Division, [Prokudin-Gorskii",
        "Collection](http://www.loc.gov/pictures/collection/prok/), no known restrictions on",
        "publication.",
    ]
    heading = None
    for by in sorted(authors, key=lambda by: (not by[1], by[0], by[1].casefold(), by[3])):
        first, name, url, licence = by
        if first != heading:
            lines += ["", f"## {first}", ""]
            heading = first
        who = f"[{plain(name)}]({url})" if url else plain(name) or "Unknown"
        lines.append(f"- {who}, [{licence}]: {numbers(authors[by])}")
    lines += ["", *(f"[{name}]: {url}" for name, url in licences)]
    (folder / "credits.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def letter(name):
    """The heading that a name stands under: its first letter, without accents."""
    first = next((sign for sign in unicodedata.normalize("NFKD", name) if sign.isalnum()), "")
    return first.upper() if "A" <= first.upper() <= "Z" else "0-9 and others"


def plain(text):
    """Text in which Markdown sees no markup."""
    return re.sub(r"([\\`*_{}\[\]<>|$#~^&])", r"\\\1", text)


def numbers(rows):
    """The photos' numbers, with links to their pages, or where they were found."""
    linked, found = [], {}
    for row in rows:
        number = row["file"].removeprefix("commons-").removesuffix(".jpg")
        if row["page"]:
            linked.append(f"[{number}]({row['page']})")
        else:
            found.setdefault(row["source"], []).append(number)
    return ", ".join(
        linked + [f"{', '.join(some)} (from {plain(source)})" for source, some in found.items()]
    )


# --- run times ---


def time_chapters(tier):
    """Run each chapter once, from the start of its kernel, and note the seconds."""
    import papermill

    os.environ["COLORLIB_TIER"] = tier
    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)  # notebooks leave their runs where they work
        for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
            start = time.monotonic()
            papermill.execute_notebook(
                path, here / path.name, cwd=here, kernel_name="python3", progress_bar=False
            )
            seconds[path.stem] = round(time.monotonic() - start, 1)
            print(f"{path.stem} {seconds[path.stem]} s", flush=True)
    times = read_json(RUNTIMES) if RUNTIMES.exists() else {}
    times[tier] = {
        "command": f"python -m tools.site.pages --time {tier}",
        "machine": machine.describe(),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "seconds": seconds,
    }
    write_json(RUNTIMES, times)


def write_runtimes_page(folder=BOOK):
    """How long each chapter takes, and with which versions that was measured."""
    times = read_json(RUNTIMES)
    rows = []
    for stem, notebook in student.masters().items():
        cells = [duration(tier["seconds"].get(stem)) for tier in times.values()]
        heading = f"{stem[:2]} {first_lines(notebook)[0].removeprefix('# ')}"
        rows.append([f"[{heading}](../notebooks/{stem}.ipynb)", *cells])
    made = [
        f"- *{name}*: {tier['machine']['date']}, `{tier['command']}`, "
        f"{tier['machine']['processor']} ({tier['machine']['cores']} cores), "
        f"Python {tier['machine']['python']}"
        for name, tier in times.items()
    ]
    newest = max(times.values(), key=lambda tier: tier["machine"]["date"])
    packages = [[name, version, PACKAGES[name]] for name, version in newest["packages"].items()]
    versions = markdown_table(["package", "version", "for"], packages, "lll")
    chapters = markdown_table(["chapter", *times], rows)
    fill("runtimes.md", {"times": chapters, "made": made, "versions": versions}, folder)


def duration(seconds):
    """Seconds as people say them."""
    if seconds is None:
        return "not measured"
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.1f} min"


# --- for instructors ---


def write_syllabus_page(folder=BOOK):
    """The plans, with run times and exercises as they are now."""
    values, times = {}, read_json(RUNTIMES)
    for stem, notebook in student.masters().items():
        found = exercises.of_chapter(stem, notebook)
        values[f"run {stem}"] = ", ".join(
            f"{duration(tier['seconds'].get(stem))} ({name})" for name, tier in times.items()
        )
        values[f"practice {stem}"] = together([each for each in found if not each.graded])
        values[f"graded {stem}"] = together([each for each in found if each.graded])
    reading = [reading_minutes(notebook) for notebook in list(student.masters().values())[1:]]
    values["reading"] = (
        f"a chapter is {min(reading)} to {max(reading)} minutes of reading, with {PACE} a minute"
    )
    fill("syllabus.md", values, folder)


def write_teaching_page(folder=BOOK):
    """The notes on each chapter, with its goals, times and exercises as they are now."""
    values, times = {}, read_json(RUNTIMES)
    every = [each for each in exercises.of_the_book() if each.graded]
    values["marks"] = (
        f"All chapters together have {len(every)} graded exercises, with "
        f"{sum(each.marks for each in every)} marks; of these, "
        f"{sum(each.marks for each in every if each.kind == 'graded by hand')} are given by hand."
    )
    for stem, notebook in student.masters().items():
        opening = "\n".join(first_lines(notebook))
        goals = re.search(r"\*\*You will\*\*\n\n(- .*?)\n\n", opening, re.DOTALL)
        values[f"goals {stem}"] = f"**Goals.** Students will\n\n{goals[1]}" if goals else ""
        runs_in = " and ".join(
            f"{duration(tier['seconds'].get(stem))} at the {name} tier"
            for name, tier in times.items()
        )
        found = exercises.of_chapter(stem, notebook)
        values[f"time {stem}"] = (
            f"**Time.** It runs in {runs_in} on two CPU cores. Reading alone takes "
            f"{reading_minutes(notebook)} minutes ({PACE} a minute). The exercises "
            f"ask for {sum(each.minutes for each in found)} minutes."
        )
        head = ("exercise", "kind", "marks", "minutes", "difficulty")
        rows = [
            [f"{e.number} {e.title}", e.kind, e.marks or "", e.minutes, e.difficulty] for e in found
        ]
        values[f"exercises {stem}"] = markdown_table(head, rows, "llrrl")
    fill("teaching.md", values, folder)


def together(found):
    """Exercises by their numbers, with their minutes and marks in all."""
    if not found:
        return "none"
    marks = sum(each.marks for each in found)
    minutes = f"{sum(each.minutes for each in found)} min"
    facts = f"{minutes}, {marks} marks" if marks else minutes
    return f"{', '.join(each.number for each in found)} ({facts})"


def reading_minutes(notebook):
    """How long a chapter's prose, code and figures take to read, in whole minutes."""
    minutes = 0
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if (student.tag_of(cell) or "").startswith(student.ROLES):
            continue
        if cell["cell_type"] == "markdown":
            minutes += len(text.split()) / A_MINUTE["words"]
            continue
        minutes += bool(student.figure_of(cell)) / A_MINUTE["figures"]
        if not {"hide-input", "remove-cell"} & set(cell["metadata"].get("tags", [])):
            minutes += len(text.splitlines()) / A_MINUTE["lines of code"]
    return round(minutes)


# --- six systems ---

# What authors say of their own networks, as far as we could check it.
REPORTED = {
    "grey": "AuC 0.891, rebalanced 0.580 {cite:p}`zhang2016`",
    "paper": "nothing: it shows pictures",
    "baldassarre2017": "a share of people, which we could not check",
    "larsson2016": "errors, which we could not check",
    "zhang2016": "AuC 0.895, rebalanced 0.673; 32.3 % of raters fooled",
    "iizuka2016": "92.6 % judged natural",
    "zhang2017": "PSNR 24.43 dB",
    "zhang2017 10 hints": "PSNR 28.42 dB",
}


def write_systems_page(folder=BOOK):
    """All systems of the kit in one table, from what `make compare WHAT=systems` found."""
    report = read_json(PUBLISHED / "systems.json")
    summary, trained = report["summary"], report["trained"]
    rivals = {name: summary[name] for name in evaluation.RIVALS}
    rows = rivals | {name: summary[name] for name in report["cost"] if not untitled(name)[1]}
    reports = "its authors report, *of other photos, by another protocol*"
    fooled = report["fooled"]
    sentence = (
        "The last column is how many people took its colours for those of a camera."
        if fooled
        else "Nobody has been asked yet how real they look: `colorlib survey` asks, and "
        "`python -m tools.measure.systems --survey ANSWERS` adds a column."
    )
    fill("systems.md", {
        "judged": beside(
            evaluation.format_table(rows, ("loss", "AuC", "AuC rebalanced", "PSNR")),
            {reports: [REPORTED.get(name, "") for name in rows]},
            "---",
        ),
        "seen": beside(evaluation.format_table(rows, ("CIEDE2000", "SSIM")), {
            f"{metric} / true": [share(found, summary["the photo itself"], metric)
                                 for found in rows.values()]
            for metric in ("colourfulness", "chroma")
        } | {"took for real": [
            "{share:.0%} ({low:.0%} to {high:.0%})".format(**fooled[name]) if name in fooled else ""
            for name in rows
        ]}),
        "people": sentence,
        "against": markdown_table(
            ["one − mean ab for each L", "loss", "AuC"],
            [[name, *map(results.interval, report["against"][name].values())]
             for name in rows if name not in rivals],
        ),
        "seeds": seeds(report),
        "cost": cost(report),
        "seen by each": f"{trained['paper']['seen']:,}",
        "training": f"{trained['paper']['training']:,}",
        "batch": str(trained["paper"]["batch_size"]),
        "photos": str(report["photos"]),
        "made": f"Measured with `{report['command']}` on {report['date']}, on "
        f"{results.machine(report)}.",
        "sheet rows": ", ".join(report["sheet"]["rows"]),
        "sheet photos": ", ".join(
            file.removeprefix("commons-").removesuffix(".jpg") for file in report["sheet"]["photos"]
        ),
    }, folder)  # fmt: skip


def beside(table, columns, aligned="---:"):
    """A table with further columns, if they hold anything."""
    lines = table.replace(" ± ", "\u00a0±\u00a0").splitlines()
    for head, cells in ((head, cells) for head, cells in columns.items() if any(cells)):
        more = (head, aligned, *cells)
        lines = [f"{line} {cell} |" for line, cell in zip(lines, more, strict=True)]
    return lines


def share(found, true, metric):
    """What a row has of the photos' own, as a ratio with its interval."""
    own, whole = found[metric], true[metric]["mean"]
    return f"{own['mean'] / whole:.2f}\u00a0±\u00a0{(own['high'] - own['low']) / 2 / whole:.2f}"


def cost(report):
    """What each network takes, as a table; rates are times that of the paper's network."""
    rows, own = [], report["cost"]["paper"]["photos_per_second"]
    kit = "kit paper", "kit unet", "kit unet_whole"
    for name, found in report["cost"].items():
        trained = report["trained"].get(name)
        if name in kit or (trained and not untitled(name)[1]):
            rows.append([
                name, found["size"], f"{found['parameters'] / 1e6:.2f}",
                *(f"{found[part] / 1e9:.2f}" if found[part] else "" for part in ("flop", "eyes")),
                f"{found['photos_per_second'] / own:.2f}",
                f"{60 * trained['cpu_hours']:.1f}" if trained else "",
            ])  # fmt: skip
    head = (
        *("", "pixels", "parameters, millions", "GFLOP", "GFLOP of its eyes"),
        *("photos a CPU second, times the paper's", "training, CPU minutes"),
    )
    return markdown_table(head, rows)


def seeds(report):
    """How far runs that differ in nothing but chance lie apart."""
    rows, summary = [], report["summary"]
    for name in report["trained"]:
        first, seed = untitled(name)
        if seed:
            found = (summary[name][m]["mean"] - summary[first][m]["mean"] for m in ("loss", "AuC"))
            rows.append([first, *(f"{difference:+z.4f}".replace("-", "−") for difference in found)])
    if not rows:
        return "Each was trained once: what chance does between two runs is not in the intervals."
    table = markdown_table(["second seed − first", "loss", "AuC"], rows)
    return f"The same once more, with other dice:\n\n{table}"


# --- templates ---


def first_lines(notebook):
    """The lines of a chapter's first cell."""
    return "".join(notebook["cells"][0]["source"]).splitlines()


def fill(name, values, folder):
    """Write a page from its template `book/NAME.in`, in which <<KEY>> stands for a value."""
    text = (BOOK / f"{name}.in").read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"<<{key}>>", value if isinstance(value, str) else "\n".join(value))
    (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
