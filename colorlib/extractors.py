"""What a classifier knows about a grey photo: 1000 numbers, one for each ImageNet class.

A colourizer must know what it looks at before it can choose colours: a meadow is green,
a street is not. The paper borrows that knowledge from VGG16, a network that has already
learned to name what is in a photo. We call such a network an *extractor* and its 1000
class scores, before the softmax, the photo's *embedding*.

`EXTRACTORS` is the table of networks to choose from; `embeddings` asks one of them about a whole
photo set.

Chapter: 03_features. Source: paper, sections 3.2 ("Classification End") and 3.3.
"""

import dataclasses
import functools
import os
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from keras import ops

from colorlib.efficientnet_lite import efficientnet_lite, lite_maps
from colorlib.files import UserError, hash_of, read_json, said
from colorlib.lab import lab_to_rgb, rgb_to_lab

SHIPPED = Path(__file__).parent / "data" / "extractors"
KERAS_FILES = "https://storage.googleapis.com/tensorflow/keras-applications/"


# --- what each network wants its pixels to be; all take RGB in 0..255 ---


def caffe(photos):
    """Blue, green, red, each minus its mean over ImageNet: VGG and ResNet."""
    return ops.flip(photos, axis=-1) - ops.array([103.939, 116.779, 123.68], "float32")


def unit(photos):
    """-1..1: Inception, Xception and MobileNet."""
    return photos / 127.5 - 1


def lite(photos):
    """-0.99..1: EfficientNet-Lite."""
    return (photos - 127) / 128


# --- what a network sees on its way to the class scores ---

STRIDES = 4, 8, 16, 32  # of a photo's pixels, for one of a feature map


def lite_features(photos, width: float = 1.0, depth: float = 1.0) -> list:
    """What EfficientNet-Lite sees: of Lite0 24, 40, 112 and 1280 maps."""
    _, quarter, eighth, _, sixteenth, _, _, last = lite_maps(photos, width, depth)
    return [quarter, eighth, sixteenth, last]


def vgg_features(photos) -> list:
    """What VGG16 sees: 256, 512, 512 and 512 maps."""
    network = keras.applications.VGG16(include_top=False, weights=None, input_tensor=photos)
    names = "block3_conv3", "block4_conv3", "block5_conv3", "block5_pool"
    return [network.get_layer(name).output for name in names]


# --- the table ---


@dataclasses.dataclass(frozen=True)
class Extractor:
    """One row of the table.

    Attributes
    ----------
    name : str
    size : int
        Side of the square photo that the network looks at, in pixels.
    preprocess : callable
        RGB in 0..255 -> what the network was trained on, (B, size, size, 3).
    build : callable
        Makes the network without weights; it ends in logits (B, 1000).
    parameters : int
        Number of weights, BatchNorm's running averages included.
    top1 : float
        Share of ImageNet's validation photos, in colour, that it names rightly, as published
        by keras.io and the authors of EfficientNet-Lite.
    file : str, optional
        Weights on Keras' file server. Without it they are a file made by
        `tools/convert_efficientnet_lite.py`.
    md5 : str, optional
        Of that file, where Keras states it.
    maps : callable, optional
        Preprocessed photos of any size, a Keras tensor -> four Keras tensors, the feature maps
        that the network computes on its way, at the strides `STRIDES`.
    """

    name: str
    size: int
    preprocess: Callable
    build: Callable
    parameters: int
    top1: float
    file: str | None = None
    md5: str | None = None
    maps: Callable | None = None


def _logits(network):
    return functools.partial(network, weights=None, classifier_activation=None)


