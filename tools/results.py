"""Make what the results page shows: `make results`.

    python tools/results.py [RUN_FOLDER]

Measures the shipped weights on the bundled validation photos, draws the sheet of 24 of them
and the README's picture, copies the small files of a lab run, and writes book/results.md and
book/credits.md. No number on those pages is typed by hand.
"""

import csv
import html
import shutil
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from colorlib import evaluation, figures, photoset
from colorlib.colorizer import SHIPPED, Colorizer
from colorlib.files import read_json, write_json

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "book" / "results"
LAB_FILES = ("config.json", "data.json", "machine.json", "metrics.jsonl", "evaluation.json")


def main():
    RESULTS.mkdir(parents=True, exist_ok=True)
    photos, colorizer = photoset.commons(), Colorizer.load()
    report = evaluation.compare({"shipped": colorizer}, photos)
    write_json(RESULTS / "shipped.json", report)
    draw_sheet(colorizer, photos)
    draw_cover(colorizer, photos)
    if len(sys.argv) > 1:
        copy_lab_run(Path(sys.argv[1]))
    write_results_page()
    write_model_card(report)
    write_credits_page()


def by_hash(photos):
    """Validation rows in the order of their files' hashes: a choice without an eye in it."""
    return sorted(photos.validation, key=lambda row: photos.manifest[row]["sha256"])


def versions(colorizer, photo):
    """Grey, colourized, true: an array three photos high."""
    return np.concatenate([colorizer.colorize(photo, 0), colorizer.colorize(photo), photo])


def draw_sheet(colorizer, photos):
    """24 validation photos, each three times: four bands of six."""
    rows = by_hash(photos)[:24]
    columns = [versions(colorizer, np.array(photos.photos[row])) for row in rows]
    bands = [np.concatenate(columns[i : i + 6], axis=1) for i in range(0, 24, 6)]
    gap = np.full((16, bands[0].shape[1], 3), 255, "uint8")
    sheet = np.concatenate([part for band in bands for part in (band, gap)][:-1])
    save_smaller(sheet, RESULTS / "validation-24.jpg")


def draw_cover(colorizer, photos):
    """Six more validation photos in a strip, for the README and the welcome page."""
    rows = by_hash(photos)[24:30]
    strip = [versions(colorizer, np.array(photos.photos[row])) for row in rows]
    (ROOT / "book" / "img").mkdir(exist_ok=True)
    save_smaller(np.concatenate(strip, axis=1), ROOT / "book" / "img" / "cover.jpg")


