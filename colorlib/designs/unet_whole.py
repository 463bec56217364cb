"""Local and global: what single places show, and what the whole photo is, kept apart.

In `unet` every place of the coarsest maps has seen nearly the whole photo, so nobody can say which
of the two a colour comes from. Here places are known by the finer maps alone, and of the coarsest
the decoder is told their average over the photo: 1280 numbers, the same for every place, joined by
the fusion of the paper. So another photo's average may take their place, and lend its mood.

    local    the maps at strides 16, 8, 4, and lightness
    global   the average of the maps at stride 32               1
    fusion   1x1 of those at 16 and the average, 128            H/16
    colours  128, up, 64, up, 48, 48, 2                         H/4

Convolutions are 3x3 with BatchNorm and ReLU. In training one photo in six goes without its
places and one in six without its average, so that each is worth something alone.

Chapter: 09_whole_photo. The idea is that of S. Iizuka, E. Simo-Serra, H. Ishikawa, "Let there be
Color!" (2016), whose network learns its global features, see `iizuka2016`; these are borrowed.
"""

import dataclasses

import keras
from keras import layers, ops

from colorlib.designs import unet
from colorlib.designs.paper import fusion

ALONE = 1 / 6  # share of the photos that go without their places; and as many without the average

RECIPES = {tier: unet.RECIPES["smoke"] for tier in unet.RECIPES}
RECIPES["lab"] = RECIPES["lab"] | {"size": 192, "epochs": 12}
RECIPES["full"] = RECIPES["full"] | {"size": 192, "epochs": 4}


@dataclasses.dataclass(frozen=True)
class Options:
    """What we chose.

    Attributes
    ----------
    maps : tuple of int
        See `unet.Options`.
    widths : tuple of int
        Filters of the fusion, and of the decoder at the strides 16, 8, 4 and once more 4.
    dropout : tuple of float
        Share of the maps hidden while learning: the average's numbers, those at 16 and at 8.
    """

    maps: tuple = (24, 40, 112, 1280)
    widths: tuple = (128, 128, 64, 48, 48)
    dropout: tuple = (0.5, 0.3, 0.1)


def build(options: Options = Options()) -> keras.Model:
    """The decoder; the extractor is an input's business.

    Parameters
    ----------
    options : Options

    Returns
    -------
    keras.Model
        From `{"lightness": (B, H, W, 1) in 0..100, "features": maps at strides 4, 8, 16, 32}` to
        ab (B, H/4, W/4, 2) in Lab units, for any H and W that are multiples of 32. The maps at
        stride 32 may be another photo's, of another size; the rest must be the photo's own.
    """
    lightness, features = unet.seen(options.maps)
    grey = unet.small_l(lightness)  # (B, H/4, W/4, 1)
    hide_whole, hide_16, hide_8 = options.dropout
    mixed, *widths = options.widths

    whole = layers.GlobalAveragePooling2D(keepdims=True, name="whole")(features[-1])
    quarter, eighth, sixteenth, whole = OneAlone("one_alone")([*features[:-1], whole])
    whole = unet.Hide(hide_whole, name="hide_whole")(whole)
    whole = layers.Flatten(name="whole_photo")(whole)  # (B, 1280)
    sixteenth = unet.Hide(hide_16, name="hide_16")(sixteenth)
    x = fusion(sixteenth, whole, filters=mixed)  # (B, H/16, W/16, 128)
    x = unet.convolved(x, widths[0], "decoder_16")
    eighth = unet.Hide(hide_8, name="hide_8")(eighth)
    skips = {"8": [eighth], "4": [quarter, grey]}
    for (stride, skip), filters in zip(skips.items(), widths[1:], strict=False):
        x = layers.UpSampling2D(interpolation="bilinear", name=f"to_{stride}")(x)
        x = layers.Concatenate(name=f"join_{stride}")([x, *skip])
        x = unet.convolved(x, filters, f"decoder_{stride}")
    x = unet.convolved(x, widths[-1], "decoder_last")  # (B, H/4, W/4, 48)
    told = {"lightness": lightness, "features": features}
    return keras.Model(told, unet.colors(x), name="unet_whole")


class OneAlone(layers.Layer):
    """While learning, hide all maps of some photos' places, and the average of some others.

    Nothing is enlarged for that, as dropout would: at use, nothing at all is told of what is
    missing.
    """

    def __init__(self, name: str):
        super().__init__(name=name)
        self.dice = keras.random.SeedGenerator(name=f"{name}_dice")

    def call(self, maps, training: bool = False):
        if not training:
            return maps
        *local, whole = maps
        die = keras.random.uniform((ops.shape(whole)[0], 1, 1, 1), seed=self.dice)
        placed = [ops.cast(die > ALONE, one.dtype) * one for one in local]
        return [*placed, ops.cast(die < 1 - ALONE, whole.dtype) * whole]
