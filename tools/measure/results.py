"""Make what the results page shows: `make results`.

    python -m tools.measure.results [--set SET] [RUN_FOLDER [RUN_OF_ANOTHER_SEED ...]]

Measures the shipped networks on the bundled validation photos, on those of a larger set if one is
named, and on the old plates; the paper's with other class scores, too; draws the sheets, the
pairs of the real-or-colourized test and the README's picture; copies the small files of a lab
run, and trains it once more without class scores; and writes book/results.md. No number on that
page is typed by hand.
"""

import argparse
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from colorlib import ablation, evaluation, figures, photoset, training
from colorlib.baselines import BASELINES
from colorlib.colorizer import LESSONS, NETWORKS, SHIPPED, Colorizer
from colorlib.files import read_json, write_json
from colorlib.images import montage
from colorlib.plates import plates
from colorlib.published import FOLDER as PUBLISHED
from colorlib.recipes import recipe_from
from colorlib.runs import read_metrics
from colorlib.tables import difference, markdown_table
from tools import ROOT
from tools.measure.ingredients import ROWS
from tools.measure.ship import STAGE

RESULTS = ROOT / "book" / "results"  # what only pages show; what chapters show is PUBLISHED
# Eight metrics are wider than a page, so they stand in two tables: what the network is to be
# judged by, and what one sees.
TABLES = (
    ("loss", "AuC", "AuC rebalanced", "CIEDE2000"),
    ("PSNR", "SSIM", "colourfulness", "chroma"),
)
BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
COVER = [18, 20, 3, 16, 2, 23]
# The ways to colour a photo that come with the kit: row of the tables, network, decoding.
WAYS = {"paper": ("paper", "mean"), "unet": ("unet", "mean"), "unet, vivid": ("unet", "vivid")}
LAB_FILES = ("recipe.json", "data.json", "machine.json", "metrics.jsonl", "evaluation.json")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", metavar="SET", help="a larger prepared set to measure on, too")
    parser.add_argument("runs", nargs="*", type=Path, help="a lab run, and runs of other seeds")
    chosen = parser.parse_args()
    # What is asked for is looked at before anything is written.
    larger = chosen.set and photoset.load(chosen.set)
    for run in chosen.runs:
        read_json(run / "recipe.json")
    RESULTS.mkdir(parents=True, exist_ok=True)
    photos, networks = photoset.commons(), {name: Colorizer.load(name) for name in SHIPPED}
    write_json(PUBLISHED / "shipped.json", evaluation.compare(networks, photos))
    if larger:
        report = evaluation.compare(networks, larger)
        write_json(PUBLISHED / "validation.json", {"command": "make results SET=...", **report})
    draw_sheet(networks, photos)
    draw_plates(networks)
    draw_cover(networks, photos)
    write_pairs(networks["unet"], photos)
    write_ablation(networks["paper"], photos)
    if chosen.runs:
        copy_lab_run(*chosen.runs)
        ablate_lab_run(chosen.runs[0], photos)
    write_results_page()
    for name in SHIPPED | LESSONS:
        write_model_card(name)


def by_hash(photos):
    """Validation rows in the order of their files' hashes: a choice without an eye in it."""
    return sorted(photos.validation, key=lambda row: photos.manifest[row]["sha256"])


def versions(networks, photo, ways=tuple(WAYS)):
    """A photo in grey, then as each way colours it: a list of photos."""
    painted = [networks[WAYS[way][0]].colorize(photo, decode=WAYS[way][1]) for way in ways]
    return [networks["paper"].colorize(photo, 0), *painted]


def draw_sheet(networks, photos):
    """24 validation photos: grey, coloured in each way, true; three bands of eight."""
    columns = []
    for row in by_hash(photos)[:24]:
        photo = np.array(photos.photos[row])
        columns.append(np.concatenate([*versions(networks, photo), photo]))
    bands = [montage([columns[i : i + 8]]) for i in range(0, 24, 8)]
    gap = np.full((16, bands[0].shape[1], 3), 255, "uint8")
    sheet = np.concatenate([part for band in bands for part in (band, gap)][:-1])
    save_smaller(sheet, RESULTS / "validation-24.jpg")