_nets = keras.applications
_TABLE = (
    # The seven that the paper chose from; it took the first.
    Extractor(
        "vgg16", 224, caffe, _logits(_nets.VGG16), 138_357_544, 0.713,
        "vgg16/vgg16_weights_tf_dim_ordering_tf_kernels.h5",
        "64373286793e3c8b2b4e3219cbf3544b",
        maps=vgg_features,
    ),
    Extractor(
        "xception", 299, unit, _logits(_nets.Xception), 22_910_480, 0.790,
        "xception/xception_weights_tf_dim_ordering_tf_kernels.h5",
        "0a58e3b7378bc2990ea3b43d5981f1f6",
    ),
    Extractor(
        "vgg19", 224, caffe, _logits(_nets.VGG19), 143_667_240, 0.713,
        "vgg19/vgg19_weights_tf_dim_ordering_tf_kernels.h5",
        "cbe5617147190e668d6c5d5026f83318",
    ),
    Extractor(
        "resnet50", 224, caffe, _logits(_nets.ResNet50), 25_636_712, 0.749,
        "resnet/resnet50_weights_tf_dim_ordering_tf_kernels.h5",
        "2cb95161c43110f7111970584f804107",
    ),
    Extractor(
        "inception_v3", 299, unit, _logits(_nets.InceptionV3), 23_851_784, 0.779,
        "inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels.h5",
        "9a0d58056eeedaa3f26cb7ebd46da564",
    ),
    Extractor(
        "inception_resnet_v2", 299, unit, _logits(_nets.InceptionResNetV2), 55_873_736, 0.803,
        "inception_resnet_v2/inception_resnet_v2_weights_tf_dim_ordering_tf_kernels.h5",
        "e693bd0210a403b3192acc6073ad2e96",
    ),
    Extractor(
        "mobilenet", 224, unit, _logits(_nets.MobileNet), 4_253_864, 0.704,
        "mobilenet/mobilenet_1_0_224_tf.h5",
    ),
    # Comes with colorlib and needs no download.
    Extractor(
        "efficientnet_lite0", 224, lite, functools.partial(efficientnet_lite, 224), 4_694_024,
        0.751, maps=lite_features,
    ),
    # A little better and slower; to be converted first.
    Extractor(
        "efficientnet_lite2", 260, lite, functools.partial(efficientnet_lite, 260, 1.1, 1.2),
        6_150_168, 0.776, maps=functools.partial(lite_features, width=1.1, depth=1.2),
    ),
)  # fmt: skip
EXTRACTORS = {row.name: row for row in _TABLE}


# --- loading one ---


def load_extractor(name: str, weights: str | os.PathLike | None = None) -> keras.Model:
    """Build an extractor and fill it with its ImageNet weights.

    Parameters
    ----------
    name : str
        A row of `EXTRACTORS`.
    weights : path-like, optional
        Local weights file. Default: the environment variable COLORLIB_<NAME>_WEIGHTS (such
        as COLORLIB_VGG16_WEIGHTS), then the file shipped with colorlib, then Keras' server.

    Returns
    -------
    keras.Model
        From RGB photos (B, H, W, 3) of any size in 0..255, uint8 or float, to class scores
        (B, 1000) float32. Its first steps make the photos grey, resize and preprocess them.
        `.predict_on_batch(photos)` runs it compiled; called directly it becomes part of a
        larger network.

    Raises
    ------
    UserError
        If there is no such extractor, or its weights cannot be fetched or are not the
        right ones. Chapter: 03_features.
    """
    row, network = _row(name), _filled(name, weights)
    photos = keras.Input((None, None, 3), name="photos")
    x = grey(photos)  # (B, H, W, 3)
    x = ops.image.resize(x, (row.size, row.size), interpolation="bilinear", antialias=True)
    scores = network(row.preprocess(x))  # (B, 1000)
    model = keras.Model(photos, scores, name=name)
    model.trainable = False
    return model


def load_features(name: str, weights: str | os.PathLike | None = None) -> keras.Model:
    """Build the part of an extractor that sees, without the layer that names.

    Parameters and errors are those of `load_extractor`.

    Returns
    -------
    keras.Model
        From lightness (B, H, W, 1) in 0..100, H and W multiples of 32, to the extractor's four
        feature maps, (B, H/4, W/4, C), H/8, H/16 and H/32, float32. It looks at the photo as
        large as it is.
    """
    row = _with_maps(name)
    lightness = keras.Input((None, None, 1), name="lightness")
    photos = keras.Input((None, None, 3), name="photos")
    network = keras.Model(photos, row.maps(photos))
    # The same layers in the same order as in the classifier, which has the last ones more.
    known = [layer for layer in _filled(name, weights).layers if layer.weights]
    own = [layer for layer in network.layers if layer.weights]
    for layer, its in zip(own, known, strict=False):
        layer.set_weights(its.get_weights())
    maps = network(row.preprocess(255 * shown(lightness)))
    model = keras.Model(lightness, maps, name=f"{name}_features")
    model.trainable = False
    return model


@functools.cache
def feature_shapes(name: str, size: int) -> list[tuple]:
    """Shapes of the maps that `load_features` gives of a square photo: (height, width, maps).

    >>> feature_shapes("efficientnet_lite0", 64)
    [(16, 16, 24), (8, 8, 40), (4, 4, 112), (2, 2, 1280)]
    """
    return [maps.shape[1:] for maps in _with_maps(name).maps(keras.Input((size, size, 3)))]


def _with_maps(name):
    row = _row(name)
    if not row.maps:
        able = ", ".join(other.name for other in _TABLE if other.maps)
        raise UserError(f"{name}: its feature maps cannot be read here; choose one of {able}")
    return row


def _filled(name, weights):
    """An extractor's network with its weights."""
    path, network = weights_file(name, weights), _row(name).build()
    try:
        network.load_weights(path)
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            f"{path}: does not fit {name} ({said(error)}); get the file anew"
        ) from error
    return network


