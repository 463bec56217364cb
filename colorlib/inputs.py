"""What a network may be told beside lightness, and how it comes by it.

One row of `INPUTS` each, and up to three ways in: *stored*, computed once for a whole set and kept
beside it; *drawn* anew inside each training step; *asked* for when a photo is colourized.

Chapters: 03_features and those beyond the paper.
"""

import contextlib
import functools
import math
import numbers
import re
import reprlib
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from colorlib import bins, embeddings, extractors, lab, photoset
from colorlib.augment import TRANSFORMS
from colorlib.efficientnet_lite import CLASSES
from colorlib.files import UserError
from colorlib.images import pixels, resized


class Input(NamedTuple):
    """One row of the table. A value is an array, or a list of them such as feature maps.

    Attributes
    ----------
    asked : callable
        (photos, card, given) -> array (B, ...): for uint8 photos (B, H, W, 3) that a network with
        this card shall colourize; `given` is what the caller has to say, or None.
    stored : callable, optional
        (photo_set, recipe) -> for each orientation of the recipe a value (N, ...) on disk; or None
        if the recipe varies photos in ways for which nothing can be stored.
    varied : callable, optional
        (values, recipe, seed) -> values: what training changes about stored ones in each step.
    drawn : callable, optional
        (lab, recipe, seed) -> value (B, ...): made from the batch's photos in Lab,
        (B, S, S, 3), where nothing is stored. The seed is a generator while learning, and one
        number while measuring, so that every epoch is measured with the same.
    looked_at : callable, optional
        (photo_set, recipe) -> the side in pixels at which an extractor sees the photos of a set.
    """

    asked: Callable
    stored: Callable | None = None
    varied: Callable | None = None
    drawn: Callable | None = None
    looked_at: Callable | None = None


def stored_class_scores(photo_set: photoset.PhotoSet, recipe) -> list:
    """What the recipe's extractor says of the set's photos, in each orientation."""
    return embeddings.embed_in_files(photo_set, recipe.extractor, TRANSFORMS[: recipe.transforms])


def hide_some(scores, recipe, seed: int | keras.random.SeedGenerator):
    """Hide a share of the class scores, so that no photo can be known by them."""
    if not recipe.score_dropout:
        return scores
    return keras.random.dropout(ops.cast(scores, "float32"), recipe.score_dropout, seed=seed)


def class_scores_of(photos, card: dict, given=None):
    """The logits of a trained network's own extractor, which sees photos as large as then.

    Raises
    ------
    UserError
        If the extractor's weights are not those of the training, or what is given are no scores.
    """
    if given is not None:
        with contextlib.suppress(ValueError, TypeError):  # of text, or of rows that differ
            scores = np.asarray(given, "float32")
            if scores.shape == (len(photos), CLASSES) and np.isfinite(scores).all():
                return scores
        raise UserError(f"class_scores must be {CLASSES} finite numbers for each photo")
    _check_weights(card)
    seen = shrink(photos, card["extractor_size"])
    return _extractor(card["extractor"], card["extractor_weights"])(seen, training=False)


def stored_features(photo_set: photoset.PhotoSet, recipe) -> list | None:
    """The extractor's feature maps, for recipes that only lay photos down in another way."""
    if recipe.shift or recipe.brightness or recipe.zoom:
        _own_eyes(recipe)  # loaded now: inside the compiled step it is too late
        return None
    orientations = TRANSFORMS[: recipe.transforms]
    return embeddings.features_in_files(photo_set, recipe.extractor, recipe.size, orientations)


def drawn_features(colors, recipe, seed: int | keras.random.SeedGenerator) -> list:
    """The same of photos as they are now: dearer, but they may be varied in any way."""
    return _own_eyes(recipe)(colors[..., :1], training=False)


