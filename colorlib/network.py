"""The paper's network: encoder, fusion, decoder.

A photo's lightness shrinks to a small grid of features (encoder); the 1000
class scores of the whole photo are joined to every place of the grid (fusion);
the grid grows back to the photo's size as the two colour channels (decoder).
`DECODER` below is the paper's Table 3. `koalarization` is the network it grew from, for comparison.

Chapter: 04_network. Source: paper, section 3.3.
"""

import dataclasses

import keras
from keras import layers, ops

from colorlib import devices, lab
from colorlib.extractors import CLASSES

# Table 3: filters, kernel size, stride of each transposed convolution.
DECODER = (
    (512, 3, 1),  # 4x4 => 4x4
    (256, 3, 2),  # 4x4 => 8x8
    (256, 3, 2),  # 8x8 => 16x16
    (128, 3, 2),  # 16x16 => 32x32, then BatchNorm
    (128, 3, 2),  # 32x32 => 64x64
    (64, 3, 2),  # 64x64 => 128x128
    (32, 3, 2),  # 128x128 => 256x256
    (2, 1, 1),  # 256x256 => 256x256
)
FUSION_FILTERS = 512

# The network of Baldassarre et al. (2017): filters and stride of each 3x3 convolution of its
# encoder; filters of its decoder, where "up" doubles the sides by repeating pixels.
KOALA_ENCODER = ((64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (512, 1), (256, 1))
KOALA_FUSION = 256
KOALA_DECODER = (128, "up", 64, 64, "up", 32)  # then 2 filters with tanh, and "up"


@dataclasses.dataclass(frozen=True)
class NetworkConfig:
    """What the paper leaves open, one value for each thing. All defaults are inferred.

    Attributes
    ----------
    encoder_filters : tuple of int
        Widths of the six encoder convolutions (the paper's Table 1 is lost). Inferred:
        they mirror the decoder at every resolution, and both BatchNorms then
        see 128 channels at an eighth of the photo's size.
    l_range : {"-1..1", "0..100"}
        Scale of the lightness that enters the network.
    ab_divisor : float
        What ab is divided by, so that it fits tanh's [-1, 1].
    class_scores : {"logits", "softmax", "none"}
        The paper says both "just before the softmax" and "probabilistic measure". "none"
        keeps them from the network, to find out what they are worth (06_evaluation).
    norm_after_relu : bool
        Whether BatchNorm comes after the ReLU of its layer, as the paper's tables
        suggest by giving it a row of its own, or before.
    norm_momentum : float
        How slowly BatchNorm's running averages follow. Keras' 0.99 needs several
        hundred steps to forget its start, more than a short run has.
    design : {"paper", "koalarization"}
        Which network: the paper's, or `koalarization`, to which the filters and the values about
        BatchNorm mean nothing.
    """

    encoder_filters: tuple = (64, 128, 128, 256, 256, 512)
    l_range: str = "-1..1"
    ab_divisor: float = 128.0
    class_scores: str = "logits"
    norm_after_relu: bool = True
    norm_momentum: float = 0.9
    design: str = "paper"


def encoder(lightness, config=NetworkConfig(), dtype=None):
    """Six 3x3 convolutions of stride 2, BatchNorm after the third.

    Parameters
    ----------
    lightness : Keras tensor, (B, H, W, 1)
        H and W are multiples of 64.
    config : NetworkConfig
    dtype : str or keras.DTypePolicy, optional
        Such as "mixed_bfloat16"; default is Keras' own.

    Returns
    -------
    Keras tensor, (B, H/64, W/64, 512)
    """
    x = lightness
    for number, filters in enumerate(config.encoder_filters, start=1):
        convolution = layers.Conv2D(
            filters, 3, strides=2, padding="same", dtype=dtype, name=f"encoder_{number}"
        )
        x = _activate(convolution(x), number == 3, f"encoder_{number}", config, dtype)
    return x


def fusion(features, class_scores, dtype=None, filters=FUSION_FILTERS):
    """Tell every place of the feature grid what the whole photo shows.

    The paper copies the 1000 scores to every place, concatenates them to the 512
    features and applies a 1x1 convolution. A 1x1 convolution is a matrix product at
    each place, and a matrix times a concatenation is the sum of two products; so the
    scores need to be multiplied only once per photo. `fusion_by_concatenation` is
    the same function, word for word as in the paper.

    Parameters
    ----------
    features : Keras tensor, (B, h, w, 512)
    class_scores : Keras tensor, (B, 1000)
    dtype : str or keras.DTypePolicy, optional
    filters : int

    Returns
    -------
    Keras tensor, (B, h, w, 512)
    """
    local = layers.Conv2D(filters, 1, use_bias=False, dtype=dtype, name="fusion_features")(
        features
    )  # (B, h, w, 512)
    whole = layers.Dense(filters, dtype=dtype, name="fusion_scores")(class_scores)
    whole = layers.Reshape((1, 1, filters), dtype=dtype)(whole)  # (B, 1, 1, 512)
    return layers.ReLU(dtype=dtype, name="fusion")(local + whole)


def fusion_by_concatenation(features, class_scores, dtype=None):
    """The fusion as the paper writes it; needs a fixed photo size.

    Parameters and result are those of `fusion`.
    """
    height, width = features.shape[1:3]
    tiled = layers.RepeatVector(height * width, dtype=dtype)(class_scores)
    tiled = layers.Reshape((height, width, CLASSES), dtype=dtype)(tiled)  # (B, h, w, 1000)
    joined = layers.Concatenate(dtype=dtype)([features, tiled])  # (B, h, w, 1512)
    return layers.Conv2D(FUSION_FILTERS, 1, activation="relu", dtype=dtype, name="fusion")(joined)


def decoder(features, config=NetworkConfig(), dtype=None):
    """Eight transposed convolutions back to the photo's size, BatchNorm after the fourth.

    Parameters
    ----------
    features : Keras tensor, (B, h, w, 512)
    config : NetworkConfig
    dtype : str or keras.DTypePolicy, optional

    Returns
    -------
    Keras tensor, (B, 64 h, 64 w, 2)
        a and b divided by `config.ab_divisor`, in [-1, 1].
    """
    x = features
    for number, (filters, kernel, stride) in enumerate(DECODER, start=1):
        convolution = layers.Conv2DTranspose(
            filters, kernel, strides=stride, padding="same", dtype=dtype, name=f"decoder_{number}"
        )
        x = convolution(x)
        if number < len(DECODER):
            x = _activate(x, number == 4, f"decoder_{number}", config, dtype)
    # tanh in float32: half precision would quantize the colours.
    return layers.Activation("tanh", dtype="float32", name="ab")(x)


def koalarization(lightness, class_scores, dtype=None):
    """The closest public network: Deep Koalarization, on which the paper builds.

    It shrinks the photo only to an eighth, with convolutions of stride 1 between those of
    stride 2: eight in the encoder, and the fusion's as the ninth. Its decoder doubles the sides
    by repeating pixels, where the paper has transposed convolutions. The scores are fused as in
    the paper; there they are those of Inception-ResNet-v2.

    Parameters
    ----------
    lightness : Keras tensor, (B, H, W, 1)
    class_scores : Keras tensor, (B, 1000)
    dtype : str or keras.DTypePolicy, optional

    Returns
    -------
    Keras tensor, (B, H, W, 2)
        a and b divided by `config.ab_divisor`, in [-1, 1].

    Notes
    -----
    F. Baldassarre, D. González Morín, L. Rodés-Guirao, "Deep Koalarization: Image Colorization
    using CNNs and Inception-ResNet-v2" (2017), Table 1; the 1x1 convolution's 256 filters are
    those of their program. Chapter: 06_evaluation.
    """
    x = lightness
    for filters, stride in KOALA_ENCODER:
        x = layers.Conv2D(filters, 3, stride, "same", activation="relu", dtype=dtype)(x)
    x = fusion(x, class_scores, dtype, KOALA_FUSION)  # (B, H/8, W/8, 256)
    for filters in KOALA_DECODER:
        if filters == "up":
            x = layers.UpSampling2D(dtype=dtype)(x)
        else:
            x = layers.Conv2D(filters, 3, padding="same", activation="relu", dtype=dtype)(x)
    x = layers.Conv2D(2, 3, padding="same", dtype=dtype)(x)  # (B, H/2, W/2, 2)
    x = layers.Activation("tanh", dtype="float32")(x)
    return layers.UpSampling2D(dtype="float32", name="ab")(x)


def colorizer(config=NetworkConfig(), dtype=None):
    """The whole network.

    Parameters
    ----------
    config : NetworkConfig
    dtype : str or keras.DTypePolicy, optional
        Precision of the layers; the weights stay float32 under a mixed policy.

    Returns
    -------
    keras.Model
        From `{"lightness": (B, H, W, 1), "class_scores": (B, 1000)}` to
        ab (B, H, W, 2) in [-1, 1], for any H and W that are multiples of 64.
        It has 7,727,906 parameters with the default configuration.
    """
    lightness = keras.Input((None, None, 1), name="lightness")
    class_scores = keras.Input((CLASSES,), name="class_scores")
    if config.design == "koalarization":
        ab = koalarization(lightness, class_scores, dtype)  # (B, H, W, 2)
    else:
        features = encoder(lightness, config, dtype)  # (B, H/64, W/64, 512)
        fused = fusion(features, class_scores, dtype)  # (B, H/64, W/64, 512)
        ab = decoder(fused, config, dtype)  # (B, H, W, 2)
    inputs = {"lightness": lightness, "class_scores": class_scores}
    return keras.Model(inputs, ab, name="colorizer")


def scale_inputs(lightness, logits, config):
    """Bring L and the classifier's logits into the form the network was configured for.

    Parameters
    ----------
    lightness : tensor, (B, H, W, 1)
        L in 0..100.
    logits : tensor, (B, 1000)
        Class scores before the softmax.
    config : NetworkConfig

    Returns
    -------
    dict
        The inputs of `colorizer(config)`.
    """
    logits = ops.cast(logits, "float32")
    ways = {"logits": lambda x: x, "softmax": ops.softmax, "none": ops.zeros_like}
    return {
        "lightness": lab.scale_l(lightness) if config.l_range == "-1..1" else lightness,
        "class_scores": ways[config.class_scores](logits),
    }


def _activate(x, normalize, name, config, dtype):
    relu = layers.ReLU(dtype=dtype, name=f"{name}_relu")
    if not normalize:
        return relu(x)
    norm = layers.BatchNormalization(
        momentum=config.norm_momentum,
        synchronized=devices.copies() > 1,  # else each would see the mean of its own photos
        dtype=dtype,
        name=f"{name}_norm",
    )
    return norm(relu(x)) if config.norm_after_relu else relu(norm(x))