def shown(lightness):
    """Lightness (B, H, W, 1) in 0..100 as a grey photo, RGB (B, H, W, 3) in 0..1."""
    no_colour = ops.zeros_like(lightness)
    return lab_to_rgb(ops.concatenate([lightness, no_colour, no_colour], axis=-1))


def grey(photos):
    """What is left of photos when only their lightness L is kept.

    This is all that a colourizer may see: were the extractor shown colours, training
    would give the answer away and the network would be lost on a black-and-white photo.

    Parameters
    ----------
    photos : array or tensor, (B, H, W, 3)
        RGB in 0..255, uint8 or float.

    Returns
    -------
    float32 tensor, (B, H, W, 3)
        RGB in 0..255 with three equal channels. Chapter: 03_features.
    """
    lightness = rgb_to_lab(ops.cast(photos, "float32") / 255)[..., :1]  # (B, H, W, 1)
    return 255 * shown(lightness)


def weights_file(name: str, weights: str | os.PathLike | None = None) -> Path:
    """Path of an extractor's weights: checked if local, else downloaded once by Keras.

    Parameters and errors are those of `load_extractor`.
    """
    row = _row(name)
    variable = f"COLORLIB_{name.upper()}_WEIGHTS"
    weights = weights or os.environ.get(variable)
    if not weights and row.file:
        return _download(row, variable)

    path = Path(weights or SHIPPED / f"{name}.weights.h5")
    if not path.is_file():
        advice = "check the path" if weights else "make it with tools/convert_efficientnet_lite.py"
        raise UserError(f"{path}: the weights of {name} are not there; {advice}")
    if row.file:
        expected, found = row.md5, hash_of(path, "md5")
    else:
        card = read_json(path.with_name(path.name.removesuffix(".weights.h5") + ".json"))
        expected, found = card.get("sha256"), hash_of(path)
    if expected and found != expected:
        raise UserError(
            f"{path}: not the weights of {name}: its hash is {found}, not {expected}; "
            "get the file anew, and the one with the 1000 classes (no 'notop')"
        )
    return path


def at_hand(name: str) -> bool:
    """Say whether an extractor can be loaded without a download.

    Parameters
    ----------
    name : str
        A row of `EXTRACTORS`.

    Returns
    -------
    bool
        True if its weights are named in the environment (see `load_extractor`), come with
        colorlib, or were downloaded by Keras before, whole. Chapter: 03_features.

    Raises
    ------
    UserError
        If there is no such extractor.
    """
    row = _row(name)
    if os.environ.get(f"COLORLIB_{name.upper()}_WEIGHTS"):
        return True
    if not row.file:
        return (SHIPPED / f"{name}.weights.h5").is_file()
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    path = home / "models" / Path(row.file).name
    return path.is_file() and row.md5 in (None, hash_of(path, "md5"))


def weights_hash(name: str, weights: str | os.PathLike | None = None) -> str:
    """Eight digits that tell weights apart; they name the folder of the embeddings."""
    return (_row(name).md5 or hash_of(weights_file(name, weights)))[:8]


def _row(name):
    if name not in EXTRACTORS:
        raise UserError(f"{name}: no such extractor; choose one of {', '.join(EXTRACTORS)}")
    return EXTRACTORS[name]


def _download(row, variable):
    address = KERAS_FILES + row.file
    try:
        path = keras.utils.get_file(
            Path(row.file).name, address, cache_subdir="models", file_hash=row.md5
        )
    except Exception as error:  # Keras raises a bare Exception
        reason = said(str(error).removeprefix(f"URL fetch failure on {address}: "))
        raise UserError(
            f"{row.name}: its weights {address} cannot be fetched ({reason}); download them "
            f"elsewhere and pass weights=PATH or set {variable}, or use efficientnet_lite0, "
            "which needs no download"
        ) from error
    return Path(path)


# --- class names ---


@functools.cache
def class_names() -> tuple[str, ...]:
    """The names of ImageNet's 1000 classes, in the order of the class scores.

    Chapter: 03_features.
    """
    return tuple((SHIPPED / "imagenet_classes.txt").read_text(encoding="utf-8").splitlines())


def top_classes(logits, k: int = 5) -> list[tuple[str, float]]:
    """The k likeliest classes of one photo.

    Parameters
    ----------
    logits : array, (1000,)
        Class scores before the softmax.
    k : int

    Returns
    -------
    list of (str, float)
        Name and probability, the likeliest first. Chapter: 03_features.
    """
    logits = np.asarray(logits, "float64")
    probabilities = np.exp(logits - logits.max())
    probabilities /= probabilities.sum()
    best = np.argsort(-probabilities)[:k]
    return [(class_names()[i], float(probabilities[i])) for i in best]