def features_of(photos, card: dict, given=None) -> list:
    """The feature maps of a trained network's own extractor.

    Raises
    ------
    UserError
        If the extractor's weights are not those of the training.
    """
    if given is not None:
        raise UserError("features cannot be given; they are what the extractor sees")
    _check_weights(card)
    lightness = lab.rgb_to_lab(shrink(photos, card["size"]))[..., :1]
    return _features(card["extractor"], card["extractor_weights"])(lightness, training=False)


def _own_eyes(recipe):
    return _features(recipe.extractor, extractors.weights_hash(recipe.extractor))


@functools.lru_cache(maxsize=2)
def _extractor(name, weights):  # other weights of its name are another extractor
    return extractors.load_extractor(name)


@functools.lru_cache(maxsize=2)
def _features(name, weights):
    return extractors.load_features(name)


def _check_weights(card):
    name, trained_with = card["extractor"], card["extractor_weights"]
    if extractors.weights_hash(name) != trained_with:
        raise UserError(
            f"{name}: these weights are not those ({trained_with}) that the colourizer was "
            "trained with; unset COLORLIB_..._WEIGHTS or name the right file there"
        )


POINTS = 64  # points drawn at most; one draw in 5000 would have more
STOP = 1 / 8  # how likely it is, after each point, that no other follows
SIDES = 9  # pixels: the longest side of the square that a point is
EVERYTHING = 1 / 100  # share of the photos whose colours are all told
GIVEN_SIDE = 5  # pixels of a point that somebody gives: the middle of those that are drawn


def drawn_hints(colors, recipe, seed: int | keras.random.SeedGenerator):
    """Some of the true colours, as a person might point at them: squares at random places.

    Parameters
    ----------
    colors : tensor, (B, S, S, 3)
        Photos in Lab.
    recipe : recipes.Recipe
        Not looked at.
    seed : int or keras.random.SeedGenerator
        A number draws the same hints each time.

    Returns
    -------
    float32 tensor, (B, S, S, 3)
        a and b in Lab units, and 1, where they are told; elsewhere zeros.

    Notes
    -----
    The sampler of Zhang et al., "Real-Time User-Guided Image Colorization with Learned Deep
    Priors" (2017), and of their program. The number of points is geometric: none for one photo in
    eight, seven on average. A point is a square of 1 to 9 pixels, near the middle rather than at
    the edge, and tells the mean colour of what it covers. One photo in a hundred is told whole, so
    that the network learns to keep what it is told. Where squares overlap theirs shows the last,
    ours the mean.
    """
    ab = ops.cast(colors[..., 1:], "float32")
    count, (height, width) = ops.shape(ab)[0], ab.shape[1:3]
    # One throw for all, since a fixed seed would give a second throw the same numbers.
    dice = keras.random.uniform((count, 2 + 3 * POINTS), seed=seed)
    number = ops.floor(ops.log(1 - dice[:, :1]) / math.log(1 - STOP))  # (B, 1)
    there = ops.cast(ops.arange(POINTS, dtype="float32") < number, "float32")  # (B, 64)
    die_side, die_row, die_column = ops.split(dice[:, 2:], 3, axis=1)
    side = 1 + ops.floor(SIDES * die_side)  # (B, 64)

    def covered(length, die):
        """1 where a square lies along one side of the photo, (B, 64, length)."""
        room = length - side
        normal = math.sqrt(2) * ops.erfinv(2 * die - 1)
        first = ops.floor(ops.clip((room + 1) / 2 + (room + 1) / 4 * normal, 0, room))[..., None]
        place = ops.arange(length, dtype="float32")
        return ops.cast((place >= first) & (place < first + side[..., None]), "float32")

    rows, columns = covered(height, die_row) * there[..., None], covered(width, die_column)
    within = ops.einsum("bnh,bhwc->bnwc", rows, ab)
    mean = ops.einsum("bnwc,bnw->bnc", within, columns) / ops.square(side)[..., None]
    point = ops.concatenate([mean, ops.ones_like(mean[..., :1])], axis=-1)  # (B, 64, 3)
    drawn = ops.einsum("bnh,bnwc->bhwc", rows, columns[..., None] * point[:, :, None])
    drawn = drawn / ops.maximum(drawn[..., 2:], 1)
    whole = ops.concatenate([ab, ops.ones_like(ab[..., :1])], axis=-1)
    return ops.where(dice[:, 1, None, None, None] < EVERYTHING, whole, drawn)


