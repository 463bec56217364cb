"""Using a trained network: a photo of any size in, the same photo in colour out.

The network sees the photo small, because it was trained on small photos, and that is
enough: the eye takes fine detail from lightness alone. So the small ab is enlarged and
joined with the *original* L, and the result is as sharp as the photo was.

Chapter: 00_quickstart.
"""

import numbers
import os
from pathlib import Path

import numpy as np
from keras import Model, ops, tree
from PIL import Image
from scipy import ndimage
from scipy.spatial.distance import cdist

from colorlib import designs, lab, weights
from colorlib.files import UserError
from colorlib.images import as_photo, check_photos, pixels
from colorlib.inputs import INPUTS, shrink

WEIGHTS = Path(__file__).parent / "data" / "weights"
# By name; the first one is the default.
SHIPPED = {
    "unet": WEIGHTS / "unet",
    "unet_hints": WEIGHTS / "unet_hints",
    "paper": WEIGHTS / "colorizer",
}
# For a chapter to take apart and to measure; they colourize, too, but not best.
LESSONS = {name: WEIGHTS / name for name in ("unet_whole", "unet_palette")}
NETWORKS = SHIPPED | LESSONS | {"hints": SHIPPED["unet_hints"]}  # for what it takes
MOST_SATURATED = 100  # beyond, all is at the edge of what can be shown
STRIP = 1_000_000  # pixels converted at a time, so that memory does not grow with the photo


