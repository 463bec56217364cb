"""Join the lightness of one photo with the colours of another.

Chapter: 01_lab.
"""

import ipywidgets
import numpy as np

from colorlib.lab import fit_gamut, in_gamut, to_lab, to_rgb
from colorlib.widgets import jpeg


def chroma_swap(photos: dict) -> ipywidgets.VBox:
    """Two menus, and the photo that has the L of one photo and the a and b of another.

    Parameters
    ----------
    photos : dict of str to uint8 array (H, W, 3)
        At least two photos of one size, by the name that the menus show.

    Returns
    -------
    ipywidgets.VBox
        The menus; a picture: the lightness as a grey photo, the photo that gives its colours,
        and both joined; a line of text saying how many pixels no screen could show, which get
        less chroma (see `fit_gamut`). Chapter: 01_lab.
    """
    names = list(photos)
    light = ipywidgets.Dropdown(options=names, value=names[0], description="lightness")
    chroma = ipywidgets.Dropdown(options=names, value=names[1], description="colours")
    view = ipywidgets.Image(format="jpeg", width=690)
    note = ipywidgets.HTML()

    def join(change=None):
        lab, ab = to_lab(photos[light.value]), to_lab(photos[chroma.value])[..., 1:]
        joined = np.concatenate([lab[..., :1], ab], axis=-1)  # (H, W, 3)
        outside = 1 - in_gamut(joined).mean()
        note.value = f"{outside:.0%} of the joined colours are out of gamut and were fitted."
        row = to_rgb(lab, np.zeros_like(ab)), photos[chroma.value], to_rgb(fit_gamut(joined))
        view.value = jpeg(np.concatenate(row, axis=1))

    join()
    for menu in (light, chroma):
        menu.observe(join, "value")
    return ipywidgets.VBox([light, chroma, view, note])