def hints_of(photos, card: dict, given: list | None = None):
    """What somebody points out in photos, as a network of this card sees them.

    Parameters
    ----------
    photos : uint8 array, (B, H, W, 3)
    card : dict
    given : list, optional
        For each photo a list of hints (x, y, colour): x to the right and y down in the photo's own
        pixels, from 0; colour is (a, b) in Lab units or "#rrggbb". Of two at one place the later
        counts. Default: no hints.

    Returns
    -------
    float32 array, (B, h, w, 3)
        As `drawn_hints`.

    Raises
    ------
    UserError
        If something is no hint or lies outside of the photo.
    """
    count, height, width = photos.shape[:3]
    small_width, small_height = small_size(width, height, card["size"])
    told, reach = np.zeros((count, small_height, small_width, 3), "float32"), GIVEN_SIDE // 2
    for one, hints in zip(told, _one_each("hints", given, [()] * count), strict=True):
        if not isinstance(hints, (list, tuple)):
            raise UserError(f"hints are a list of (x, y, colour), not {reprlib.repr(hints)}")
        for number, hint in enumerate(hints, start=1):
            x, y, ab = _read_hint(number, hint, width, height)
            column = int((int(x) + 0.5) * small_width / width)  # where the pixel's middle lies
            row = int((int(y) + 0.5) * small_height / height)
            places = [slice(max(0, at - reach), at + reach + 1) for at in (row, column)]
            one[*places] = (*ab, 1)
    return told


def _read_hint(number, hint, width, height):
    """x, y and (a, b) of one hint."""
    said = f"hint {number} is {reprlib.repr(hint)}"
    if not (isinstance(hint, (list, tuple)) and len(hint) == 3 and all(map(_real, hint[:2]))):
        raise UserError(f"{said}; a hint is (x, y, colour), such as (120, 80, '#aa3322')")
    x, y, color = hint
    if not (0 <= x < width and 0 <= y < height):
        raise UserError(
            f"{said}, outside of the photo; its {width} x {height} pixels are counted from 0, "
            "x to the right and y down"
        )
    if isinstance(color, str) and re.fullmatch("#[0-9a-fA-F]{6}", color):
        rgb = np.frombuffer(bytes.fromhex(color[1:]), "uint8")
        return x, y, lab.to_lab(rgb[None, None])[0, 0, 1:]
    pair = isinstance(color, (list, tuple, np.ndarray)) and len(color) == 2
    if pair and all(_real(value) and -128 <= value <= 128 for value in color):
        return x, y, color
    raise UserError(
        f"{said}; a colour is '#rrggbb' in hexadecimal digits, or (a, b), each from -128 to 128"
    )


def _real(value):
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def palette(colors):
    """What colours whole photos have: the global hints of Zhang et al. (2017).

    Parameters
    ----------
    colors : tensor, (B, S, S, 3)
        Photos in Lab.

    Returns
    -------
    float32 tensor, (B, 1, 1, 316)
        How common each of the 313 colours is, and 1; the mean saturation as in HSV, and 1. The ones
        say that something is told.
    """
    ab = ops.average_pool(ops.cast(colors[..., 1:], "float32"), 4, 4, data_format="channels_last")
    common = ops.mean(ops.one_hot(bins.nearest(ab), len(bins.centres())), axis=(1, 2))  # (B, 313)
    rgb = lab.lab_to_rgb(colors)
    most, least = ops.max(rgb, axis=-1), ops.min(rgb, axis=-1)
    # Black, which in float32 is hardly 0, has no saturation.
    vivid = ops.mean((most - least) / ops.maximum(most, 1e-3), axis=(1, 2))[:, None]  # (B, 1)
    one = ops.ones_like(vivid)
    return ops.concatenate([common, one, vivid, one], axis=-1)[:, None, None]


