"""Move through Lab: which colour is it, and can a screen show it?

Chapter: 01_lab.
"""

import ipywidgets
import numpy as np
from keras import ops
from PIL import Image, ImageDraw

from colorlib.lab import fit_gamut, in_gamut, lab_to_rgb
from colorlib.widgets import jpeg

_B, _A = np.mgrid[127:-129:-1, -128:128]  # a grows to the right, b upwards, as in a plot


def lab_explorer(lightness: int = 65, a: int = 40, b: int = 45) -> ipywidgets.VBox:
    """Three sliders, the a-b plane at the chosen lightness, and the chosen colour.

    Parameters
    ----------
    lightness, a, b : int
        Where the sliders stand at first, in Lab units.

    Returns
    -------
    ipywidgets.VBox
        The sliders L, a and b; a picture; a line of text. The picture's left half is the plane,
        coloured where a screen can follow, with a cross at (a, b). Its right half is the colour
        itself; outside the gamut, it is what clipping makes of it (above) and what `fit_gamut`
        does (below), and the text warns. Chapter: 01_lab.
    """
    sliders = (
        ipywidgets.IntSlider(lightness, min=0, max=100, description="L"),
        ipywidgets.IntSlider(a, min=-128, max=127, description="a"),
        ipywidgets.IntSlider(b, min=-128, max=127, description="b"),
    )
    view = ipywidgets.Image(format="jpeg", width=512)
    note = ipywidgets.HTML()

    def show(change=None):
        color = np.array([slider.value for slider in sliders], "float32")  # (3,)
        fitted = fit_gamut(color)
        red, green, blue = _rgb(fitted)
        note.value = f"A screen shows it with R = {red}, G = {green}, B = {blue}."
        if not in_gamut(color):
            chroma, kept = np.hypot(*color[1:]), np.hypot(*fitted[1:])
            note.value = (
                f"<b>Out of gamut</b>: at L = {color[0]:.0f} this hue ends at chroma {kept:.0f}, "
                f"and this is {chroma:.0f}. Right: clipped (above) and fitted (below)."
            )
        view.value = jpeg(np.concatenate([_plane(color), _swatch(color, fitted)], axis=1))

    show()
    for slider in sliders:
        slider.observe(show, "value")
    return ipywidgets.VBox([*sliders, view, note])


def _rgb(lab):
    return np.rint(255 * ops.convert_to_numpy(lab_to_rgb(lab))).astype("uint8")


def _plane(color):
    """The a-b plane at the colour's lightness with a cross at the colour: (256, 256, 3) uint8."""
    lab = np.stack([np.full(_A.shape, color[0]), _A, _B], axis=-1).astype("float32")
    image = Image.fromarray(np.where(in_gamut(lab)[..., None], _rgb(lab), np.uint8(225)))
    x, y = int(color[1]) + 128, 127 - int(color[2])
    draw = ImageDraw.Draw(image)
    for width, ink in ((5, "white"), (1, "black")):  # seen on light and on dark
        draw.line((x - 9, y, x + 9, y), fill=ink, width=width)
        draw.line((x, y - 9, x, y + 9), fill=ink, width=width)
    return np.asarray(image)


def _swatch(color, fitted):
    """The colour as clipped above, as fitted below: (256, 256, 3) uint8."""
    return np.repeat(np.stack([_rgb(color), _rgb(fitted)]), 128, axis=0)[:, None].repeat(256, 1)
