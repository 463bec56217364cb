"""A whole new colourizer: told a photo's brightness, it says how likely each of five colours is.

Whoever imports this adds one row to each of two tables, and nothing else knows of it.
"""

import keras
import numpy as np
from keras import layers, ops

from colorlib.designs import DESIGNS, Design
from colorlib.inputs import INPUTS, Input
from colorlib.lab import to_lab

COLORS = np.array([[0, 0], [0, 50], [-30, 30], [0, -40], [40, 30]], "float32")  # (5, 2)


def build(options):
    photo, mood = keras.Input((None, None, 1), name="lightness"), keras.Input((1,), name="mood")
    x = layers.Rescaling(1 / 50, -1)(photo)
    x = layers.Conv2D(8, 3, strides=4, padding="same", activation="relu", name="look")(x)
    x = x + layers.Reshape((1, 1, 8))(layers.Dense(8, name="feel")(mood))
    return keras.Model({"lightness": photo, "mood": mood}, layers.Conv2D(5, 1, name="choose")(x))


def nearest_color(truth, logits):
    small = ops.average_pool(truth["ab"], 4, 4, data_format="channels_last")  # (B, h, w, 2)
    nearest = ops.argmin(ops.sum((small[..., None, :] - COLORS) ** 2, axis=-1), axis=-1)
    return ops.mean(ops.sparse_categorical_crossentropy(nearest, logits, from_logits=True))


def mean_lightness(photos, card, given=None):
    own = to_lab(photos)[..., :1].mean(axis=(1, 2)) / 50 - 1  # (B, 1)
    return own if given is None else np.array(given)


DESIGNS["toy"] = Design(
    build,
    nearest_color,
    {
        "mean": lambda logits: ops.softmax(logits) @ COLORS,
        "mode": lambda logits: ops.take(COLORS, ops.argmax(logits, axis=-1), axis=0),
    },
    needs=("mood",),
)
INPUTS["mood"] = Input(
    asked=mean_lightness,
    drawn=lambda lab, recipe, seed: ops.mean(lab[..., :1], axis=(1, 2)) / 50 - 1,
)
