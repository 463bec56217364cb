"""What a classifier knows about a grey photo: 1000 numbers, one for each ImageNet class.

A colourizer must know what it looks at before it can choose colours: a meadow is green,
a street is not. The paper borrows that knowledge from VGG16, a network that has already
learned to name what is in a photo. We call such a network an *extractor* and its 1000
class scores, before the softmax, the photo's *embedding*.

`EXTRACTORS` is the table of networks to choose from; `embed` computes the embeddings of
a whole photo set once and keeps them beside it.

Chapter: 03_features. Source: paper, sections 3.2 ("Classification End") and 3.3.
"""

import dataclasses
import functools
import hashlib
import math
import os
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops
from tqdm.auto import tqdm

from colorlib.augment import TRANSFORMS, transform
from colorlib.files import UserError, read_json, sha256_of, whole_file
from colorlib.lab import lab_to_rgb, rgb_to_lab

CLASSES = 1000
BATCH = 32
SAVE_EVERY = 30.0  # seconds of work that a killed `embed` may lose
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


# --- EfficientNet-Lite: the one that is small enough to be shipped ---

# Repeats, kernel size, stride of the first repeat, expansion, filters.
LITE_STAGES = (
    (1, 3, 1, 1, 16),  # 112x112
    (2, 3, 2, 6, 24),  # 112x112 => 56x56
    (2, 5, 2, 6, 40),  # 56x56 => 28x28
    (3, 3, 2, 6, 80),  # 28x28 => 14x14
    (3, 5, 1, 6, 112),  # 14x14
    (4, 5, 2, 6, 192),  # 14x14 => 7x7
    (1, 3, 1, 6, 320),  # 7x7
)


def efficientnet_lite(size, width=1.0, depth=1.0):
    """EfficientNet-Lite without weights.

    EfficientNet (Tan and Le, 2019, https://arxiv.org/abs/1905.11946) made simpler for
    phones: ReLU6 for swish, no squeeze-and-excitation, stem and head of fixed width.

    Parameters
    ----------
    size : int
        Side of the square input.
    width, depth : float
        Factors for the filters and the repeats of each stage; 1 and 1 is Lite0.

    Returns
    -------
    keras.Model
        From (B, size, size, 3) to logits (B, 1000).
    """
    x = photos = keras.Input((size, size, 3))
    x = _normalized(layers.Conv2D(32, 3, 2, "same", use_bias=False)(x))  # 224x224 => 112x112
    for stage, (repeats, kernel, stride, expansion, filters) in enumerate(LITE_STAGES):
        if 0 < stage < len(LITE_STAGES) - 1:
            repeats = math.ceil(depth * repeats)
        for repeat in range(repeats):
            first = repeat == 0
            x = _inverted_residual(
                x, kernel, stride if first else 1, expansion, _multiple_of_8(width * filters)
            )
    x = _normalized(layers.Conv2D(1280, 1, use_bias=False)(x))  # (B, 7, 7, 1280)
    x = layers.GlobalAveragePooling2D()(x)  # (B, 1280)
    return keras.Model(photos, layers.Dense(CLASSES)(x))


def _inverted_residual(x, kernel, stride, expansion, filters):
    """Widen, look around within each channel, narrow; add the input if it still fits."""
    narrow = x
    if expansion > 1:
        x = _normalized(layers.Conv2D(expansion * x.shape[-1], 1, use_bias=False)(x))
    x = _normalized(layers.DepthwiseConv2D(kernel, stride, "same", use_bias=False)(x))
    x = layers.Conv2D(filters, 1, use_bias=False)(x)
    x = layers.BatchNormalization(epsilon=1e-3)(x)  # no ReLU: it would lose what is negative
    return layers.Add()([x, narrow]) if x.shape == narrow.shape else x


def _normalized(x):
    return layers.ReLU(6.0)(layers.BatchNormalization(epsilon=1e-3)(x))


