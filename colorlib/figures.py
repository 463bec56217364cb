"""The book's figures, in one style: photos side by side, Lab's channels, learning curves.

Every function returns a Matplotlib figure. Chapters: all.
"""

import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from colorlib import metrics

# Dark enough and light enough to tell apart in grey print, too.
BLUE, ORANGE = "#1b4f72", "#e08e2b"
STYLE = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
}


def photo_grid(rows, titles=(), labels=(), side=1.6):
    """Show photos in rows and columns.

    Parameters
    ----------
    rows : sequence of sequences of arrays
        RGB photos, uint8 or float 0..1; (H, W) arrays are shown in grey.
    titles : sequence of str
        Above the columns.
    labels : sequence of str
        Left of the rows.
    side : float
        Height of a photo in inches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    columns = max(len(row) for row in rows)
    ratio = np.shape(rows[0][0])[1] / np.shape(rows[0][0])[0]
    with plt.rc_context(STYLE):
        figure = _figure(side * ratio * columns, side * len(rows) + 0.2)
        axes = figure.subplots(len(rows), columns, squeeze=False)
        for axis in axes.flat:
            axis.set(xticks=[], yticks=[], frame_on=False)
        for row, photos in enumerate(rows):
            for column, photo in enumerate(photos):
                axes[row, column].imshow(photo, cmap="gray")
        for axis, title in zip(axes[0], titles, strict=False):
            axis.set_title(title)
        for axis, label in zip(axes[:, 0], labels, strict=False):
            axis.set_ylabel(label)
    return figure


def channels(rgb):
    """Show a photo beside its L, a and b, each of a and b in its own two colours.

    Parameters
    ----------
    rgb : uint8 array, (H, W, 3)

    Returns
    -------
    matplotlib.figure.Figure
        a from green to red and b from blue to yellow, drawn at the same lightness L = 65, so
        that only the channel's own information is seen.
    """
    lab = metrics.photo_to_lab(rgb)
    shown = [rgb, np.clip(lab[..., 0] / 100, 0, 1)]
    for channel in (1, 2):
        alone = np.zeros_like(lab)
        alone[..., 0], alone[..., channel] = 65, lab[..., channel]
        shown.append(metrics.show(alone, alone[..., 1:]).rgb)
    shown[1] = np.repeat(np.round(255 * shown[1]).astype("uint8")[..., None], 3, axis=-1)
    titles = ("the photo", "L: lightness", "a: green to red", "b: blue to yellow")
    return photo_grid([shown], titles, side=2.1)


def read_metrics(run_folder):
    """The lines of a run's metrics.jsonl as a dict of arrays, one value an epoch."""
    lines = (Path(run_folder) / "metrics.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def learning_curves(run_folder, true_chroma=None):
    """Draw loss and chroma of a run, epoch by epoch.

    Parameters
    ----------
    run_folder : path-like
    true_chroma : float, optional
        Mean chroma of the true validation photos: how colourful the network should become.

    Returns
    -------
    matplotlib.figure.Figure
    """
    curves = read_metrics(run_folder)
    with plt.rc_context(STYLE):
        figure = _figure(7, 2.6)
        loss, chroma = figure.subplots(1, 2)
        for prefix, label, color in (("", "training photos", BLUE), ("val_", "new photos", ORANGE)):
            style = "-" if prefix else "--"
            loss.plot(curves["epoch"], curves[f"{prefix}loss"], style, color=color, label=label)
            chroma.plot(curves["epoch"], curves[f"{prefix}chroma"], style, color=color, label=label)
        if true_chroma is not None:
            chroma.axhline(true_chroma, color="0.6", linestyle=":", label="true photos")
        loss.set(xlabel="epoch", ylabel="loss, equation (1)", title="How wrong")
        chroma.set(
            xlabel="epoch", ylabel="mean chroma (Lab units)", title="How colourful", ylim=(0, None)
        )
        loss.legend()
        chroma.legend()
    return figure


def sample_rows(run_folder):
    """The sample sheets of a run, cut into rows: grey, then one row an epoch, then true.

    Parameters
    ----------
    run_folder : path-like

    Returns
    -------
    rows : list of list of uint8 arrays (S, S, 3)
    labels : list of str
    """
    sheets = sorted((Path(run_folder) / "samples").glob("epoch-*.png"))
    cut = [_cut(np.asarray(Image.open(sheet))) for sheet in sheets]
    epochs = [f"epoch {int(sheet.stem.split('-')[1])}" for sheet in sheets]
    return [cut[0][0], *(rows[1] for rows in cut), cut[-1][2]], ["grey", *epochs, "true"]


def _cut(sheet):
    """A sheet of three rows of square photos -> rows[3][photos]."""
    return [np.split(row, row.shape[1] // row.shape[0], axis=1) for row in np.split(sheet, 3)]


def _figure(width, height):
    """A figure that a notebook shows where it is returned, and only there."""
    figure = plt.figure(figsize=(width, height), layout="constrained")
    plt.close(figure)
    return figure