class Colorizer:
    """A trained network, with its design and all that its design needs.

    Attributes
    ----------
    network : keras.Model
        See `designs.Design`.
    card : dict
        What the weights file says of itself: design, extractor, size, how it was trained.
    design : designs.Design
    """

    def __init__(self, network: Model, card: dict):
        self.network, self.card = network, card
        self.design = designs.design_named(card["design"])

    @classmethod
    def load(cls, name: str | os.PathLike | None = None) -> "Colorizer":
        """Load a trained colourizer.

        Parameters
        ----------
        name : str or path-like, optional
            A network that comes with colorlib (a key of `NETWORKS`), a run folder, or weights
            saved with `save`. Default: the first of those that come with colorlib.

        Returns
        -------
        Colorizer

        Raises
        ------
        UserError
            If there are no such weights, or they are damaged or do not fit.
        """
        name = next(iter(SHIPPED.values())) if name is None else name
        # A folder of that name is meant if it holds a run, not if it holds pictures.
        held = any((Path(str(name)) / each).exists() for each in ("model.json", "recipe.json"))
        known = isinstance(name, str) and name in NETWORKS and not held
        network, card = weights.load_network(NETWORKS[name] if known else name)
        looks = any(INPUTS[need].looked_at for need in designs.design_named(card["design"]).needs)
        wanted = ["size", *(["extractor", "extractor_weights", "extractor_size"] if looks else [])]
        if missing := [part for part in wanted if part not in card]:
            raise UserError(f"{name}: its card does not say {', '.join(missing)}; get both anew")
        return cls(network, card)

    def save(self, path: str | os.PathLike, half: bool = False):
        """Write `path`.weights.h5 and `path`.json, in float16 if `half`."""
        card = {name: value for name, value in self.card.items() if name != "sha256"}
        weights.save_network(self.network, path, half=half, **card)

    def inputs(self, photos, before: dict | None = None, **given) -> dict:
        """What the network is told about photos.

        Parameters
        ----------
        photos : uint8 array, (B, H, W, 3)
            RGB, of any size; only their lightness is used.
        before : dict, optional
            What this method said of the same photos: only what is given is asked for anew. So
            other hints do not cost another look of the extractor.
        **given
            Values of the design's needs to use in place of its own, one for each photo, such
            as `class_scores`, (B, 1000) logits.

        Returns
        -------
        dict of str to tensor
            "lightness", (B, h, w, 1) at the network's size, and each of the needs.

        Raises
        ------
        UserError
            If `photos` are no such array, or something is given that this design is not told.
        """
        if not ops.is_tensor(photos):  # a compiled step's have been looked at
            check_photos(photos)
        if strange := set(given) - set(self.design.needs):
            others = [name for name, row in designs.DESIGNS.items() if strange <= {*row.needs}]
            raise UserError(
                f"{', '.join(strange)}: {self.card['design']} is told no such thing"
                + (f"; take a network of the design {' or '.join(others)}" if others else "")
            )
        if before is None:
            before = {"lightness": lab.rgb_to_lab(shrink(photos, self.card["size"]))[..., :1]}
            given = dict.fromkeys(self.design.needs) | given
        told = {name: INPUTS[name].asked(photos, self.card, its) for name, its in given.items()}
        return tree.map_structure(lambda its: ops.convert_to_tensor(its, "float32"), before | told)

    def ab(self, photos, decode: str | None = None, **given):
        """Predict the colour channels of a batch of photos.

        Parameters
        ----------
        photos : uint8 array, (B, H, W, 3)
            RGB, of any size; only their lightness is used.
        decode : str, optional
            One of the design's `decodings`; the first by default.
        **given
            See `inputs`.

        Returns
        -------
        float32 array, (B, H, W, 2)
            a and b in Lab units.

        Raises
        ------
        UserError
            If the design has no such decoding.
        """
        return self.large(photos, *self.small(photos, decode, **given))

    def large(self, photos, ab, lightness):
        """Colours at the size of the photos: (B, H, W, 2), from what `small` gives."""
        planes = self.planes(*map(ops.convert_to_numpy, (ab, lightness)))
        height, width = photos.shape[1:3]
        found = np.empty((len(photos), height, width, 2), "float32")
        for photo, ab, own in zip(photos, found, zip(*planes, strict=True), strict=True):
            for strip in _strips(width, height):
                lightness = ops.convert_to_numpy(lab.rgb_to_lab(photo[strip]))[..., :1]
                ab[strip] = enlarge(own, strip, lightness, height)
        return found

    def decoding(self, name: str | None = None):
        """One of the design's ways to make ab of the network's answer; by default the first.

        Raises
        ------
        UserError
            If the design has no such decoding.
        """
        decodings = self.design.decodings
        if name is not None and name not in decodings:
            raise UserError(
                f"decode is {name!r:.80}; {self.card['design']} can be decoded by "
                f"{', '.join(decodings)}"
            )
        return decodings[name or next(iter(decodings))]

    def small(self, photos, decode: str | None = None, **given):
        """Predict ab at the size at which the network answers, and L at that size.

        Parameters
        ----------
        photos : uint8 array or tensor, (B, H, W, 3)
            RGB, of any size; a tensor must have the network's size.
        decode, **given
            See `ab`.

        Returns
        -------
        ab : float32 tensor, (B, h, w, 2)
        lightness : float32 tensor, (B, h, w, 1)
        """
        told = self.inputs(photos, **given)
        return self.decoded(told, self.network(told, training=False), decode)

    def decoded(self, told: dict, answer, decode: str | None = None):
        """ab and L as `small` gives them, of what a network was told and what it answered.

        For whoever wants to look at the answer itself, too.
        """
        ab = self.decoding(decode)(answer)
        small = ops.image.resize(told["lightness"], ab.shape[1:3], "bilinear", antialias=True)
        return (spread(ab, small, told["hints"]) if self.design.spreads_hints else ab), small

    def planes(self, ab, lightness) -> tuple:
        """What `enlarge` makes colours of: slopes and offsets along L, or ab alone.

        Parameters
        ----------
        ab, lightness : float32 arrays, (B, h, w, 2) and (B, h, w, 1)
            See `small`.

        Returns
        -------
        tuple of float32 arrays, (B, h, w, 2)
        """
        return guided(ab, lightness) if self.design.follows_edges else (ab,)

    def colorize(self, photo, saturation=1.0, decode: str | None = None, hints=None, **given):
        """Colourize one photo of any size.

        Parameters
        ----------
        photo : uint8 array (H, W, 3) or PIL image
            Grey or in colour: its own colours are not looked at.
        saturation : float
            Factor for the predicted a and b; 0 is grey.
        decode : str, optional
            See `ab`.
        hints : list of (x, y, colour), optional
            What somebody knows of the colours, for networks that are told hints: x to the right
            and y down, from 0, in the pixels of the photo as one sees it (upright); colour is
            (a, b) in Lab units or "#rrggbb", of which the lightness does not count. None and []
            are no hints.
        **given
            See `inputs`, for this one photo.

        Returns
        -------
        uint8 array (H, W, 3) or PIL image, as `photo`
            The lightness L is that of `photo`. An image is read as `read_photo` reads a file:
            upright, in sRGB; its transparency is kept, and its date, author and copyright. Where
            sRGB cannot show a colour at that lightness, its chroma is lowered.

        Raises
        ------
        UserError
            If `photo` is neither or has no pixels, `saturation` is no number from 0 to 100, a hint
            lies outside of the photo or has no colour, or the network is told no hints.

        Examples
        --------
        >>> photo = np.full((80, 120, 3), 128, "uint8")
        >>> Colorizer.load().colorize(photo).shape
        (80, 120, 3)
        """
        if not (isinstance(saturation, numbers.Real) and 0 <= saturation <= MOST_SATURATED):
            raise UserError(
                f"saturation is {saturation!r:.80}; it must be a number from 0 to "
                f"{MOST_SATURATED}, such as 1.2"
            )
        if hints is not None and not (isinstance(hints, (list, tuple)) and not hints):
            given["hints"] = hints
        if isinstance(photo, Image.Image):
            whole = as_photo(photo)
            rgb = np.asarray(whole.convert("RGB"))
            colored = Image.fromarray(self.colorize(rgb, saturation, decode, **given))
            if whole.mode == "RGBA":
                colored.putalpha(whole.getchannel("A"))
            colored.info = whole.info
            return colored
        photo = pixels(photo)
        height, width = photo.shape[:2]
        given = {name: [value] for name, value in given.items()}
        small = map(ops.convert_to_numpy, self.small(photo[None], decode, **given))
        planes = [plane[0] for plane in self.planes(*small)]
        colored = np.empty_like(photo)
        for strip in _strips(width, height):
            lightness = ops.convert_to_numpy(lab.rgb_to_lab(photo[strip]))[..., :1]
            ab = enlarge(planes, strip, lightness, height)
            shown = lab.fit_gamut(np.concatenate([lightness, float(saturation) * ab], axis=-1))
            colored[strip] = np.round(255 * ops.convert_to_numpy(lab.lab_to_rgb(shown)))
        return colored


