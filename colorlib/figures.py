"""The book's figures, in one style: photos side by side, Lab's channels, learning curves.

`use_style` gives Matplotlib the book's style. Every other function returns a Matplotlib figure,
which a notebook shows where it is returned. Chapters: all.
"""

import json
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import colors
from PIL import Image

from colorlib.files import UserError
from colorlib.lab import to_lab, to_rgb
from colorlib.runs import read_metrics

BLUE, ORANGE = "#1b4f72", "#e08e2b"  # the first two colours of the style
STYLE = Path(__file__).parent / "data" / "book.mplstyle"


def use_style():
    """Draw all figures from here on in the book's style. `plt.rcdefaults()` undoes it."""
    plt.style.use(STYLE)


def axes(rows: int = 1, columns: int = 1, width: float = 7.0, height: float = 2.6, **options):
    """An empty figure in the book's style, for a chapter's own plots.

    Parameters
    ----------
    rows, columns : int
    width, height : float
        In inches; a column of the book is 7 wide.
    **options
        Of `matplotlib.figure.Figure.subplots`, such as `sharey=True`.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Closed: return it at the end of a cell and the notebook shows it, once.
    axes : matplotlib.axes.Axes, or an array of them
    """
    figure = plt.figure(figsize=(width, height), layout="constrained")
    plt.close(figure)
    return figure, figure.subplots(rows, columns, **options)


def photo_grid(rows, titles=(), labels=(), side: float = 1.6) -> plt.Figure:
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
    width, height = side * ratio * columns, side * len(rows) + 0.2
    figure, grid = axes(len(rows), columns, width, height, squeeze=False)
    for axis in grid.flat:
        axis.set(xticks=[], yticks=[], frame_on=False)
    for row, photos in enumerate(rows):
        for column, photo in enumerate(photos):
            grid[row, column].imshow(photo, cmap="gray", interpolation="antialiased")
    for axis, title in zip(grid[0], titles, strict=False):
        axis.set_title(title)
    for axis, label in zip(grid[:, 0], labels, strict=False):
        axis.set_ylabel(label)
    return figure


