"""What a network may be told beside lightness, and how it comes by it.

One row of `INPUTS` each, and up to three ways in: *stored*, computed once for a whole set and kept
beside it; *drawn* anew inside each training step; *asked* for when a photo is colourized.

Chapters: 03_features and those beyond the paper.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
from keras import ops
from PIL import Image

from colorlib import embeddings, extractors
from colorlib.augment import TRANSFORMS
from colorlib.files import UserError


class Input(NamedTuple):
    """One row of the table. Of `stored` and `drawn` a row has one.

    Attributes
    ----------
    asked : callable
        (photos, card, given) -> array (B, ...): for uint8 photos (B, H, W, 3) that a network with
        this card shall colourize; `given` is what the caller has to say, or None.
    stored : callable, optional
        (photo_set, recipe) -> for each orientation of the recipe an array (N, ...) on disk.
    varied : callable, optional
        (values, recipe, seed) -> values: what training changes about stored ones in each step.
    drawn : callable, optional
        (lab, seed) -> tensor (B, ...): made from the batch's photos in Lab, (B, S, S, 3).
    """

    asked: Callable
    stored: Callable | None = None
    varied: Callable | None = None
    drawn: Callable | None = None


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
        If the extractor's weights are not those of the training.
    """
    if given is not None:
        return np.asarray(given)
    seen = shrink(photos, card["extractor_size"])
    return _extractor(card["extractor"], card["extractor_weights"])(seen, training=False)


@functools.lru_cache(maxsize=2)
def _extractor(name, trained_with):
    if extractors.weights_hash(name) != trained_with:
        raise UserError(
            f"{name}: these weights are not those ({trained_with}) that the colourizer was "
            "trained with; unset COLORLIB_..._WEIGHTS or name the right file there"
        )
    return extractors.load_extractor(name)


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

    size = side(width), side(height)
    return np.stack([Image.fromarray(photo).resize(size, Image.LANCZOS) for photo in photos])


INPUTS = {
    "class_scores": Input(class_scores_of, stored=stored_class_scores, varied=hide_some),
}
