"""`make edges PHOTOS=folder`: how colours should be enlarged on large photos.

The network paints at a quarter of the size at which it looks. On photos of 1 and 12 megapixels that
is enlarged in two ways: by smooth curves (bicubic), and so that it follows the photo's own edges
(`colorizer.guided`). Both are measured twice, with the network's colours and with the true ones
made as small, on whole photos and where the true colours change most: on the 5 % of pixels with
the largest differences to their neighbours. Writes book/results/edges.json.
"""

import argparse
import math
import time
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage
from tqdm.auto import tqdm

from colorlib import evaluation, machine
from colorlib.colorizer import Colorizer
from colorlib.files import UserError, hash_of, write_json
from colorlib.images import find_photos, read_photo
from colorlib.lab import to_lab
from tools import ROOT

OUT = ROOT / "book" / "results" / "edges.json"
MEGAPIXELS = 1, 12
EDGES = 95  # percentile of the true colours' change


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="large photos in colour")
    chosen = parser.parse_args()
    files = find_photos([chosen.folder])
    rows = []
    for path in tqdm(files, unit="photo"):
        photo = read_photo(path).convert("RGB")
        for size in MEGAPIXELS:
            # None is made larger than it is, or much smaller than what it stands for.
            factor = math.sqrt(size * 1e6 / (photo.width * photo.height))
            if factor <= 1.2:
                sides = [round(side * min(factor, 1)) for side in photo.size]
                shown = np.asarray(photo.resize(sides, Image.LANCZOS))
                rows.append({"sha256": hash_of(path), "megapixels": size, **compare(shown)})
    if not rows:
        raise UserError(f"{chosen.folder}: holds no photo of a megapixel or more")
    write_json(OUT, {
        "command": f"make edges PHOTOS={chosen.folder.name}",
        "date": time.strftime("%Y-%m-%d"),
        "machine": machine.describe(),
        "summary": {
            str(size): summary([row for row in rows if row["megapixels"] == size])
            for size in sorted({row["megapixels"] for row in rows})
        },
        "photos": rows,
    })  # fmt: skip


def compare(photo):
    """Root mean squared error in ab of each way, on the whole photo and at its edges."""
    true = to_lab(photo)[..., 1:]
    change = np.hypot(*(ndimage.gaussian_gradient_magnitude(true[..., i], 2) for i in (0, 1)))
    edges = change > np.percentile(change, EDGES)
    found = {}
    for way, follows in (("bicubic", False), ("guided", True)):
        colorizer = Colorizer.load()
        colorizer.design = colorizer.design._replace(follows_edges=follows)
        for colors, network in (("network", colorizer.network), ("true", Knowing(true, colorizer))):
            colorizer.network = network
            wrong = np.square(colorizer.ab(photo[None])[0] - true).mean(axis=-1)
            found[f"{colors}, {way}"] = float(np.sqrt(wrong.mean()))
            found[f"{colors}, {way}, edges"] = float(np.sqrt(wrong[edges].mean()))
    return found


class Knowing:
    """A network that answers with the true colours, as small as the other one's."""

    def __init__(self, true, colorizer):
        self.true, self.network = true, colorizer.network

    def __call__(self, told, training):
        height, width = self.network(told, training=training)["ab"].shape[1:3]
        planes = [
            Image.fromarray(np.ascontiguousarray(plane)).resize((width, height), Image.BOX)
            for plane in np.moveaxis(self.true, -1, 0)
        ]
        return {"ab": np.stack(planes, axis=-1)[None]}


def summary(rows):
    """Means over photos, and by how much following edges changes the error of each."""
    found = {"photos": len(rows)}
    for colors in ("network", "true"):
        for where in ("", ", edges"):
            plain, guided = (
                np.array([row[f"{colors}, {way}{where}"] for row in rows])
                for way in ("bicubic", "guided")
            )
            low, high = evaluation.bootstrap_interval(guided / plain - 1)
            found[colors + where] = {
                "bicubic": float(plain.mean()),
                "guided": float(guided.mean()),
                "change": float((guided / plain - 1).mean()),
                "low": low,
                "high": high,
            }
    return found


if __name__ == "__main__":
    main()