def draw_plates(networks):
    """The seven old plates in the same rows; the last row is what three exposures make."""
    columns = [
        np.concatenate([cut(one) for one in (*versions(networks, plate.grey), plate.color)])
        for plate in plates()
    ]
    save_smaller(montage([columns]), RESULTS / "plates.jpg")


def cut(photo):
    """The middle 280 x 340 pixels, which all plates have."""
    top, left = (photo.shape[0] - 280) // 2, (photo.shape[1] - 340) // 2
    return photo[top : top + 280, left : left + 340]


def draw_cover(networks, photos):
    """Six validation photos for the README, picked by eye: those of the quickstart."""
    some = [np.array(photos.photos[row]) for row in photos.validation[COVER]]
    strip = [np.concatenate([*versions(networks, photo, ["unet"]), photo]) for photo in some]
    (ROOT / "book" / "img").mkdir(exist_ok=True)
    save_smaller(montage([strip]), ROOT / "book" / "img" / "cover.jpg")


def save_smaller(sheet, path):
    """Write a sheet of photos at 5/8 of its size."""
    image = Image.fromarray(sheet)
    image.resize((image.width * 5 // 8, image.height * 5 // 8)).save(path, quality=88)


def write_pairs(colorizer, photos, count=20, side=160):
    """Validation photos for the real-or-colourized test: true above, colourized below."""
    rows = by_hash(photos)[:count]
    true = [np.array(photos.photos[row]) for row in rows]
    bands = [true, [colorizer.colorize(photo) for photo in true]]
    sheet = Image.fromarray(montage(bands))
    sheet.resize((count * side, 2 * side), Image.LANCZOS).save(RESULTS / "pairs.jpg", quality=82)
    credit = ("file", "author", "licence", "source")
    write_json(RESULTS / "pairs.json", {
        "side": side,
        "count": count,
        "command": "make results",
        **evaluation.origin({"unet": colorizer}, photos, count),
        "photos": [{name: photos.manifest[row][name] for name in credit} for row in rows],
    })  # fmt: skip


def write_ablation(colorizer, photos):
    """The paper's network, told something else than its photo's class scores: table and sheet."""
    report = ablation.ablate(colorizer, photos)
    write_json(PUBLISHED / "ablation.json", {"command": "make results", **report})
    rows = by_hash(photos)[:7]
    sheet = Image.fromarray(ablation.sheet(colorizer, photos, rows))
    small = sheet.resize((sheet.width // 2, sheet.height // 2), Image.LANCZOS)
    small.save(PUBLISHED / "ablation.jpg", quality=85)


def ablate_lab_run(run, photos):
    """The same for a lab run, beside a run that differs in one thing: it never sees the scores.

    That run lies beside the first and is trained now, unless it has been.
    """
    asked = read_json(run / "recipe.json")
    recipe, hardware = recipe_from(asked | {"design": "paper_alone", "start_from": None})
    blind = run.with_name(f"{run.name}-without-scores")
    training.train(recipe, blind, hardware)
    report = ablation.ablate(Colorizer.load(run), photos, Colorizer.load(blind))
    ended = {
        name: {loss: float(read_metrics(folder)[loss][-1]) for loss in ("loss", "val_loss")}
        for name, folder in (("with class scores", run), ("without", blind))
    }
    write_json(PUBLISHED / "lab" / "ablation.json", {
        "command": f"make results LAB_RUN=runs/{run.name}",
        "seed": asked["seed"],
        "last_epoch": ended,
        **report,
    })  # fmt: skip


def copy_lab_run(run, *other_seeds):
    """Publish the small files of a lab run that `make train` made, and the sheet it ends with.

    `other_seeds` are runs of the same configuration with other seeds; their losses are kept, too.
    """
    target = PUBLISHED / "lab"
    target.mkdir(exist_ok=True)
    for name in LAB_FILES:
        shutil.copy(run / name, target)
    shutil.copy(run / "borrowed_eyes" / "evaluation.json", RESULTS / "lab.json")
    save_smaller(np.array(Image.open(run / "sheet.png")), RESULTS / "lab.jpg")
    write_scrubber(run, target)
    if other_seeds:
        runs = (run, *other_seeds)
        write_json(target / "seeds.json", {
            "made_by": "make results, from runs that differ in their seed only",
            "seeds": [read_json(other / "recipe.json")["seed"] for other in runs],
            "val_loss": [read_metrics(other)["val_loss"].tolist() for other in runs],
        })  # fmt: skip


def write_scrubber(run, target):
    """All sample sheets of a run as one picture of small photos, and the curves beside them."""
    sheets, rows = figures.read_samples(run)
    sprite = Image.fromarray(montage(rows))
    columns, side = len(rows[0]), 64
    sprite.resize((columns * side, len(rows) * side)).save(target / "scrubber.jpg", quality=85)
    config, report = read_json(run / "recipe.json"), read_json(run / "evaluation.json")
    curves = read_metrics(run)
    write_json(target / "scrubber.json", {
        "made_by": (
            f"make results, from a run of {config['epochs']} epochs at the {config['tier']} tier, "
            f"seed {config['seed']}, on {machine(report)}, {report['date']}"
        ),
        "rows": "grey, one row for each of `sheets`, true",
        "sheets": sheets,
        "columns": columns,
        "photo_size": side,
        "true_chroma": report["summary"]["the photo itself"]["chroma"]["mean"],
        "epochs": curves["epoch"].tolist(),
    } | {
        name: np.round(curves[name], 5).tolist()
        for name in ("loss", "val_loss", "chroma", "val_chroma")
    })  # fmt: skip


def write_results_page(folder=ROOT / "book"):
    shipped, larger = (read_json(PUBLISHED / f"{n}.json") for n in ("shipped", "validation"))
    text = (ROOT / "book" / "results.md.in").read_text(encoding="utf-8")
    values = {"larger": headline(larger), "shipped": section(shipped)}
    lab = read_json(RESULTS / "lab.json")
    values["lab"] = beside_rivals(lab, lab["beaten"], ("loss", "AuC", "CIEDE2000", "chroma"))
    values["lab_made"] = f"{lab['date']}, {lab['photos']} validation photos, {machine(lab)}"
    bench = read_json(RESULTS / "bench.json")
    values["speed"] = speed(bench)
    values["ready"] = against_ready(bench["cached_against_ready"])
    values["painting"] = painting(read_json(RESULTS / "painting.json"))
    values["backends"] = backends(read_json(RESULTS / "backends.json"))
    values["profile"] = profile(read_json(RESULTS / "profile.json"))
    values["memory"] = memory(read_json(RESULTS / "memory.json"))
    for name in ("networks", "presets"):
        values[name] = comparison(PUBLISHED / name)
    values["edges"] = edges(read_json(RESULTS / "edges.json"))
    values["films"] = films(read_json(PUBLISHED / "films.json"))
    values["ingredients"] = ingredients(read_json(PUBLISHED / "ingredients.json"))
    for name, value in values.items():
        text = text.replace(f"<<{name}>>", value)
    (folder / "results.md").write_text(text, encoding="utf-8")


def beside_rivals(report, ways, metrics):
    """A table of some ways to colour a photo, the baselines to be beaten, and the truth."""
    summary = report["summary"]
    rows = {name: row for name, row in summary.items() if name in (*ways, *evaluation.RIVALS)}
    rows |= {"the photo itself *": summary["the photo itself"]}
    return evaluation.format_table(rows, metrics).replace(" ± ", "\u00a0±\u00a0")


def headline(report):
    """The one table that counts: the networks beside the baselines, and how sure that is."""
    summary = report["summary"]
    table = beside_rivals(report, WAYS, ("loss", "AuC", "AuC rebalanced", "chroma"))
    chroma = summary["the photo itself"]["chroma"]["mean"]
    rows = []
    for name in WAYS:
        rows.append([name])
        for metric, found in report["beaten"][name].items():
            whole = found["rival_mean"] if metric == "loss" else 1 - found["rival_mean"]
            more, low, high = (100 * found[key] / whole for key in ("difference", "low", "high"))
            rows[-1].append(f"{more:+.1f} % ({low:+.1f} to {high:+.1f})".replace("-", "−"))
        rows[-1].append(f"{100 * summary[name]['chroma']['mean'] / chroma:.0f} %")
    head = ("one − best baseline", "loss", "AuC, of what is missing to 1", "of the true chroma")
    return "\n".join([
        table, "", markdown_table(head, rows), "",
        f"Measured on {report['date']} on {report['photos']} validation photos, on "
        f"{machine(report)}. Differences are of pairs, photo by photo, with 95 % intervals.",
    ])  # fmt: skip


def section(report, peeking=True, of="the bundled set"):
    """Tables of a report, and what they were measured with."""
    made = (
        f"Measured on {report['date']} on {report['photos']} validation photos of {of}, "
        f"on {machine(report)}."
    )
    if peeking:
        made += " The rows marked * look at the true colours."
    rows = {
        name: row
        for name, row in report["summary"].items()
        if peeking or name not in BASELINES or not BASELINES[name].peeks
    }
    # Spaces that do not break: a narrow page scrolls a table rather than tear its numbers apart.
    tables = [
        evaluation.format_table(rows, metrics).replace(" ± ", "\u00a0±\u00a0") for metrics in TABLES
    ]
    head = ["one − best baseline", *next(iter(report["beaten"].values()))]
    beaten = [[name, *map(interval, found.values())] for name, found in report["beaten"].items()]
    return "\n\n".join([*tables, markdown_table(head, beaten), made])


def comparison(folder):
    """What compare.py found: metrics, differences, cost, and what they were made with."""
    report = read_json(folder / "report.json")
    runs = {name: folder / run for name, run in report["folders"].items()}
    config, data = (read_json(next(iter(runs.values())) / f"{n}.json") for n in ("recipe", "data"))
    rows = []
    for pair, found in report["between"].items():
        one, other = (set(name.split(", ")) for name in pair.split(" - "))
        if len(one ^ other) > 2:  # they differ in more than one thing
            continue
        cells = [interval(found[metric]) for metric in ("loss", "AuC")]
        rows.append([pair.replace(" - ", " − "), *cells])
    return "\n\n".join([
        section(report, peeking=False, of="the development set"),
        "Differences, photo by photo, with 95 % intervals; bold where they exclude 0:",
        markdown_table(["one − other", "loss", "AuC"], rows),
        "What each run cost:",
        cost(report, runs),
        f"{data['training']} training and {data['validation']} validation photos of a set of "
        f"{data['photos']}, at {config['size']}x{config['size']} pixels, class scores by "
        f"`{config['extractor']}`. Made with `{report['command']}`; configuration, machine and "
        f"every epoch's numbers of each run are in `colorlib/data/results/{folder.name}/`.",
    ])  # fmt: skip


def interval(found):
    """A difference as text, in bold where its interval does not hold zero."""
    text = difference(found).replace("-", "−")
    return f"**{text}**" if found["low"] * found["high"] > 0 else text


def ingredients(report):
    """Rows that differ in one thing from the plain decoder, but for the number of photos."""
    rows = []
    for name, found in report["rows"].items():
        if ROWS[name].get("limit") != 3000:
            continue
        runs, more = found["runs"], found.get("against")
        means = (
            f"{np.mean([run[key] for run in runs]):.4f}" if key in runs[0] else ""
            for key in ("made_old", "plates")
        )
        losses = ", ".join(f"{run['loss']:.4f}" for run in runs)
        rows.append([name, losses, interval(more) if more else "", *means])
    head = ("", "loss, each seed", "− 3,000 photos", "photos made old", "old plates")
    return markdown_table(head, rows)


def cost(report, runs):
    """What the runs of a comparison took, as a table."""
    head = ("run", "epochs", "lowest validation loss", "in epoch", "last", "CPU hours")
    rows = []
    for name, folder in runs.items():
        spent, losses = report["cost"][name], read_metrics(folder)["val_loss"]
        low, last = f"{losses.min():.4f}", f"{losses[-1]:.4f}"
        hours = f"{spent['cpu_hours']:.2f}"
        rows.append([name, spent["epochs"], low, losses.argmin() + 1, last, hours])
    return markdown_table(head, rows)


def edges(report):
    """How colours are best enlarged, as a table."""
    head = ("photos", "colours", "where", "bicubic", "guided", "change")
    rows = []
    for size, found in report["summary"].items():
        for colors in ("network", "true"):
            for where in ("", ", edges"):
                row = found[colors + where]
                change = [f"{100 * row[name]:+.1f}" for name in ("change", "low", "high")]
                rows.append([
                    f"{found['photos']} of {size} megapixels", colors, where[2:] or "everywhere",
                    f"{row['bicubic']:.2f}", f"{row['guided']:.2f}",
                    f"{change[0]} % ({change[1]} to {change[2]})",
                ])  # fmt: skip
    made = f"Measured with `{report['command']}` on {report['date']} on {machine(report)}."
    return f"{markdown_table(head, rows, 'lllrrr')}\n\n{made}"


def films(report):
    """How much films flicker in each way to colour them, as a table."""
    head = ("clip", "colours", "warp error", "CDC", "chroma", "error of ab")
    rows = []
    for clip, found in report["clips"].items():
        for name, way in found["ways"].items():
            numbers = [f"{way['warp_error']:.2f}", f"{way['cdc']:.4f}", f"{way['chroma']:.1f}"]
            error = f"{way['ab_error']:.2f}" if "ab_error" in way else "not known"
            rows.append([clip.removesuffix(".mp4"), name, *numbers, error])
    return f"{markdown_table(head, rows, 'llrrrr')}\n\n{measured(report)}"


def speed(report):
    """The benchmark as a table: ratios first, for they travel better than rates."""
    head = ("way", "times the notebook", "photos a second", "share of input", "peak memory")
    rows = []
    for name, found in report["ways"].items():
        share, peak = f"{100 * found['input_share']:.0f} %", f"{found['peak_memory_gb']} GB"
        times = report["times_the_notebook"][name]
        rows.append([name, times, found["photos_per_second"], share, peak])
    return f"{markdown_table(head, rows)}\n\n{measured(report)}"


def against_ready(found):
    """The compiled step beside plain `fit` on ready-made arrays."""
    low, *_, high = found["times_ready_of_each_round"]
    ours, theirs = (found[f"{way}_photos_per_second"] for way in ("cached", "ready"))
    return (
        f"The step that gathers, augments and converts to Lab reaches **{found['times_ready']} "
        f"times** the rate of `fit` on ready arrays ({ours} and {theirs} photos a second, median "
        f"of {found['rounds']} rounds; the ratio was {low} to {high} in single rounds)."
    )


def painting(report):
    """How fast a film is colourized and what takes the time, and photos as a table."""
    found, photos = report["film"], report["photos"]
    shares = ", ".join(f"{100 * share:.0f} % {what}" for what, share in found["shares"].items())
    told = (
        f"A film of {found['size']} ({found['clip']}, {found['frames']} frames): "
        f"**{found['frames_per_second']:.0f} frames a second**, "
        f"{found['times_its_frames_as_photos']:.1f} times as many as its frames one by one as "
        f"photos. What takes the time: {shares}.\n\nPhotos, by one call "
        "of the program each; of a single photo most is loading:"
    )
    names = {
        "one": f"one photo, {photos['pixels_of_each']}",
        "many": f"{photos['photos']} of them",
        "large": f"one photo, {photos['pixels_of_the_large_one']}",
    }
    rows = [
        [name, f"{photos['seconds'][way] / photos['seconds']['one']:.1f}",
         f"{photos['peak_memory_gb'][way]:.2f} GB"]
        for way, name in names.items()
    ]  # fmt: skip
    head = ("colorlib colorize", "time, of one photo's", "peak memory")
    return f"{told}\n\n{markdown_table(head, rows, 'lrr')}\n\n{measured(report)}"


def backends(report):
    """The same step on each Keras backend, as a table."""
    head = ("backend", "times TensorFlow", "photos a second", "transposed, in plain convolutions")
    rows = []
    rates = {name: found["photos_per_second"] for name, found in report["backends"].items()}
    for name, rate in rates.items():
        version = report["machine"]["versions"][name]
        times = rate / rates["tensorflow"]
        back = report["backends"][name]["transposed_times_convolution"]
        rows.append([f"{BACKENDS[name]} {version}", f"{times:.2f}", f"{rate:.2f}", f"{back:.1f}"])
    on_each = report | {"machine": report["machine"] | {"backend": "each"}}
    return f"{markdown_table(head, rows)}\n\n{measured(on_each)}"


def profile(report):
    """The parts of a training step, and how far it is from the machine's bound."""
    found = report["precisions"]["float32"]
    does = {
        "input": "gathering the batch, augmenting it, Lab",
        "forward": "the network and the loss",
        "backward": "the gradients",
        "update": "Adam, beyond plain gradient descent",
    }
    rows = [
        [part, what, f"{100 * found['parts'][part] / found['step_seconds']:.0f} %"]
        for part, what in does.items()
    ]
    table = markdown_table(("part", "what it does", "share of the step"), rows, "llr")
    flop, rate = (found[name] / 1e12 for name in ("flop", "product_flop_per_second"))
    moved, copied = (found[name] / 1e9 for name in ("bytes", "copy_bytes_per_second"))
    text = (
        f"A step of {found['batch_size']} photos is {flop:.2f} TFLOP of arithmetic and at least "
        f"{moved:.1f} GB through memory. At the rates that a large matrix product "
        f"({rate:.2f} TFLOP/s) and a large copy ({copied:.0f} GB/s) reach on this machine, that "
        f"is {found['arithmetic_seconds']:.2f} and {found['traffic_seconds']:.2f} s; a step that "
        f"does nothing takes {1000 * found['launch_seconds']:.1f} ms. So the bound is "
        f"{found['bound_seconds']:.2f} s, and the step reaches "
        f"{100 * found['bound_share']:.0f} % of it."
    )
    return f"{table}\n\n{text}\n\n{measured(report)}"


def memory(report):
    """Peak memory for sets of several sizes, as a table."""
    head = ("photos in the set", "size on disk", "way", "peak memory")
    rows = []
    for row in report["sets"]:
        way = "on the device" if row["on_device"] else "streamed"
        disk = row["photos"] * report["size"] ** 2 * 3 / 1e9
        peak = f"{row['peak_memory_gb']:.2f} GB"
        rows.append([f"{row['photos']:,}", f"{disk:.1f} GB", way, peak])
    return f"{markdown_table(head, rows, 'rrlr')}\n\n{measured(report)}"


def measured(report):
    """When a benchmark was run, by which command, and where."""
    date, command = report["machine"]["date"], report["command"]
    return f"Measured on {date} with `{command}` on {machine(report)}."


def machine(report):
    found = report["machine"]
    return (
        f"{found['processor']} ({found['cores']} cores), Python {found['python']}, "
        f"Keras {found['versions']['keras']} on {found['backend']}"
    )


def write_model_card(name):
    """Beside the weights: what they are, how good, and what they cannot do."""
    path = NETWORKS[name]
    card = read_json(f"{path}.json")
    stages = "\n".join(
        f"{number}. {stage['size']}x{stage['size']} pixels, {stage['epochs']} epochs of "
        f"{stage['training_photos']} photos, {stage['hours']} hours; "
        + ", ".join(f"{name} {stage[name]}" for name in STAGE[2:] if name in stage)
        + f"; at the end loss {stage['training_loss']} on training photos, "
        + f"{stage['validation_loss']} on {stage['validation_photos']} others"
        for number, stage in enumerate(card["stages"], start=1)
    )
    table = headline(read_json(PUBLISHED / "validation.json"))
    template = Path(__file__).with_name(f"card_{name}.md").read_text(encoding="utf-8")
    text = template.format(**card, stages_text=stages, table=table)
    path.with_name(f"MODEL_CARD_{name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
