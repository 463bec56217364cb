"""Deep Koalarization, the closest public network, on which the paper builds.

It shrinks the photo only to an eighth, with convolutions of stride 1 between those of stride 2:
eight in the encoder, and the fusion's as the ninth. Its decoder doubles the sides by repeating
pixels, where the paper has transposed convolutions. The class scores are fused as in the paper;
there they are those of Inception-ResNet-v2.

Chapter: 06_evaluation. Source: F. Baldassarre, D. González Morín, L. Rodés-Guirao, "Deep
Koalarization: Image Colorization using CNNs and Inception-ResNet-v2" (2017), Table 1; the 1x1
convolution's 256 filters are those of their program, and so are ab / 127, logits for class scores,
and the start of the fusion's weights.

What differs here: their classifier has 1001 classes, one of them "background", and so their
network 256 parameters more (6,574,050); it sees a photo's luma, letterboxed to 299 pixels, where
ours sees a grey of equal lightness. They trained with photos of 224 pixels and batches of 100.
"""

import dataclasses
import functools

import keras
from keras import layers

from colorlib.designs.paper import fusion
from colorlib.efficientnet_lite import CLASSES

# Filters and stride of each 3x3 convolution of the encoder.
ENCODER = ((64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (512, 1), (256, 1))
FUSION = 256
DECODER = (128, "up", 64, 64, "up", 32)  # filters; then 2 with tanh, and "up"


@dataclasses.dataclass(frozen=True)
class Options:
    """Where their program differs from what the paper of this book does. Defaults are theirs.

    Attributes
    ----------
    ab_divisor : float
        What ab is divided by, so that it fits tanh's [-1, 1]; 128 is that of the paper.
    joint_start : bool
        Whether the fusion's weights begin as those of one 1x1 convolution over features and class
        scores. Its fan-in is that of both, so they begin smaller than those of two layers would.
    """

    ab_divisor: float = 127.0
    joint_start: bool = True


def build(options: Options = Options()) -> keras.Model:
    """The whole network.

    Parameters
    ----------
    options : Options

    Returns
    -------
    keras.Model
        From `{"lightness": (B, H, W, 1) in 0..100, "class_scores": (B, 1000) logits}` to ab
        (B, H, W, 2) in Lab units, for any H and W that are multiples of 8. It has 6,573,794
        parameters.
    """
    lightness = keras.Input((None, None, 1), name="lightness")
    class_scores = keras.Input((CLASSES,), name="class_scores")
    x = layers.Rescaling(1 / 50, offset=-1.0, dtype="float32", name="scaled_l")(lightness)
    for number, (filters, stride) in enumerate(ENCODER, start=1):
        x = layers.Conv2D(
            filters, 3, stride, "same", activation="relu", name=f"encoder_{number}"
        )(x)  # fmt: skip
    start = keras.initializers.GlorotUniform
    if options.joint_start:  # Glorot's range for the layer of both
        limit = (6 / (x.shape[-1] + CLASSES + FUSION)) ** 0.5
        start = functools.partial(keras.initializers.RandomUniform, -limit, limit)
    x = fusion(x, class_scores, filters=FUSION, start=start)  # (B, H/8, W/8, 256)
    for number, filters in enumerate(DECODER, start=1):
        if filters == "up":
            x = layers.UpSampling2D(name=f"decoder_{number}")(x)
        else:
            x = layers.Conv2D(
                filters, 3, padding="same", activation="relu", name=f"decoder_{number}"
            )(x)  # fmt: skip
    x = layers.Conv2D(2, 3, padding="same", name=f"decoder_{len(DECODER) + 1}")(x)
    x = layers.Activation("tanh", dtype="float32", name="squashed_ab")(x)  # (B, H/2, W/2, 2)
    x = layers.Rescaling(options.ab_divisor, dtype="float32", name="small_ab")(x)
    return keras.Model(
        {"lightness": lightness, "class_scores": class_scores},
        layers.UpSampling2D(dtype="float32", name="ab")(x),
        name="baldassarre2017",
    )
