"""Colorful Image Colorization: say how likely each of 313 colours is, and mean the rare ones, too.

Twenty-two convolutions and a transposed one, and no classifier to ask. An eighth of the photo's
side is as small as its maps get; from there on, dilation (a kernel that looks at every second
place) widens its view instead. The answer comes at a quarter of the side. ReLU follows every layer
but the last, BatchNorm each block of the first seven.

    conv1     3x3, 64 twice, the last one of stride 2           side / 2
    conv2     3x3, 128 twice, the last one of stride 2          side / 4
    conv3     3x3, 256 three times, the last one of stride 2    side / 8
    conv4     3x3, 512 three times                              side / 8
    conv5, 6  3x3, 512 three times each, dilation 2             side / 8
    conv7     3x3, 512 three times                              side / 8
    conv8     transposed 4x4, 256, stride 2; 3x3, 256 twice     side / 4
    likely    1x1, 313 logits                                   side / 4

What it is told is L - 50. The truth is shared among the 5 nearest bins (`bins.soft`), and the
cross-entropy of a pixel weighs the more, the rarer the nearest one is (`bins.Rarity`); photos
without colour weigh nothing. The colour it paints is the annealed mean at T = 0.38.

The paper and its authors' program differ: the program shares a colour among 10 bins, counts as
equally common only bins that occur at all, and anneals at T = 0.3837. We follow the paper. The
program multiplies gradients by the weights and reports the plain cross-entropy; a weighted loss has
the same gradients.

Ours are: the truth averaged over 4x4 pixels, where the program takes one of them (which costs
0.7 dB); a start by He's rule, and of the last layer at the likelihoods of a network that does not
look, where theirs depends on data; and the option `width`, for those who have no GPU.

Chapter: 08_many_answers. Source: R. Zhang, P. Isola, A. A. Efros, "Colorful Image Colorization"
(2016), and their published network for Caffe (colorization_train_val_v2).
"""

import dataclasses
import functools

import keras
import numpy as np
from keras import layers, ops

from colorlib import bins, photoset
from colorlib.augment import MIRRORED
from colorlib.designs.unet import SEEN_FOR_PRIOR, TEMPERATURE, small_ab

# Of each block: filters, how many convolutions, the stride of the last one, dilation.
BLOCKS = (
    (64, 2, 2, 1),
    (128, 2, 2, 1),
    (256, 3, 2, 1),
    (512, 3, 1, 1),
    (512, 3, 1, 2),
    (512, 3, 1, 2),
    (512, 3, 1, 1),
)
LAST = 256  # filters of the eighth
NEAR = 5  # bins that share a colour
MIX = 0.5  # the paper's lambda, see `bins.Rebalance`
GREY = 5.0  # Lab units: a photo has no colour if neither a nor b is ever further from 0

RECIPES = {
    # In minutes on two CPU cores.
    "smoke": {"options": {"width": 0.125}},
    "lab": {"options": {"width": 0.25}, "learning_rate": 0.002},
    # Their program's; it decays weights by 0.001 times themselves in the gradient, which Keras'
    # way of decaying does not compare to.
    "full": MIRRORED | {"batch_size": 40, "learning_rate": 3e-5},
}


@dataclasses.dataclass(frozen=True)
class Options:
    """How large it is.

    Attributes
    ----------
    width : float
        Share of the authors' filters that each layer has.
    """

    width: float = 1.0


def build(options: Options = Options()) -> keras.Model:
    """The whole network.

    Parameters
    ----------
    options : Options

    Returns
    -------
    keras.Model
        From `{"lightness": (B, H, W, 1) in 0..100}` to `{"logits": (B, H/4, W/4, 313),
        "rarity": (B, 1, 1, 313)}`, what a bin weighs in the loss, for any H and W that are
        multiples of 8. Its convolutions have 32,230,393 weights at full width.
    """
    convolution = functools.partial(
        layers.Conv2D, padding="same", activation="relu", kernel_initializer="he_normal"
    )
    lightness = keras.Input((None, None, 1), name="lightness")
    x = layers.Rescaling(1.0, offset=-50.0, dtype="float32", name="scaled_l")(lightness)
    for block, (filters, count, stride, dilation) in enumerate(BLOCKS, start=1):
        wide = max(1, round(options.width * filters))
        for number in range(1, count + 1):
            last = stride if number == count else 1
            x = convolution(wide, 3, last, dilation_rate=dilation, name=f"conv{block}_{number}")(x)
        # Theirs has neither scale nor offset.
        x = layers.BatchNormalization(
            momentum=0.9, center=False, scale=False, name=f"conv{block}_norm"
        )(x)
    wide = max(1, round(options.width * LAST))
    x = layers.Conv2DTranspose(
        wide, 4, 2, "same", activation="relu", kernel_initializer="he_normal", name="conv8_1"
    )(x)  # (B, H/4, W/4, 256)
    for number in (2, 3):
        x = convolution(wide, 3, name=f"conv8_{number}")(x)
    # It begins without looking, see `learn_prior`.
    blind = keras.initializers.RandomNormal(stddev=1e-3, seed=0)
    logits = layers.Conv2D(
        len(bins.centres()), 1, kernel_initializer=blind, dtype="float32", name="likely"
    )(x)  # fmt: skip
    answer = {"logits": logits, "rarity": bins.Rarity(MIX, name="rarity")(logits)}
    return keras.Model({"lightness": lightness}, answer, name="zhang2016")


def loss(truth: dict, answer: dict):
    """How unlikely it thought the true colours, in nats; rare ones weigh more, equation (2)."""
    true = small_ab(truth)  # (B, H/4, W/4, 2)
    numbers, shares = bins.soft(true, NEAR)  # (B, H/4, W/4, 5) each
    likely = ops.log_softmax(answer["logits"])
    unlikely = -ops.sum(shares * ops.take_along_axis(likely, numbers, axis=-1), axis=-1)
    weights = ops.take(answer["rarity"][0, 0, 0], numbers[..., 0])  # (B, H/4, W/4)
    colorful = ops.any(ops.abs(true) > GREY, axis=(1, 2, 3), keepdims=True)[..., 0]  # (B, 1, 1)
    return ops.mean(unlikely * weights * ops.cast(colorful, "float32"))


def vivid(answer: dict):
    """Their colour: the annealed mean at T = 0.38."""
    return bins.annealed_mean(answer["logits"], TEMPERATURE)


def mean(answer: dict):
    """The mean of all bins as they are, T = 1: paler."""
    return bins.annealed_mean(answer["logits"], 1.0)


def mode(answer: dict):
    """The likeliest bin at each place: T near 0, strong and torn."""
    return ops.take(bins.centres(), ops.argmax(answer["logits"], axis=-1), axis=0)


def learn_prior(network: keras.Model, photo_set: photoset.PhotoSet):
    """Find out how common each colour is: the mean of the targets over photos to learn from.

    The network begins with the best answer that does not look at the photo, which is p w.
    """
    few = -(-len(photo_set.train) // SEEN_FOR_PRIOR)
    rarity = network.get_layer("rarity")
    seen = (photo_set.photos[row] for row in photo_set.train[::few])
    rarity.prior.assign(bins.prior(seen, NEAR))
    weighed = ops.convert_to_numpy(rarity.prior / rarity.mixed())
    network.get_layer("likely").bias.assign(np.log(weighed / weighed.sum() + 1e-6))
