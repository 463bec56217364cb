"""Let there be Color!: the whole photo and each of its places, learned in one.

One branch reads the photo as it is, another a copy of 224x224 pixels of the whole of it, both with
the same first six convolutions. The second ends in 256 numbers that say what place, weather and
hour this is; the fusion joins them to every place of the first, as the paper of this book does with
class scores. Here they are not borrowed but learned, helped by a second task: from the same branch
the network must say what the photo shows. The copy may be another photo's, whose mood the colours
then take on: give `whole_photo` to `Colorizer.colorize`.

    low      64 s2, 128, 128 s2, 256, 256 s2, 512        H/8, and 28 for the copy
    mid      512, 256                                    H/8
    global   512 s2, 512, 512 s2, 512, flat 7x7x512      7
    numbers  dense 1024, 512, 256, from global           1
    classes  from the dense 512: 256, classes            1
    fusion   1x1 of mid and global, 256                  H/8
    colours  128, up, 64, 64, up, 32, 2 sigmoid, up      H

Convolutions are 3x3, "s2" has stride 2, "up" repeats pixels. BatchNorm and ReLU follow each layer
but the last of classes and colours, and the fusion, which has ReLU alone.

Inferred, since the authors' training program is not public: the scale of the squared error (that of
the sigmoid, averaged), and the fusion's ReLU; sources differ. Their network is told the luma Y of
a photo less its mean over a set, and keeps Y; here it is L less 50, and keeps L.

What differs here: they had labels of 205 kinds of places for 2.3 million photos. Photos without
labels have those that a classifier gives them: as truth serves how likely it thinks each of its
1000 classes (`inputs.INPUTS["class_labels"]`). The copy is read by itself also in training, where
theirs shared the first convolutions' result: the same numbers for photos of 224 pixels, at 1.4
times the cost. Adam learns, in place of AdaDelta.

Source: S. Iizuka, E. Simo-Serra, H. Ishikawa, "Let there be Color!: Joint End-to-end Learning of
Global and Local Image Priors for Automatic Image Colorization with Simultaneous Classification"
(2016).
"""

import dataclasses

import keras
from keras import layers, ops

from colorlib.augment import MIRRORED
from colorlib.designs.paper import fusion
from colorlib.efficientnet_lite import CLASSES

# Filters and stride of each 3x3 convolution.
LOW = ((64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1))
MID = ((512, 1), (256, 1))
GLOBAL = ((512, 2), (512, 1), (512, 2), (512, 1))
COPY = 224  # side in pixels of the whole photo's copy
REACH = 100.0  # the sigmoid's 0 and 1 are minus and plus so many Lab units
ALPHA = 1 / 300  # what the classes count beside the colours

RECIPES = {
    # In minutes on two CPU cores.
    "smoke": {"options": {"width": 0.125}},
    "lab": {"options": {"width": 0.25}},
    "full": MIRRORED | {"batch_size": 128},  # the paper's
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
        From `{"lightness": (B, H, W, 1) in 0..100, "whole_photo": the same of any size}` to
        `{"ab": (B, H, W, 2) in Lab units, "class_scores": (B, 1000) logits}`, for any H and W that
        are multiples of 8. Kernels and biases are 42,558,154 parameters, those of BatchNorm 25,984.
    """

    def wide(filters):
        return max(1, round(filters * options.width))

    def convolutions(name, table):
        rows = enumerate(table, start=1)
        steps = [
            _convolution(f"{name}_{number}", wide(filters), s) for number, (filters, s) in rows
        ]
        return [layer for step in steps for layer in step]

    lightness = keras.Input((None, None, 1), name="lightness")
    whole_photo = keras.Input((None, None, 1), name="whole_photo")
    scale = layers.Rescaling(1 / 100, offset=-0.5, dtype="float32", name="scaled_l")
    low = [scale, *convolutions("low", LOW)]  # (B, H/8, W/8, 512)
    places = _through(lightness, [*low, *convolutions("mid", MID)])  # (B, H/8, W/8, 256)

    copy = layers.Resizing(COPY, COPY, dtype="float32", name="copy")(whole_photo)
    x = _through(copy, [*low, *convolutions("global", GLOBAL)])  # (B, 7, 7, 512)
    x = layers.Flatten(name="flat")(x)
    x = _through(x, [*_dense("global_5", wide(1024)), *_dense("global_6", wide(512))])
    whole = _through(x, _dense("global_7", wide(256)))  # (B, 256)
    classes = _through(x, _dense("classes_1", wide(256)))
    classes = layers.Dense(CLASSES, dtype="float32", name="classes_2")(classes)

    x = fusion(places, whole, filters=wide(256))  # (B, H/8, W/8, 256)
    decoder = [
        *_convolution("colors_1", wide(128)), layers.UpSampling2D(name="up_1"),
        *_convolution("colors_2", wide(64)), *_convolution("colors_3", wide(64)),
        layers.UpSampling2D(name="up_2"), *_convolution("colors_4", wide(32)),
        layers.Conv2D(2, 3, padding="same", name="colors_5"),
        layers.Activation("sigmoid", dtype="float32", name="squashed_ab"),  # (B, H/2, W/2, 2)
        layers.Rescaling(2 * REACH, offset=-REACH, dtype="float32", name="small_ab"),
        layers.UpSampling2D(dtype="float32", name="ab"),
    ]  # fmt: skip
    return keras.Model(
        {"lightness": lightness, "whole_photo": whole_photo},
        {"ab": _through(x, decoder), "class_scores": classes},
        name="iizuka2016",
    )


def loss(truth: dict, answer: dict):
    """The squared error of the colours, and alpha times the cross-entropy of the classes.

    The error is that of the sigmoid, whose 0 to 1 are -100 to 100 Lab units, averaged over a and b,
    pixels and photos. The classes' gradient reaches the colours only through what both read.
    """
    error = (ops.cast(truth["ab"], "float32") - answer["ab"]) / (2 * REACH)
    labels = ops.softmax(ops.cast(truth["class_labels"], "float32"))  # (B, 1000)
    wrong = ops.categorical_crossentropy(labels, answer["class_scores"], from_logits=True)
    return ops.mean(error**2) + ALPHA * ops.mean(wrong)


def _convolution(name, filters, stride=1):
    return _normalized(layers.Conv2D(filters, 3, stride, "same", name=name))


def _dense(name, units):
    return _normalized(layers.Dense(units, name=name))


def _normalized(layer):
    norm = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{layer.name}_norm")
    return [layer, norm, layers.ReLU(name=f"{layer.name}_relu")]


def _through(x, some):
    for layer in some:
        x = layer(x)
    return x