def spread(ab, lightness, hints, near=0.3, light=15.0, tint=6.0, doubt=0.05):
    """Keep to hints: what a network's colours miss there is added, there and at like places.

    The nearer two places are, and the more alike in lightness (as in Levin, Lischinski and Weiss,
    "Colorization using Optimization", 2004) and in what the network paints them, the more one
    hears of the other. The sums are those of Gaussian process regression (Rasmussen and Williams,
    2006), also known as kriging, with an exponential kernel: hints that stand close together share
    what they have to say.

    Parameters
    ----------
    ab, lightness : float32 tensors, (B, h, w, 2) and (B, h, w, 1)
        See `Colorizer.small`.
    hints : float32 tensor, (B, H, W, 3)
        See `inputs.hints_of`; H and W are multiples of h and w.
    near, light, tint : float
        How far apart two places may be, as a share of the shorter side, their L, and their a or b,
        in Lab units, until they hear 1/e of each other.
    doubt : float
        Of a hint, against what is to be known: 0 would copy it.

    Returns
    -------
    float32 tensor, (B, h, w, 2)
        Where nothing is told, `ab` as it was.
    """
    height, width = ab.shape[1:3]
    stride = hints.shape[1] // height
    pooled = ops.average_pool(hints, stride, stride, data_format="channels_last")
    where = np.mgrid[:height, :width] / (near * min(height, width))
    found = np.array(ops.convert_to_numpy(ab))
    for own, grey, told in zip(found, *map(ops.convert_to_numpy, (lightness, pooled)), strict=True):
        there = told[..., 2] > 0  # (h, w)
        missed = told[there][:, :2] / told[there][:, 2:] - own[there]  # (n, 2)
        places = np.concatenate([np.moveaxis(where, 0, -1), grey / light, own / tint], axis=-1)
        hears = np.exp(-cdist(places.reshape(-1, 5), places[there]))  # (h * w, n)
        between = hears[there.ravel()] + doubt * np.eye(len(missed))
        own += (hears @ np.linalg.solve(between, missed)).reshape(own.shape)
    return ops.convert_to_tensor(found)


def guided(ab, lightness, reach: int = 1, flat: float = 10.0):
    """How ab goes with lightness around each place: ab = slope * L + offset.

    Enlarged, slopes and offsets give the large L its colours back with edges where L has its own:
    the guided filter of He, Sun and Tang (2013), with its numbers found on the small photo ("Fast
    Guided Filter", He and Sun, 2015).

    Parameters
    ----------
    ab : float32 array, (B, h, w, 2)
    lightness : float32 array, (B, h, w, 1)
        L in 0..100.
    reach : int
        How many pixels to each side are looked at.
    flat : float
        Standard deviation of L, in its units, below which a place counts as flat: L's texture is
        then no sign of other colours.

    Returns
    -------
    slope, offset : float32 arrays, (B, h, w, 2)
    """

    def around(values):
        return ndimage.uniform_filter(values, (0, 2 * reach + 1, 2 * reach + 1, 0), mode="nearest")

    mean_ab, mean_l = around(ab), around(lightness)
    together = around(lightness * ab) - mean_l * mean_ab
    slope = together / (around(lightness**2) - mean_l**2 + flat**2)
    return around(slope), around(mean_ab - slope * mean_l)


def _strips(width, height):
    """Bands of a photo of at most `STRIP` pixels, so that memory does not grow with it."""
    rows = max(1, STRIP // width)
    return [slice(top, min(top + rows, height)) for top in range(0, height, rows)]


def enlarge(planes, strip: slice, lightness, height: int):
    """The colours of a band of a photo's rows.

    Parameters
    ----------
    planes : sequence of float32 arrays, (h, w, 2)
        One photo's, see `Colorizer.planes`.
    strip : slice
        The rows, of `height` that the photo has.
    lightness : float32 array, (rows, W, 1)
        Their L in 0..100.
    height : int

    Returns
    -------
    float32 array, (rows, W, 2)
        a and b in Lab units.
    """
    size = lightness.shape[1::-1]
    small_height, small_width = planes[0].shape[:2]
    box = (0, strip.start * small_height / height, small_width, strip.stop * small_height / height)
    large = np.empty((len(planes), *lightness.shape[:2], 2), "float32")
    for plane, into in zip(planes, large, strict=True):
        for channel in range(2):  # Pillow resizes one float channel (mode F) at a time
            image = Image.fromarray(np.ascontiguousarray(plane[..., channel], "float32"))
            into[..., channel] = image.resize(size, Image.BICUBIC, box)
    return large[0] if len(large) == 1 else large[0] * lightness + large[1]