def drawn_palette(colors, recipe, seed: int | keras.random.SeedGenerator):
    """The same, but each half is told of every second photo only, and is zeros elsewhere.

    Theirs are told at random, too; how often is inferred.
    """
    dice = keras.random.uniform((ops.shape(colors)[0], 1, 1, 2), seed=seed)
    lengths = np.array([len(bins.centres()) + 1, 2])
    return palette(colors) * ops.repeat(ops.cast(dice < 0.5, "float32"), lengths, axis=-1)


def palette_of(photos, card: dict, given: list | None = None):
    """The palettes that photos shall have: those of others that are given, or zeros for none."""
    if given is None:
        return np.zeros((len(photos), 1, 1, len(bins.centres()) + 3), "float32")
    return palette(_squares("palette", photos, card, given))


def whole_photo_of(photos, card: dict, given: list | None = None):
    """The lightness of whole photos, or of others whose mood their colours shall have.

    Parameters
    ----------
    photos : uint8 array, (B, H, W, 3)
    card : dict
    given : list, optional
        For each photo another one, a PIL image or uint8 array. Default: the photos themselves.

    Returns
    -------
    tensor, (B, S, S, 1)
        Squares of the size with which the network was trained.
    """
    return _squares("whole_photo", photos, card, given)[..., :1]


def _squares(name, photos, card, given):
    """Photos, or those given in their place, in Lab, as large as in training: (B, S, S, 3)."""
    square = (card["size"], card["size"])
    seen = [resized(pixels(one)[None], square) for one in _one_each(name, given, photos)]
    return lab.rgb_to_lab(np.concatenate(seen))


def _one_each(name, given, own):
    """What is given, one for each photo; the photos' own if nothing is."""
    if given is None:
        return own
    if not hasattr(given, "__len__") or len(given) != len(own):
        raise UserError(f"{name}: give a list with one for each of the {len(own)} photos")
    return given


WIDEST = 4  # networks see longer photos squeezed to this ratio of the sides


def shrink(photos, short: int):
    """Photos with a shorter side of `short`, nearly in their shape.

    Parameters
    ----------
    photos : uint8 array, (B, H, W, 3)
    short : int
        If it is a multiple of 64, as networks take them, both sides become such multiples.

    Returns
    -------
    uint8 array, (B, h, w, 3)
    """
    height, width = photos.shape[1:3]
    return resized(photos, small_size(width, height, short))


def small_size(width: int, height: int, short: int) -> tuple[int, int]:
    """Width and height of such photos after `shrink`."""
    step = 1 if short % 64 else 64

    def side(length):
        ratio = min(WIDEST, length / min(width, height))
        return round(short * ratio / step) * step

    return side(width), side(height)


INPUTS = {
    "class_scores": Input(
        class_scores_of,
        stored=stored_class_scores,
        varied=hide_some,
        looked_at=lambda photo_set, recipe: photo_set.photos.shape[1],
    ),
    "features": Input(
        features_of,
        stored=stored_features,
        drawn=drawn_features,
        looked_at=lambda photo_set, recipe: recipe.size,
    ),
    "hints": Input(hints_of, drawn=drawn_hints),
    "palette": Input(palette_of, drawn=drawn_palette),
    "whole_photo": Input(whole_photo_of, drawn=lambda colors, recipe, seed: colors[..., :1]),
}
# As truth for photos that nobody labelled: what a classifier says of them, none of it hidden.
INPUTS["class_labels"] = INPUTS["class_scores"]._replace(varied=None)