def _multiple_of_8(filters):
    rounded = max(8, int(filters + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * filters else rounded + 8


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
    """

    name: str
    size: int
    preprocess: Callable
    build: Callable
    parameters: int
    top1: float
    file: str | None = None
    md5: str | None = None


def _logits(network):
    return functools.partial(network, weights=None, classifier_activation=None)


_nets = keras.applications
_TABLE = (
    # The seven that the paper chose from; it took the first.
    Extractor(
        "vgg16", 224, caffe, _logits(_nets.VGG16), 138_357_544, 0.713,
        "vgg16/vgg16_weights_tf_dim_ordering_tf_kernels.h5",
        "64373286793e3c8b2b4e3219cbf3544b",
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
        "efficientnet_lite0", 224, lite, functools.partial(efficientnet_lite, 224), 4_694_024, 0.751
    ),
    # A little better and slower; to be converted first.
    Extractor(
        "efficientnet_lite2", 260, lite, functools.partial(efficientnet_lite, 260, 1.1, 1.2),
        6_150_168, 0.776,
    ),
)  # fmt: skip
EXTRACTORS = {row.name: row for row in _TABLE}


# --- loading one ---


def load_extractor(name, weights=None, softmax=False):
    """Build an extractor and fill it with its ImageNet weights.

    Parameters
    ----------
    name : str
        A row of `EXTRACTORS`.
    weights : path-like, optional
        Local weights file. Default: the environment variable COLORLIB_<NAME>_WEIGHTS (such
        as COLORLIB_VGG16_WEIGHTS), then the file shipped with colorlib, then Keras' server.
    softmax : bool
        End in probabilities. The paper's words fit both: "just before the softmax", yet a
        "probabilistic measure". Logits are O(10), most probabilities O(0.001).

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
    row = _row(name)
    path = weights_file(name, weights)
    network = row.build()
    try:
        network.load_weights(path)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).strip().splitlines()[0]
        raise UserError(f"{path}: does not fit {name} ({reason}); get the file anew") from error

    photos = keras.Input((None, None, 3), name="photos")
    x = grey(photos)  # (B, H, W, 3)
    x = ops.image.resize(x, (row.size, row.size), interpolation="bilinear", antialias=True)
    scores = network(row.preprocess(x))  # (B, 1000)
    if softmax:
        scores = layers.Softmax()(scores)
    model = keras.Model(photos, scores, name=name)
    model.trainable = False
    return model


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
    no_colour = ops.zeros_like(lightness)
    return 255 * lab_to_rgb(ops.concatenate([lightness, no_colour, no_colour], axis=-1))


def weights_file(name, weights=None):
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
        expected, found = row.md5, _md5_of(path)
    else:
        card = read_json(path.with_name(path.name.removesuffix(".weights.h5") + ".json"))
        expected, found = card.get("sha256"), sha256_of(path)
    if expected and found != expected:
        raise UserError(
            f"{path}: not the weights of {name}: its hash is {found}, not {expected}; "
            "get the file anew, and the one with the 1000 classes (no 'notop')"
        )
    return path


def at_hand(name):
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
    return path.is_file() and row.md5 in (None, _md5_of(path))


def weights_hash(name, weights=None):
    """Eight digits that tell weights apart; they name the folder of the embeddings."""
    return (_row(name).md5 or sha256_of(weights_file(name, weights)))[:8]


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
        reason = str(error).removeprefix(f"URL fetch failure on {address}: ")
        raise UserError(
            f"{row.name}: its weights {address} cannot be fetched ({reason}); download them "
            f"elsewhere and pass weights=PATH or set {variable}, or use efficientnet_lite0, "
            "which needs no download"
        ) from error
    return Path(path)


def _md5_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


# --- embeddings of a whole set ---


def embed(photo_set, name, transforms=("identity", "mirror"), weights=None):
    """Class scores of all photos of a set, computed once and kept beside it.

    An extractor costs several times as much as the colourizer itself, yet gives the same
    answer in each of the paper's 2000 epochs. So its answers go to

        SET/embeddings/NAME-HASH/mirror.npy     one file for each transform, (N, 1000) float16
        SET/embeddings/NAME-HASH/photos.txt     SHA-256 of the photo of each row

    A run that was killed goes on where it was, and a set that has grown gets new rows only.

    Parameters
    ----------
    photo_set : photoset.PhotoSet
    name : str
        A row of `EXTRACTORS`.
    transforms : sequence of str
        Which of `augment.TRANSFORMS` to lay the photos down in first.
    weights : path-like, optional
        See `load_extractor`.

    Returns
    -------
    ndarray of float16, (N, T, 1000)
        Logits; [i, t] belongs to photo i laid down in the way `transforms[t]`.

    Raises
    ------
    UserError
        As `load_extractor`; or if the stored embeddings are damaged or belong to other
        photos. Chapter: 03_features.
    """
    return np.stack(embed_in_files(photo_set, name, transforms, weights), axis=1)


def embed_in_files(photo_set, name, transforms=("identity", "mirror"), weights=None):
    """The same as `embed`, but left on disk, for sets that are larger than the memory.

    Parameters and errors are those of `embed`.

    Returns
    -------
    list of numpy.memmap
        For each transform the class scores, (N, 1000) float16, read as they are used.
        Chapter: 03_features.
    """
    if unknown := set(transforms) - set(TRANSFORMS):
        raise UserError(f"{unknown}: no such transforms; choose from {TRANSFORMS}")
    folder = Path(photo_set.path) / "embeddings" / f"{name}-{weights_hash(name, weights)}"
    _claim(folder, [row["sha256"] for row in photo_set.manifest])
    # Built when it is first needed: if all rows are there, it never is.
    extractor = functools.cache(functools.partial(load_extractor, name, weights))
    columns = []
    for way in transforms:
        path = folder / f"{way.replace(',', '').replace(' ', '-')}.npy"  # turn-90-mirror.npy
        _embed_transform(path, photo_set.photos, way, extractor)
        columns.append(_read(path, most=len(photo_set.photos)))
    return columns


def _claim(folder, photos):
    """Note whose embeddings the folder holds, before any are in it."""
    path = folder / "photos.txt"
    known = path.read_text().split() if path.exists() else []
    if known != photos[: len(known)]:
        raise UserError(f"{folder}: belongs to other photos than the set's; delete this folder")
    if known != photos:
        with whole_file(path) as temporary:
            temporary.write_text("\n".join(photos) + "\n")


def _embed_transform(path, photos, way, extractor):
    """Bring the file of one transform up to date with the set."""
    parts, saved = [], time.monotonic()
    if path.exists():
        parts = [_read(path, most=len(photos))]
    done = sum(map(len, parts))
    label, finished = f"Embedding ({way})", done == len(photos)
    with tqdm(total=len(photos), initial=done, desc=label, disable=finished) as bar:
        for start in range(done, len(photos), BATCH):
            batch = transform(photos[start : start + BATCH], TRANSFORMS.index(way))
            scores = extractor().predict_on_batch(batch).astype("float16")  # (B, 1000)
            if not np.isfinite(scores).all():
                raise UserError(f"{path}: class scores overflow float16; check the weights")
            parts.append(scores)
            bar.update(len(scores))
            if start + BATCH >= len(photos) or time.monotonic() - saved >= SAVE_EVERY:
                # All rows so far, whole: a file that exists is right, only maybe too short.
                parts, saved = [np.concatenate(parts)], time.monotonic()
                with whole_file(path) as temporary:
                    np.save(temporary, parts[0])


def _read(path, most):
    try:
        scores = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise UserError(f"{path}: is damaged ({error}); delete it") from error
    if scores.dtype != "float16" or scores.shape[1:] != (CLASSES,) or len(scores) > most:
        raise UserError(f"{path}: does not hold the class scores of {most} photos; delete it")
    return scores


# --- class names ---


@functools.cache
def class_names():
    """The names of ImageNet's 1000 classes, in the order of the class scores.

    Chapter: 03_features.
    """
    return tuple((SHIPPED / "imagenet_classes.txt").read_text(encoding="utf-8").splitlines())


def top_classes(logits, k=5):
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
