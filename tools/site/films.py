"""The short films of the pages, frame by frame beside steadied: a part of `make films`.

    python -m tools.site.films

Writes `_static/films/NAME.mp4` and its poster NAME.jpg for each clip that comes with the kit,
without sound. No film weighs more than a megabyte.
"""

import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from colorlib import film
from colorlib.files import atomic_write
from colorlib.images import resized
from tools.site import book

FOLDER = book.ROOT / "_static" / "films"
SIZE = (448, 336)  # of each half; both clips are a third wider than high
BYTES = 1_000_000
TICK = Fraction(1, 90_000)  # seconds


def main():
    for clip in sorted(film.FOLDER.glob("*.mp4")):
        frames, times = beside(clip)
        with atomic_write(FOLDER / f"{clip.stem}.mp4") as unfinished:
            crf = 20
            write(frames, times, unfinished, crf)
            while unfinished.stat().st_size > BYTES:
                crf += 2
                write(frames, times, unfinished, crf)
            weight = unfinished.stat().st_size
        with atomic_write(FOLDER / f"{clip.stem}.jpg") as unfinished:
            Image.fromarray(frames[len(frames) // 2]).save(unfinished, "jpeg", quality=85)
        print(f"{clip.stem}: {len(frames)} frames, {weight / 1e3:.0f} kB, crf {crf}", flush=True)


def beside(clip):
    """A clip in colour, frame by frame on the left and steadied on the right, and its times."""
    halves = []
    with tempfile.TemporaryDirectory() as folder:
        for steady in (0, film.STEADY):
            out = Path(folder) / f"{steady}.mp4"
            film.colorize_film(clip, out, steady=steady)
            frames, times = film.read_frames(out)
            halves.append(resized(frames, SIZE))
    return np.concatenate(halves, axis=2), times


def write(frames, times, path, crf):
    """A film that browsers play while it still comes; `crf` is larger for fewer bytes."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as output:
        stream = output.add_stream("libx264", 30, {"preset": "slow", "crf": str(crf)})
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt, stream.codec_context.time_base = "yuv420p", TICK
        for photo, time in zip(frames, times, strict=True):
            frame = av.VideoFrame.from_ndarray(photo)
            frame.pts, frame.time_base = round(time / TICK), TICK
            output.mux(stream.encode(frame))
        output.mux(stream.encode())


if __name__ == "__main__":
    main()
