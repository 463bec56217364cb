"""The second half of `make bench`: how long does colourizing take, and how much memory?

    python -m tools.measure.painting

A film: frames a second, and what takes them. Photos: two hundred, and one of 50 megapixels, each
by a call of the program in a process of its own.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

PHOTOS = 200
SIDE = 1024  # pixels of each
LARGE = 8192, 6144  # pixels: 50 megapixels
PLAIN = 24  # frames of the film, as photos
COMMAND = "from colorlib.cli import main; import sys; sys.exit(main())"


def main():
    found = {"photos": many_photos()}  # first: a child's peak begins with that of its parent
    from colorlib import machine
    from colorlib.files import write_json

    found |= {"film": a_film()}
    about = {"command": "make bench", "machine": machine.describe()}
    write_json("book/results/painting.json", about | found)


def a_film():
    """A bundled film of 640x480: frames a second, what takes them, and its frames as photos.

    Compiling is left out: a film of an hour pays it once.
    """
    from colorlib import film
    from colorlib.colorizer import Colorizer

    clip = film.FOLDER / "friday.mp4"
    frames, _ = film.read_frames(clip)
    looks, paints, make_looker = [], [], film._looker
    film._looker = lambda *given: clocked(make_looker(*given), looks)
    film._paint = clocked(film._paint, paints)
    colorizer = Colorizer.load()
    colorizer.colorize(frames[0])  # loads and builds what later calls find
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        film.colorize_film(clip, Path(folder) / "film.mp4")
        took = time.perf_counter() - started
    first, *others = looks
    took -= first - statistics.median(others)
    network, paint = sum(others) + statistics.median(others), sum(paints)

    started = time.perf_counter()
    for frame in frames[:PLAIN]:
        colorizer.colorize(frame)
    as_photos = PLAIN / (time.perf_counter() - started)
    height, width = frames.shape[1:3]
    return {
        "clip": clip.name,
        "frames": len(frames),
        "size": f"{width}x{height}",
        "frames_per_second": round(len(frames) / took, 1),
        "times_its_frames_as_photos": round(len(frames) / took / as_photos, 2),
        "shares": {
            "network": round(network / took, 2),
            "steadying, joining with lightness and encoding": round(paint / took, 2),
            "the rest": round(1 - (network + paint) / took, 2),
        },
    }


def clocked(function, seconds):
    """The function, which notes how long each call took."""

    def noting(*given):
        started = time.perf_counter()
        answer = function(*given)
        seconds.append(time.perf_counter() - started)
        return answer

    return noting


def many_photos():
    """`colorlib colorize` on a folder of photos, on one of them, and on a large one."""
    from colorlib import photoset

    with tempfile.TemporaryDirectory() as folder:
        many, one, large = (Path(folder) / name for name in ("many", "one", "large"))
        for place in (many, one, large):
            place.mkdir()
        for number, photo in enumerate(np.array(photoset.commons().photos[:PHOTOS])):
            image = Image.fromarray(photo).resize((SIDE, SIDE), Image.BICUBIC)
            image.save(many / f"{number:03d}.jpg")
        image.save(one / "photo.jpg")
        image.resize(LARGE).save(large / "photo.jpg")
        found = {place.name: by_command(place) for place in (one, many, large)}
    return {
        "photos": PHOTOS,
        "pixels_of_each": f"{SIDE}x{SIDE}",
        "pixels_of_the_large_one": "{}x{}".format(*LARGE),
        "peak_memory_gb": {name: memory for name, (_, memory) in found.items()},
        "seconds": {name: seconds for name, (seconds, _) in found.items()},
    }


def by_command(folder):
    """Seconds and peak memory in GB of one call of the program."""
    command = [sys.executable, "-c", COMMAND, "colorize", str(folder), "-o", f"{folder}-colours"]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)}: failed")
    return round(time.perf_counter() - started, 1), round(used.ru_maxrss / 1e6, 2)


if __name__ == "__main__":
    main()
