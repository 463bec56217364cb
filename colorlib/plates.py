"""Old photos whose colours are known: seven glass plates of 1905 to 1915.

Sergei Prokudin-Gorskii photographed each scene three times on one plate, through a blue, a green
and a red filter, and projected the three on top of each other. So there is an old black-and-white
photo, the green exposure, *and* the colours of that day.

Chapter: 06_evaluation. Source: Library of Congress, Prokudin-Gorskii Collection.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from colorlib.images import read_photo

FOLDER = Path(__file__).parent / "data" / "plates"


class Plate(NamedTuple):
    """One plate: its number in the collection and two uint8 arrays (H, W, 3)."""

    number: str
    grey: np.ndarray  # the green exposure: an old black-and-white photo
    color: np.ndarray  # the picture made from all three; its lightness is another


def plates() -> list[Plate]:
    """The seven plates, about 340x287 pixels each, by their numbers.

    Notes
    -----
    The two photos of a plate differ in lightness, so compare a and b only. The plates have aged:
    edges are faded, and the balance of the three exposures is not that of the scene.
    """

    def read(path):
        return np.asarray(read_photo(path).convert("RGB"))

    return [
        Plate(
            path.name.removesuffix("-grey.jpg"),
            read(path),
            read(path.with_name(path.name.replace("-grey", "-color"))),
        )
        for path in sorted(FOLDER.glob("*-grey.jpg"))
    ]
