"""Choose one colour of many likely ones, by hand: from the mean to the likeliest.

Chapter: 08_many_answers.
"""

import ipywidgets
import numpy as np
from keras import ops

from colorlib.bins import annealed_mean, centres
from colorlib.lab import to_lab, to_rgb
from colorlib.widgets import jpeg


def temperature(photos: dict, logits: dict, prior) -> ipywidgets.VBox:
    """A menu of photos, two sliders, and the chosen photo as they decode it.

    Parameters
    ----------
    photos : dict of str to uint8 array (H, W, 3)
        By the name that the menu shows.
    logits : dict of str to array (h, w, 313)
        What a network says of each of them, not rebalanced.
    prior : array (313,)
        How common each bin is.

    Returns
    -------
    ipywidgets.VBox
        The menu; the sliders T, for the annealed mean, and rebalancing, from 0 (none) to 0.95 of
        the way to all bins as common; a picture: the photo so decoded, and the true one; a line
        of text with the chroma of both. Chapter: 08_many_answers.
    """
    menu = ipywidgets.Dropdown(options=list(photos), description="photo")
    cold = ipywidgets.FloatSlider(0.38, min=0.04, max=1.5, step=0.02, description="T")
    fair = ipywidgets.FloatSlider(0.25, min=0, max=0.95, step=0.05, description="rebalancing")
    view = ipywidgets.Image(format="jpeg", width=600)
    note = ipywidgets.HTML()

    def show(change=None):
        photo = photos[menu.value]
        lab = to_lab(photo)
        raised = logits[menu.value] - np.log(fair.value * prior + (1 - fair.value) / len(centres()))
        small = annealed_mean(raised[None], cold.value)  # (1, h, w, 2)
        ab = ops.convert_to_numpy(ops.image.resize(small, lab.shape[:2], "bicubic"))[0]
        view.value = jpeg(np.concatenate([to_rgb(lab, ab), photo], axis=1))
        found, true = (np.hypot(*np.moveaxis(one, -1, 0)).mean() for one in (ab, lab[..., 1:]))
        note.value = f"Mean chroma {found:.1f}; the true photo (right) has {true:.1f}."

    show()
    for control in (menu, cold, fair):
        control.observe(show, "value")
    return ipywidgets.VBox([menu, cold, fair, view, note])
