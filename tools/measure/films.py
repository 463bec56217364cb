"""How much films flicker, and what steadying costs: `make films`.

    python -m tools.measure.films [CLIP ...] [-o colorlib/data/results/films.json]

Colourizes the bundled clips, or others, frame by frame and steadied over several lengths of time.
Of each: the warp error in ab; CDC of the pictures; and, where the clip had colours of its own, the
error of ab against these. Grey and one constant tint stand beside them, since both measures reward
a film without colours, and so do the true colours, which change, too.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from colorlib import film, lab, machine
from colorlib.colorizer import Colorizer, enlarge
from colorlib.files import hash_of, write_json
from colorlib.images import resized
from colorlib.published import FOLDER as PUBLISHED

CLIPS = sorted(film.FOLDER.glob("*.mp4"))
SECONDS = 0.05, 0.1, 0.2, 0.4
TINT = 5.0, 12.0  # a brown that photos fade to, in ab


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="*", type=Path, default=CLIPS)
    parser.add_argument("-o", "--out", type=Path, default=PUBLISHED / "films.json")
    chosen = parser.parse_args()
    colorizer = Colorizer.load()
    found = {}
    for clip in chosen.clips:
        found[clip.name] = {"sha256": hash_of(clip), **measure(clip, colorizer)}
        print(clip.name, *found[clip.name]["ways"].items(), sep="\n  ", flush=True)
    about = {"command": "make films", "weights": colorizer.card["sha256"], "steady": film.STEADY}
    write_json(chosen.out, {**about, "machine": machine.describe(), "clips": found})


def measure(clip, colorizer):
    """What a clip's colours do over time, in each way to colour it."""
    with tempfile.TemporaryDirectory() as folder:
        made = film.colorize_film(clip, Path(folder) / "colour.mp4", steady=0)
        rows = np.array(np.load(made["folder"] / "ab.npy"), "float32")  # (T, h, w, 3)
        times = np.load(made["folder"] / "times.npy")
    frames, _ = film.read_frames(clip)
    height, width = rows.shape[1:3]
    own = lab.to_lab(resized(frames, (4 * width, 4 * height)))  # (T, 4h, 4w, 3)
    true = own.reshape(len(own), height, 4, width, 4, 3).mean(axis=(2, 4))[..., 1:]
    ways = {
        "grey": 0 * rows[..., 1:],
        "tint": 0 * rows[..., 1:] + TINT,
        "frame by frame": rows[..., 1:],
    }
    for seconds in SECONDS:
        steady = film.steadied(rows, times, seconds)
        ways[f"steady {seconds}"] = np.stack([frame[..., 1:] for frame in steady])
    if made["in_color"]:
        ways["truth"] = true
    return {
        "frames": len(rows),
        "cuts": int(film.find_cuts(rows[..., 0]).sum()) - 1,
        "ways": {
            name: {
                "warp_error": film.warp_error(ab, rows[..., 0]),
                "cdc": film.color_consistency(shown(ab, own[..., :1], rows, colorizer)),
                "chroma": float(np.linalg.norm(ab, axis=-1).mean()),
            }
            | ({"ab_error": rms(ab - true)} if made["in_color"] else {})
            for name, ab in ways.items()
        },
    }


def rms(difference):
    return float(np.sqrt(np.square(difference).sum(axis=-1).mean()))


def shown(ab, lightness, rows, colorizer):
    """The pictures that viewers see, at four times the size of the kept ab."""
    planes = colorizer.planes(np.float32(ab), rows[..., :1])
    frames = []
    for own, *small in zip(lightness, *planes, strict=True):
        large = enlarge(small, slice(0, len(own)), own, len(own))
        frames.append(lab.to_rgb(lab.fit_gamut(np.concatenate([own, large], axis=-1))))
    return np.stack(frames)


if __name__ == "__main__":
    main()
