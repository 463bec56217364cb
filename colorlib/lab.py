"""From the RGB of screens to CIE Lab and back, inside a compiled training step or on one photo.

Lab keeps what a black-and-white photo shows, the lightness L, apart from what it has
lost, the colour (a, b). The way there has three steps:

    sRGB --undo the screen's gamma--> linear RGB --matrix--> XYZ --cube root--> Lab

Everything is computed in float32, whatever Keras' global precision is: bfloat16 has
8 significant bits, and near black the cube root alone needs more. Tensors are converted by Keras,
inside a compiled step, too; NumPy arrays by NumPy, since single operations of TensorFlow on them
would take longer on a CPU. Chapter: 01_lab.
"""

import warnings

import numpy as np
from keras import backend, ops
from skimage import color, util

# sRGB primaries, and the daylight D65 seen by CIE's 2-degree observer: scikit-image's constants.
XYZ_FROM_RGB = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
RGB_FROM_XYZ = np.linalg.inv(XYZ_FROM_RGB)
WHITE = np.array([0.95047, 1.0, 1.08883])

# Below these a straight line replaces the power, whose slope at black would be infinite.
SRGB_KNEE, LINEAR_KNEE = 0.04045, 0.0031308
XYZ_KNEE, F_KNEE = 0.008856, 0.2068966

# a and b of sRGB fit into ±128: the scale of the network's tanh (inferred) and of equation (1).
AB_DIVISOR = 128.0


def rgb_to_lab(rgb):
    """Convert RGB photos to CIE Lab.

    Parameters
    ----------
    rgb : array or tensor, shape (..., 3)
        uint8 in 0..255 or floating point in 0..1, sRGB.

    Returns
    -------
    tensor of float32, shape (..., 3)
        L in 0..100; a (green to red) in -86.2..98.2 and b (blue to yellow) in -107.9..94.5.

    Raises
    ------
    ValueError
        If the last axis is not 3 long, or the type or the values are not as above.
        Values are looked at only in NumPy arrays: a tensor may not hold any yet.

    Notes
    -----
    Agrees with `skimage.color.rgb2lab` to 1e-3 for every 8-bit colour. Chapter: 01_lab.
    """
    xp = _library_of(rgb)
    rgb = _unit_rgb(rgb)
    # This runs in every training step, and on a CPU `where` and `**` would take most of its time:
    # powers are exp and log here, and the straight lines are chosen by minimum and maximum. Below
    # the knee, the power stays what it is at the knee, and the line leads on down from there.
    power = xp.exp(2.4 * xp.log((xp.maximum(rgb, SRGB_KNEE) + 0.055) / 1.055))
    linear = power + xp.minimum(rgb - SRGB_KNEE, 0) / 12.92

    planes = _mix(linear[..., 0], linear[..., 1], linear[..., 2], XYZ_FROM_RGB / WHITE[:, None])
    x, y, z = (_cie_root(plane, xp) for plane in planes)
    return ops.convert_to_tensor(xp.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1))


def lab_to_rgb(lab):
    """Convert CIE Lab to RGB.

    Parameters
    ----------
    lab : array or tensor, shape (..., 3)
        L in 0..100, a and b in Lab units.

    Returns
    -------
    tensor of float32, shape (..., 3)
        sRGB in 0..1. Colours that no screen can show are clipped, which shifts their
        lightness and hue: see `fit_gamut`.

    Raises
    ------
    ValueError
        If the last axis is not 3 long.

    Notes
    -----
    `round(255 * lab_to_rgb(rgb_to_lab(x)))` gives every 8-bit colour x back. Chapter: 01_lab.
    """
    _check_channels(lab)
    xp, linear = _library_of(lab), _linear_rgb(lab)
    power = 1.055 * xp.maximum(linear, LINEAR_KNEE) ** (1 / 2.4) - 0.055
    return ops.convert_to_tensor(
        xp.clip(xp.where(linear > LINEAR_KNEE, power, 12.92 * linear), 0, 1)
    )


def to_lab(rgb):
    """Convert photos to Lab, as NumPy arrays: what a notebook or a metric needs.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (..., 3)

    Returns
    -------
    ndarray of float32, shape (..., 3)
        The same as `rgb_to_lab`, by scikit-image.

    Examples
    --------
    >>> to_lab(np.array([[[255, 0, 0]]], "uint8")).round().tolist()
    [[[53.0, 80.0, 67.0]]]
    """
    return color.rgb2lab(util.img_as_float32(rgb))


def to_rgb(lab, ab=None):
    """Convert Lab to the photo that a file would hold: clipped to sRGB and rounded to 8 bits.

    Parameters
    ----------
    lab : ndarray, shape (..., 3)
    ab : ndarray, shape (..., 2), optional
        Takes the place of the a and b in `lab`, of which only L is then looked at.

    Returns
    -------
    ndarray of uint8, shape (..., 3)

    Examples
    --------
    >>> to_rgb(np.array([[[53.2, 80.1, 67.2]]])).tolist()
    [[[255, 0, 0]]]
    """
    if ab is not None:
        lab = np.concatenate([lab[..., :1], np.asarray(ab, "float32")], axis=-1)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Conversion from CIE-LAB")  # it clips, too
        return np.rint(255 * color.lab2rgb(lab)).astype("uint8")


