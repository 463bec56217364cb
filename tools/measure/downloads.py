"""How fast and how safe is `colorlib unsplash`? Measured against a server on this machine.

    python -m tools.measure.downloads [--photos FOLDER ...] [-o book/results/unsplash.json]

The server of the tests stands in for Unsplash: it serves the photos in the folders (each with a
table `credits.csv` or `manifest.csv` of their authors; by default the bundled ones) and takes its
time for each answer. Four measurements:

    polite   at the rate that users get, for a minute: requests a second, peak memory
    lifted   the whole sample without that limit, which shows what the code itself can do
    killed   the same on a bad day (deleted photos, faults), killed again and again
    set      what `prepare`, `embed` and the split make of the folder
"""

import argparse
import random
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
from unsplash_server import UnsplashServer, find_authors

from colorlib import embeddings, machine, photoset, unsplash
from colorlib.files import read_json, write_json

LATENCY = 0.15
KILLS = 10
FAULTS = ("429:1", "500", "503", "cut", "drop", "half", "noise", "html")
LIFTED = {"RATE": 1e6}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--out", type=Path, default=Path("book/results/unsplash.json"))
    parser.add_argument("--photos", type=Path, nargs="+", default=[photoset.BUNDLED])
    chosen = parser.parse_args()

    authors = {}
    for folder in chosen.photos:
        authors |= find_authors(folder)
    limit = int(0.9 * len(authors))  # the rest replaces deleted ones
    names = " ".join(folder.name for folder in chosen.photos)
    report = {
        "command": "python -m tools.measure.downloads"
        + (f" --photos {names}" if chosen.photos != [photoset.BUNDLED] else ""),
        "machine": machine.describe(),
        "server": {"photos": len(authors), "latency_seconds": LATENCY},
        "workers": unsplash.WORKERS,
    }
    with tempfile.TemporaryDirectory() as folder, UnsplashServer(authors, LATENCY) as server:
        folder = Path(folder)
        report["polite"] = measure(server, folder / "polite", 60 * unsplash.RATE)
        print(report["polite"], flush=True)
        report["lifted"] = measure(server, folder / "lifted", limit, LIFTED)
        print(report["lifted"], flush=True)
        report["killed"] = kill(server, folder, limit)
        print(report["killed"], flush=True)
        report["set"] = learn_from(folder / "killed", folder / "set")
        print(report["set"], flush=True)
    write_json(chosen.out, report)


def measure(server, out, limit, constants=None):
    """Download once, undisturbed."""
    before = len(server.log)
    process = start(server, out, limit, constants or {})
    process, peak = psutil.Process(process.pid), 0
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        peak = max(peak, process.memory_info().rss)
        time.sleep(0.02)
    requests = [request for request in server.log[before:] if request.name in server.photos]
    times = sorted(request.time for request in requests)
    return {
        "photos": len(list(out.glob("*.jpg"))),
        "requests": len(requests),
        "megabytes": round(sum(request.sent for request in requests) / 1e6, 1),
        "seconds": round(times[-1] - times[0], 1),
        "requests_per_second": round((len(times) - 1) / (times[-1] - times[0]), 2),
        "most_in_one_second": max(count_within(times, start) for start in times),
        "peak_memory_mb": round(peak / 1e6, 1),
    }


def count_within(times, start):
    return sum(start <= time < start + 1 for time in times)


def start(server, out, limit, constants):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(server.command(out, "--limit", limit, **constants), **quiet)


def kill(server, folder, limit):
    """Download on a bad day, killed at random moments, and compare with an undisturbed download."""
    chance = random.Random(0)
    sample = sorted(path.stem for path in (folder / "lifted").glob("*.jpg"))
    server.deleted = {*chance.sample(sample, limit // 30)}
    server.faults = {name: [chance.choice(FAULTS)] for name in chance.sample(sample, limit // 100)}
    faulty = set(server.faults)
    out, again, lost, half, waits = folder / "killed", 0, 0, 0, []
    for life in range(KILLS + 1):
        there, before, began = photos_in(out), len(server.log), time.monotonic()
        process = start(server, out, limit, LIFTED)
        if life < KILLS:
            moment = len(there) + chance.randint(1, 2 * limit // (KILLS + 2))
            while len(photos_in(out)) < moment and process.poll() is None:
                time.sleep(0.01)
            process.kill()
        process.wait()
        time.sleep(2 * LATENCY)  # for what was on its way
        asked = [r for r in server.log[before:] if r.name in server.photos and r.time > began]
        again += len({request.name for request in asked} & there)
        answered = {request.name for request in asked if request.status == 200}
        lost += len(answered - photos_in(out) - faulty)
        half += len(list(out.glob(".*-*.jpg"))) if life < KILLS else 0
        waits.append(min(request.time for request in asked) - began)
    whole = folder / "undisturbed"
    start(server, whole, limit, LIFTED).wait()
    return {
        "kills": KILLS,
        "faults": len(faulty),
        "deleted": len(read_json(out / "unsplash.json")["deleted"]),
        "photos": len(photos_in(out)),
        "asked_again_though_there": again,
        "answers_lost": lost,
        "temporary_files_left_by_kills": half,
        "temporary_files_at_the_end": len(list(out.glob(".*-*"))),
        "same_as_undisturbed": content(out) == content(whole),
        "seconds_to_first_request": round(statistics.median(waits[1:]), 2),
    }


def photos_in(folder):
    return {path.stem for path in folder.glob("[!.]*.jpg")}


def content(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.jpg")}


def learn_from(folder, out):
    photo_set = photoset.prepare(folder, out)
    scores = embeddings.embed(photo_set, "efficientnet_lite0")
    authors = {
        split: {photo_set.manifest[row]["author"] for row in rows}
        for split, rows in (("train", photo_set.train), ("validation", photo_set.validation))
    }
    return {
        "prepared": len(photo_set),
        "left_out": len(photo_set.left_out),
        "embedded": list(scores.shape),
        "train": len(photo_set.train),
        "validation": len(photo_set.validation),
        "authors": {split: len(some) for split, some in authors.items()},
        "authors_on_both_sides": len(authors["train"] & authors["validation"]),
    }


if __name__ == "__main__":
    main()
