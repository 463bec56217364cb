"""What a network may be told beside lightness, and how it comes by it.

One row of `INPUTS` each, and up to three ways in: *stored*, computed once for a whole set and kept
beside it; *drawn* anew inside each training step; *asked* for when a photo is colourized.

Chapters: 03_features and those beyond the paper.
"""

import contextlib
import functools
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from colorlib import embeddings, extractors, lab
from colorlib.augment import TRANSFORMS
from colorlib.efficientnet_lite import CLASSES
from colorlib.files import UserError
from colorlib.images import resized


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
        (B, S, S, 3), where nothing is stored.
    looked_at : callable, optional
        (photo_set, recipe) -> the side in pixels at which an extractor sees the photos of a set.
    """

    asked: Callable
    stored: Callable | None = None
    varied: Callable | None = None
    drawn: Callable | None = None
    looked_at: Callable | None = None


def stored_class_scores(photo_set, recipe):
    """What the recipe's extractor says of the set's photos, in each orientation."""
    orientations = TRANSFORMS[: recipe.transforms]
    return embeddings.embed_in_files(photo_set, recipe.extractor, orientations)


def hide_some(scores, recipe, seed):
    """Hide a share of the class scores, so that no photo can be known by them."""
    if not recipe.score_dropout:
        return scores
    return keras.random.dropout(ops.cast(scores, "float32"), recipe.score_dropout, seed=seed)


def class_scores_of(photos, card, given=None):
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
    return _extractor(card["extractor"])(seen, training=False)


def stored_features(photo_set, recipe):
    """The extractor's feature maps, for recipes that only lay photos down in another way."""
    if recipe.shift or recipe.brightness or recipe.zoom:
        _features(recipe.extractor)  # loaded now: inside the compiled step it is too late
        return None
    orientations = TRANSFORMS[: recipe.transforms]
    return embeddings.features_in_files(photo_set, recipe.extractor, recipe.size, orientations)


def drawn_features(colors, recipe, seed):
    """The same of photos as they are now: dearer, but they may be varied in any way."""
    return _features(recipe.extractor)(colors[..., :1], training=False)


def features_of(photos, card, given=None):
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
    return _features(card["extractor"])(lightness, training=False)


@functools.lru_cache(maxsize=2)
def _extractor(name):
    return extractors.load_extractor(name)


@functools.lru_cache(maxsize=2)
def _features(name):
    return extractors.load_features(name)


def _check_weights(card):
    name, trained_with = card["extractor"], card["extractor_weights"]
    if extractors.weights_hash(name) != trained_with:
        raise UserError(
            f"{name}: these weights are not those ({trained_with}) that the colourizer was "
            "trained with; unset COLORLIB_..._WEIGHTS or name the right file there"
        )


WIDEST = 4  # networks see longer photos squeezed to this ratio of the sides


def shrink(photos, short):
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
    step = 1 if short % 64 else 64

    def side(length):
        ratio = min(WIDEST, length / min(width, height))
        return round(short * ratio / step) * step

    return resized(photos, (side(width), side(height)))


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
}
