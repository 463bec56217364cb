"""Drag through the epochs of a run: its sample photos and its loss move together.

Chapter: 05_training.
"""

import io

import ipywidgets
import numpy as np

from colorlib import figures
from colorlib.images import montage


def scrubber(run_folder) -> ipywidgets.VBox:
    """A slider over the epochs of which a run keeps sample photos.

    Parameters
    ----------
    run_folder : path-like
        See `figures.read_samples`.

    Returns
    -------
    ipywidgets.VBox
        The slider and the picture: the photos in grey, after the chosen epoch and in their true
        colours, and below them the learning curves with the epoch marked. Chapter: 05_training.
    """
    epochs, (grey, *colored, true) = figures.read_samples(run_folder)
    curves = figures.read_metrics(run_folder)
    slider = ipywidgets.SelectionSlider(options=epochs, value=epochs[-1], description="epoch")
    picture = ipywidgets.Image(format="jpeg", width=700)

    def show(change=None):
        rows = (grey, colored[epochs.index(slider.value)], true)
        picture.value = _draw(rows, curves, slider.value)

    show()
    slider.observe(show, "value")
    return ipywidgets.VBox([slider, picture])


def _draw(rows, curves, epoch):
    """Three rows of photos above the learning curves, as JPEG."""
    figure, (photos, loss) = figures.axes(2, 1, height=4.6, height_ratios=(5, 3))
    side = len(rows[0][0])
    photos.imshow(montage(rows))
    photos.set(xticks=[], frame_on=False)
    middles = (np.arange(3) + 0.5) * side
    photos.set_yticks(middles, ["grey", f"epoch {epoch}", "true"], rotation=90, va="center")
    photos.tick_params(length=0)
    at = curves["epoch"].tolist().index(epoch)
    for name, label, style, color in (
        ("loss", "training photos", "--", figures.BLUE),
        ("val_loss", "new photos", "-", figures.ORANGE),
    ):
        found = curves[name]
        loss.plot(curves["epoch"], found, style, color=color, label=f"{label}: {found[at]:.4f}")
        loss.plot(epoch, found[at], "o", color=color)
    loss.axvline(epoch, color="0.7", linewidth=1)
    loss.set(xlabel="epoch", ylabel="loss")
    loss.legend(loc="lower left")
    file = io.BytesIO()
    figure.savefig(file, format="jpeg", dpi=100, pil_kwargs={"quality": 70})
    return file.getvalue()