def save_smaller(sheet, path):
    """Write a sheet of photos at 5/8 of its size."""
    image = Image.fromarray(sheet)
    image.resize((image.width * 5 // 8, image.height * 5 // 8)).save(path, quality=88)


def copy_lab_run(run):
    """Keep the small files of a lab run, and its last sheet of samples."""
    target = RESULTS / "lab"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for name in LAB_FILES:
        shutil.copy(run / name, target)
    rows, _ = figures.sample_rows(run)
    sheet = np.concatenate([np.concatenate(photos, axis=1) for photos in rows])
    Image.fromarray(sheet).save(target / "epochs.jpg", quality=88)


def write_results_page():
    shipped = read_json(RESULTS / "shipped.json")
    text = (ROOT / "book" / "results.md.in").read_text(encoding="utf-8")
    values = {"shipped": section(shipped), "goals": goals(shipped)}
    values |= {"lab": "", "lab_made": ""}
    values["trained_on"] = str(read_json(f"{SHIPPED}.json")["stages"][-1]["training_photos"])
    if (RESULTS / "lab" / "evaluation.json").exists():
        lab = read_json(RESULTS / "lab" / "evaluation.json")
        config = read_json(RESULTS / "lab" / "config.json")
        values["lab"] = section(lab)
        values["lab_made"] = (
            f"{config['epochs']} epochs at {config['size']}x{config['size']} pixels, "
            f"batch {config['batch_size']}, on {machine(lab)}"
        )
    values["speed"] = speed(read_json(RESULTS / "bench.json"))
    for name, value in values.items():
        text = text.replace(f"<<{name}>>", value)
    (ROOT / "book" / "results.md").write_text(text, encoding="utf-8")


def section(report):
    """Table and verdict of a report, and what they were measured with."""
    made = (
        f"Measured on {report['date']} on {report['photos']} validation photos of the bundled "
        f"set, on {machine(report)}. The rows marked * look at the true colours."
    )
    return "\n\n".join(
        [evaluation.format_table(report["summary"]), evaluation.verdict(report), made]
    )


def speed(report):
    """The benchmark as a table: ratios first, for they travel better than rates."""
    lines = ["| way | times the notebook | photos a second | share of input | peak memory |"]
    lines.append("| --- | ---: | ---: | ---: | ---: |")
    for name, found in report["ways"].items():
        lines.append(
            f"| {name} | {report['times_the_notebook'][name]} | {found['photos_per_second']} | "
            f"{100 * found['input_share']:.0f} % | {found['peak_memory_gb']} GB |"
        )
    lines += [
        "",
        f"Measured on {report['machine']['date']} with `make bench` on {machine(report)}.",
    ]
    return "\n".join(lines)


def machine(report):
    found = report["machine"]
    return (
        f"{found['processor']} ({found['cores']} cores), Python {found['python']}, "
        f"Keras {found['versions']['keras']} on {found['backend']}"
    )


def goals(report):
    """What the shipped weights were meant to reach, and whether they do."""
    summary, loss, area = report["summary"], *report["beaten"]["shipped"].values()
    share = -loss["difference"] / loss["rival_mean"]
    chroma = summary["shipped"]["chroma"]["mean"] / summary["the photo itself"]["chroma"]["mean"]
    rows = [
        ("loss at least 10 % under the best opponent", share >= 0.1, f"{100 * share:.1f} %"),
        (
            "95 % interval of that difference below zero",
            loss["high"] < 0,
            f"{loss['low']:.4f} to {loss['high']:.4f}",
        ),
        ("AuC above all opponents", area["difference"] > 0, f"{area['difference']:+.4f}"),
        ("mean chroma at least half the true", chroma >= 0.5, f"{100 * chroma:.0f} %"),
    ]
    lines = [f"| {goal} | {found} | {'yes' if met else 'no'} |" for goal, met, found in rows]
    return "\n".join(["| goal | found | met |", "| --- | --- | --- |", *lines])


def write_model_card(report):
    """Beside the weights: what they are, how good, and what they cannot do."""
    card = read_json(f"{SHIPPED}.json")
    stages = "\n".join(
        f"{number}. {stage['size']}x{stage['size']} pixels, {stage['epochs']} epochs of "
        f"{stage['training_photos']} photos, {stage['hours']} hours; "
        + ", ".join(f"{name} {stage[name]}" for name in list(stage)[2:12])
        + f"; at the end loss {stage['training_loss']} on training photos, "
        + f"{stage['validation_loss']} on {stage['validation_photos']} others"
        for number, stage in enumerate(card["stages"], start=1)
    )
    text = CARD.format(**card, stages_text=stages, goals=goals(report), table=section(report))
    Path(SHIPPED.parent / "MODEL_CARD.md").write_text(text, encoding="utf-8")


CARD = """# Model card: the network that comes with colorlib

The paper's encoder, fusion and decoder (*Image Colorization: A Convolutional Network Approach*,
Pradhan, Gupta, Gaurav) with the inferred widths, listening to `{extractor}` in place of
the paper's VGG16. This page is generated by `make results`.

## Data

{photos}

{terms}

## Training

{stages_text}

In all {hours} hours on {processor}, Keras {keras}, {date}. Adam, the paper's loss. Stored in
float16. The paper trained on about 9,500 photos for 2000 epochs; this is much less.

## How good

{table}

{goals}

## Limits

- The colours are guesses. They say nothing about what was in front of the camera.
- The squared error makes it hedge: what can have many colours (clothes, cars, flowers) comes out
  pale or brown.
- Fine colour detail is lost: everything passes through a grid of a 64th of the photo's side.
  `Colorizer` also blurs ab slightly, against the checkerboards of transposed convolutions; the
  numbers above are with this blur.
- The photos come from photo-sharing sites and research collections; people, places and things
  that are rare there are coloured worse.
- Not for forensic, medical or documentary use.

## Licence

{licence}.
"""


def write_credits_page():
    lines = [
        "# Photo credits",
        "",
        "The bundled photos, each cropped to a square and resized to 256x256 pixels. We thank",
        "everyone who shares photos under a free licence. This page is generated from",
        "`colorlib/data/commons/credits.csv`.",
        "",
        "| photo | author | licence | source |",
        "| --- | --- | --- | --- |",
    ]
    with open(photoset.BUNDLED / "credits.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            author = html.escape(row["author"]).replace("|", "&#124;") or "not named"
            source = f"[page]({row['page']})" if row["page"] else html.escape(row["source"])
            licence = f"[{row['licence']}]({row['licence_url']})"
            lines.append(f"| {row['file']} | {author} | {licence} | {source} |")
    (ROOT / "book" / "credits.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