def maps(panels, titles, label: str, low=0.0, high: float | None = None, side: float = 2.0):
    """Show photos beside maps that give every pixel a number, with one colour bar.

    Parameters
    ----------
    panels : sequence of arrays
        RGB photos (H, W, 3), shown as they are, and maps (H, W), dark where they are low.
    titles : sequence of str
    label : str
        What the numbers are, with their unit: for the colour bar.
    low, high : float
        Ends of the scale; `high` is by default the largest number in the maps.
    side : float
        Height of a panel in inches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, (row,) = axes(1, len(panels), side * len(panels) + 0.7, side + 0.2, squeeze=False)
    high = high or max(np.max(panel) for panel in panels if np.ndim(panel) == 2)
    for axis, panel, title in zip(row, panels, titles, strict=True):
        image = axis.imshow(panel, cmap="magma", vmin=low, vmax=high, interpolation="antialiased")
        axis.set(xticks=[], yticks=[], frame_on=False, title=title)
    figure.colorbar(image, ax=list(row), label=label, shrink=0.9)
    return figure


def channels(rgb) -> plt.Figure:
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
    lab = to_lab(rgb)
    shown = [rgb, np.clip(lab[..., 0] / 100, 0, 1)]
    for channel in (1, 2):
        alone = np.zeros_like(lab)
        alone[..., 0], alone[..., channel] = 65, lab[..., channel]
        shown.append(to_rgb(alone, alone[..., 1:]))
    shown[1] = np.repeat(np.round(255 * shown[1]).astype("uint8")[..., None], 3, axis=-1)
    titles = ("the photo", "L: lightness", "a: green to red", "b: blue to yellow")
    return photo_grid([shown], titles, side=2.1)


def block(axis: plt.Axes, corner: tuple, size: tuple, places: int, color: str, label: str = ""):
    """Draw a feature volume as a box in parallel projection.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
        Gets the same scale in both directions.
    corner : (float, float)
        Lower left corner of the front.
    size : (float, float, float)
        Length (to the right, for the channels), height, and depth (to the back).
    places : int
        The end of the box is divided into so many places in height and depth.
    color : str
    label : str
        Written below. Chapter: 04_network.
    """
    (x, y), (length, height, depth) = corner, size
    back = np.array([0.4, 0.4]) * depth
    front = np.array([(x, y), (x + length, y), (x + length, y + height), (x, y + height)])
    top = np.array([front[3], front[2], front[2] + back, front[3] + back])
    end = np.array([front[1], front[1] + back, front[2] + back, front[2]])
    for face, strength in ((front, 0.75), (top, 0.45), (end, 0.6)):
        tint = 1 - strength * (1 - np.array(colors.to_rgb(color)))
        axis.add_patch(plt.Polygon(face, facecolor=tint, edgecolor="w"))
    thin = {"color": "w", "linewidth": 0.6, "zorder": 1}  # as the faces: what comes later covers it
    for share in np.linspace(0, 1, places + 1):
        axis.plot(*np.transpose([end[0], end[1]] + share * (end[3] - end[0])), **thin)
        axis.plot(*np.transpose([end[0], end[3]] + share * back), **thin)
    axis.text(x + length / 2, y - 0.12, label, ha="center", va="top")
    axis.set(aspect="equal")


def frame(axis: plt.Axes, first, last, color: str, fill: bool = False):
    """Frame a rectangle of pixels in a picture that `axis` shows.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    first, last : (int, int)
        Row and column of two opposite corners, both within the frame.
    color : str
    fill : bool
        Shade the rectangle in place of framing it. Chapter: 04_network.
    """
    (top, left), (bottom, right) = first, last
    look = {"alpha": 0.35, "linewidth": 0} if fill else {"fill": False, "linewidth": 1.5}
    size = right - left + 1, bottom - top + 1
    axis.add_patch(plt.Rectangle((left - 0.5, top - 0.5), *size, color=color, **look))


def learning_curves(run_folder: str | os.PathLike, true_chroma: float | None = None) -> plt.Figure:
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
    figure, (loss, chroma) = axes(1, 2)
    for prefix, label, color in (("", "training photos", BLUE), ("val_", "new photos", ORANGE)):
        style = "-" if prefix else "--"
        loss.plot(curves["epoch"], curves[f"{prefix}loss"], style, color=color, label=label)
        chroma.plot(curves["epoch"], curves[f"{prefix}chroma"], style, color=color, label=label)
    if true_chroma is not None:
        chroma.axhline(true_chroma, color="0.6", linestyle=":", label="true photos")
    loss.set(xlabel="epoch", ylabel="loss", title="How wrong")
    chroma.set(xlabel="epoch", ylabel="mean chroma (Lab units)", title="How colourful")
    chroma.set_ylim(0)
    loss.legend()
    chroma.legend()
    return figure


def read_samples(run_folder: str | os.PathLike) -> tuple[list[int], list]:
    """All sample sheets of a run, cut into photos.

    Parameters
    ----------
    run_folder : path-like
        A run's folder with its `samples/`, or a published one: there all sheets are one picture,
        `scrubber.jpg`, and `scrubber.json` says of which epochs.

    Returns
    -------
    epochs : list of int
        After which epochs the sheets were drawn.
    rows : list of list of uint8 arrays (S, S, 3)
        The photos in grey, as they were after each of `epochs`, and in their true colours.
        Chapter: 05_training.
    """
    run_folder = Path(run_folder)
    if (run_folder / "scrubber.json").exists():
        epochs = json.loads((run_folder / "scrubber.json").read_text())["sheets"]
        return epochs, _cut(run_folder / "scrubber.jpg", len(epochs) + 2)
    sheets = sorted((run_folder / "samples").glob("epoch-*.png"))
    if not sheets:
        raise UserError(f"{run_folder}: holds no sample photos; name the folder of a run")
    cut = [_cut(sheet, 3) for sheet in sheets]
    epochs = [int(sheet.stem.split("-")[1]) for sheet in sheets]
    return epochs, [cut[0][0], *(rows[1] for rows in cut), cut[-1][2]]


def sample_rows(run_folder: str | os.PathLike, most: int = 7) -> tuple[list, list[str]]:
    """A handful of the rows of `read_samples`, with labels, for `photo_grid`.

    Parameters
    ----------
    run_folder : path-like
    most : int
        How many epochs are chosen, each about the same number of times the one before.

    Returns
    -------
    rows : list of list of uint8 arrays (S, S, 3)
    labels : list of str
        Chapter: 05_training.
    """
    epochs, (grey, *colored, true) = read_samples(run_folder)
    wanted = np.geomspace(epochs[0], epochs[-1], most)
    chosen = np.unique(np.abs(np.log(wanted[:, None] / epochs)).argmin(axis=1))  # nearest sheets
    labels = [f"epoch {epochs[place]}" for place in chosen]
    return [grey, *(colored[place] for place in chosen), true], ["grey", *labels, "true"]


def _cut(file, rows):
    """A picture of so many rows of square photos -> rows[row][photo]."""
    bands = np.split(np.asarray(Image.open(file)), rows)
    return [np.split(band, band.shape[1] // band.shape[0], axis=1) for band in bands]