def in_gamut(lab):
    """Say which colours a screen can show.

    Parameters
    ----------
    lab : array or tensor, shape (..., 3)
        L in 0..100, a and b in Lab units.

    Returns
    -------
    ndarray of bool, shape (...)
        True where `lab_to_rgb` has nothing to clip, up to less than half an 8-bit level.

    Raises
    ------
    ValueError
        If the last axis is not 3 long.

    Notes
    -----
    Chapter: 01_lab.
    """
    _check_channels(lab)
    return _is_shown(ops.convert_to_numpy(_linear_rgb(lab)))


def fit_gamut(lab):
    """Make every colour one that a screen can show, keeping its lightness and hue.

    The network chooses a and b without knowing what sRGB can show at a given L. Clipping
    such colours changes L; here only their chroma shrinks towards grey, just enough.

    Parameters
    ----------
    lab : array or tensor, shape (..., 3)
        L in 0..100, a and b in Lab units.

    Returns
    -------
    ndarray of float32, shape (..., 3)
        The same L, and (a, b) times a factor in 0..1, which is 1 inside the gamut.

    Raises
    ------
    ValueError
        If the last axis is not 3 long.

    Notes
    -----
    Chapter: 01_lab.
    """
    lab = np.array(ops.convert_to_numpy(lab), "float32")
    outside = ~in_gamut(lab)

    lightness, ab = lab[outside][:, :1], lab[outside][:, 1:]
    shown = np.zeros_like(lightness)  # the largest factor known to be inside: grey always is
    for halving in range(1, 9):  # finds the chroma to 1 part in 256
        factor = shown + 0.5**halving
        fits = _is_shown(_linear_rgb(np.concatenate([lightness, factor * ab], axis=-1)))
        shown[fits] = factor[fits]
    lab[outside, 1:] = shown * ab
    return lab


def scale_l(lightness):
    """L from 0..100 to the network's -1..1. The paper leaves this scale open. Chapter: 01_lab."""
    return lightness / 50 - 1


def unscale_l(scaled):
    """L from the network's -1..1 to 0..100. Chapter: 01_lab."""
    return (scaled + 1) * 50


def scale_ab(ab, divisor: float = AB_DIVISOR):
    """a and b from Lab units to the network's -1..1. The paper leaves the divisor open.

    Chapter: 01_lab.
    """
    return ab / divisor


def unscale_ab(scaled, divisor: float = AB_DIVISOR):
    """a and b from the network's -1..1 to Lab units. Chapter: 01_lab."""
    return scaled * divisor


def _library_of(values):
    """Who converts these: NumPy its own arrays, Keras all else."""
    return np if isinstance(values, np.ndarray) else ops


def _floats(values):
    """In float32, an array or a tensor as before."""
    return (
        values.astype("float32") if isinstance(values, np.ndarray) else ops.cast(values, "float32")
    )


def _linear_rgb(lab):
    """Lab -> linear RGB, unclipped."""
    xp, lab = _library_of(lab), _floats(lab)
    lightness, a, b = lab[..., 0], lab[..., 1], lab[..., 2]
    y = (lightness + 16) / 116
    f = xp.stack([y + a / 500, y, xp.maximum(y - b / 200, 0)], axis=-1)  # 0: as scikit-image
    xyz = xp.where(f > F_KNEE, f * f * f, (f - 16 / 116) / 7.787)
    return xp.stack(_mix(xyz[..., 0], xyz[..., 1], xyz[..., 2], RGB_FROM_XYZ * WHITE), axis=-1)


def _cie_root(plane, xp):
    """CIE's cube root, with a straight line near black."""
    # The line touches the root at the knee and lies above it elsewhere.
    root = xp.exp(xp.log(xp.maximum(plane, XYZ_KNEE)) / 3)
    return xp.minimum(root, 7.787 * plane + 16 / 116)


def _mix(x, y, z, matrix):
    """Multiply vectors, whose components are given one by one, by a 3x3 matrix.

    Written out, because GPUs may round the factors of a `matmul` to 10 bits (TF32).
    """
    rows = matrix.tolist()  # Python floats leave float32 as it is
    return [p * x + q * y + r * z for p, q, r in rows]


def _is_shown(linear, tolerance=1e-4):
    # The tolerance is a third of an 8-bit level at black, less elsewhere.
    shown = (linear >= -tolerance) & (linear <= 1 + tolerance)
    return shown[..., 0] & shown[..., 1] & shown[..., 2]  # `all` along so short an axis is slow


def _unit_rgb(rgb):
    """RGB photos of any accepted type as float32 in 0..1."""
    _check_channels(rgb)
    dtype = backend.standardize_dtype(rgb.dtype)
    if dtype == "uint8":
        return _floats(rgb) / 255
    if "float" not in dtype:
        raise ValueError(f"a photo must be uint8 (0..255) or float (0..1), not {dtype}")
    if isinstance(rgb, np.ndarray) and rgb.size and not -0.01 <= rgb.min() <= rgb.max() <= 1.01:
        raise ValueError(
            f"a float photo must be in 0..1, but this one spans {rgb.min():.4g}..{rgb.max():.4g}; "
            "divide by 255, or convert it to uint8"
        )
    return _floats(rgb)


def _check_channels(photo):
    shape = tuple(getattr(photo, "shape", ()))
    if shape[-1:] != (3,):
        raise ValueError(
            f"expected an array or tensor of shape (..., 3), got {type(photo).__name__} {shape}"
        )
