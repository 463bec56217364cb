import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops
from skimage import color, data

from colorlib.lab import (
    WHITE,
    XYZ_FROM_RGB,
    fit_gamut,
    in_gamut,
    lab_to_rgb,
    rgb_to_lab,
    scale_ab,
    scale_l,
    unscale_ab,
    unscale_l,
)

pytestmark = pytest.mark.core


def slices_of_the_rgb_cube():
    """All 2**24 colours of 8 bits, in 16 photos of 4096 x 256."""
    levels = np.arange(256, dtype=np.uint8)
    for start in range(0, 256, 16):
        red, green, blue = np.meshgrid(levels[start : start + 16], levels, levels, indexing="ij")
        yield np.stack([red, green, blue], axis=-1).reshape(4096, 256, 3)


def to_uint8(rgb):
    return np.rint(255 * ops.convert_to_numpy(rgb)).astype(np.uint8)


def gradient(function, values):
    """The gradient of the sum of `function(values)`, on any backend."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        x = tf.Variable(values)
        with tf.GradientTape() as tape:
            total = ops.sum(function(x))
        return tape.gradient(total, x).numpy()
    if keras.backend.backend() == "jax":
        import jax

        return np.asarray(jax.grad(lambda x: ops.sum(function(x)))(values))
    x = ops.convert_to_tensor(values).requires_grad_()
    ops.sum(function(x)).backward()
    return x.grad.cpu().numpy()


# NumPy converts arrays, Keras converts tensors.
KINDS = pytest.mark.parametrize("kind", [np.asarray, ops.convert_to_tensor])


@KINDS
def test_every_8_bit_color_agrees_with_scikit_image_and_comes_back(kind):
    for rgb in slices_of_the_rgb_cube():
        lab = kind(rgb_to_lab(kind(rgb)))
        back = lab_to_rgb(lab)
        np.testing.assert_allclose(lab, color.rgb2lab(rgb), atol=1e-3, rtol=0)
        np.testing.assert_allclose(back, rgb / 255, atol=1e-4, rtol=0)
        np.testing.assert_array_equal(to_uint8(back), rgb)


@pytest.mark.filterwarnings("ignore:Conversion from CIE-LAB")
@KINDS
def test_colors_outside_the_gamut_agree_with_scikit_image(kind):
    lightness, a, b = np.meshgrid(
        np.linspace(0, 100, 21), np.linspace(-128, 128, 33), np.linspace(-128, 128, 33)
    )
    lab = np.stack([lightness, a, b], axis=-1)
    np.testing.assert_allclose(lab_to_rgb(kind(lab)), color.lab2rgb(lab), atol=1e-3, rtol=0)


def test_known_colors():
    rgb = np.array([[255, 255, 255], [0, 0, 0], [255, 0, 0]], np.uint8)
    lab = [[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20]]  # red: Lindbloom's calculator
    np.testing.assert_allclose(rgb_to_lab(rgb), lab, atol=0.02)


@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 4, 6, 3), (0, 8, 8, 3)])
def test_shape_is_kept(shape):
    lab = rgb_to_lab(np.full(shape, 0.5))
    assert lab.shape == lab_to_rgb(lab).shape == fit_gamut(lab).shape == shape


@KINDS
def test_uint8_and_float_photos_give_the_same_lab(kind):
    photo = data.astronaut()[::8, ::8]
    expected = rgb_to_lab(kind(photo))
    for same in [photo / 255, (photo / 255).astype("float32")]:
        np.testing.assert_allclose(rgb_to_lab(kind(same)), expected, atol=1e-4)
    # Two libraries round differently; float32 has seven digits.
    np.testing.assert_allclose(rgb_to_lab(photo), expected, atol=3e-4)


@pytest.mark.parametrize("floatx", ["float16", "bfloat16"])
def test_low_precision_of_keras_does_not_reach_the_colors(floatx):
    photo = data.astronaut()[::8, ::8]
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(f"mixed_{floatx}")
    try:
        lab = rgb_to_lab(photo)
        rgb = lab_to_rgb(lab)
        shown = fit_gamut(lab)
    finally:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")
    np.testing.assert_allclose(lab, color.rgb2lab(photo), atol=1e-3)
    np.testing.assert_array_equal(to_uint8(rgb), photo)
    np.testing.assert_array_equal(shown, lab)


def test_gradients_are_finite_everywhere():
    # Black, both sides of the knees, and what a change of brightness may push out of 0..1.
    levels = np.concatenate([np.linspace(0, 1, 9), [1e-8, 1e-3, 0.04045, -0.2, 1.2]])
    rgb = np.stack(np.meshgrid(levels, levels, levels), axis=-1).astype("float32")
    slope = gradient(rgb_to_lab, rgb)
    assert np.isfinite(slope).all()
    assert (np.abs(slope).max(axis=-1) > 0).all()

    lab = ops.convert_to_numpy(rgb_to_lab(ops.convert_to_tensor(rgb))).reshape(-1, 3)
    lab = np.concatenate([lab, 200 * np.eye(3)])
    assert np.isfinite(gradient(lab_to_rgb, lab.astype("float32"))).all()


def textbook(rgb):
    """sRGB to Lab as the standards print it. `where` needs values that suit both its branches."""
    linear = ops.where(
        rgb > 0.04045, ((ops.maximum(rgb, 0.04) + 0.055) / 1.055) ** 2.4, rgb / 12.92
    )
    xyz = [
        (p * linear[..., 0] + q * linear[..., 1] + r * linear[..., 2]) / white
        for (p, q, r), white in zip(XYZ_FROM_RGB.tolist(), WHITE.tolist(), strict=True)
    ]
    x, y, z = (
        ops.where(t > 0.008856, ops.maximum(t, 0.008) ** (1 / 3), 7.787 * t + 16 / 116) for t in xyz
    )
    return ops.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def test_the_fast_form_is_the_textbooks_and_so_are_its_gradients():
    levels = np.concatenate([np.linspace(0, 1, 18), [1e-8, 0.0404, 0.0405], [0.03, 0.06, 0.09]])
    rgb = np.stack(np.meshgrid(levels, levels, levels), axis=-1).astype("float32")
    np.testing.assert_allclose(rgb_to_lab(rgb), textbook(rgb), atol=3e-4)
    for row in np.eye(3, dtype="float32"):  # L, a and b one by one
        ours = gradient(lambda x, row=row: ops.multiply(row, rgb_to_lab(x)), rgb)
        theirs = gradient(lambda x, row=row: ops.multiply(row, textbook(x)), rgb)
        # The line near black touches the root: at the knee their slopes differ by 0.2 %.
        np.testing.assert_allclose(ours, theirs, rtol=3e-3, atol=0.02)


def test_works_in_a_functional_model():
    photo = keras.Input((4, 4, 3), dtype="uint8")
    model = keras.Model(photo, lab_to_rgb(rgb_to_lab(photo)))
    batch = np.arange(96, dtype=np.uint8).reshape(2, 4, 4, 3)
    np.testing.assert_array_equal(to_uint8(model(batch)), batch)


def test_the_network_range():
    np.testing.assert_allclose(scale_l(np.array([0.0, 50, 100])), [-1, 0, 1])
    np.testing.assert_allclose(scale_ab(np.array([-128.0, 0, 64])), [-1, 0, 0.5])
    np.testing.assert_allclose(scale_ab(np.array([55.0]), divisor=110), [0.5])
    values = np.linspace(-100, 100, 7)
    np.testing.assert_allclose(unscale_l(scale_l(values)), values)
    np.testing.assert_allclose(unscale_ab(scale_ab(values, 110), 110), values)


@pytest.mark.parametrize("convert", [rgb_to_lab, lab_to_rgb, in_gamut, fit_gamut])
def test_a_photo_without_three_channels_is_refused(convert):
    for shape in [(8, 8), (8, 8, 4), ()]:
        with pytest.raises(ValueError, match=r"shape \(\.\.\., 3\)"):
            convert(np.zeros(shape))


def test_photos_of_the_wrong_type_or_range_are_refused():
    photo = data.astronaut()[::64, ::64]
    with pytest.raises(ValueError, match="not int64"):
        rgb_to_lab(photo.astype("int64"))
    with pytest.raises(ValueError, match="not bool"):
        rgb_to_lab(photo > 100)
    with pytest.raises(ValueError, match="divide by 255"):
        rgb_to_lab(photo.astype("float32"))
    with pytest.raises(ValueError, match=r"spans -1\.\."):
        rgb_to_lab(photo / 127.5 - 1)
    with pytest.raises(ValueError, match="nan"):
        rgb_to_lab(photo * np.nan)


def test_in_gamut_tells_what_would_be_clipped():
    levels = np.arange(0, 256, 15, dtype=np.uint8)  # 0 and 255 are among them
    rgb = np.stack(np.meshgrid(levels, levels, levels), axis=-1)  # (18, 18, 18, 3)
    lab = np.array(ops.convert_to_numpy(rgb_to_lab(rgb)))
    assert in_gamut(lab).all()

    lab[..., 1:] *= 1.5
    shown = in_gamut(lab)
    assert 0.1 < shown.mean() < 0.9
    moved = np.abs(color.rgb2lab(ops.convert_to_numpy(lab_to_rgb(lab))) - lab).max(axis=-1)
    assert moved[shown].max() < 0.2
    assert moved[~shown].min() > 1e-3
    assert in_gamut(np.zeros((2, 0, 3))).shape == (2, 0)


def test_fit_gamut_leaves_shown_colors_alone():
    lab = rgb_to_lab(data.astronaut()[::8, ::8])
    np.testing.assert_array_equal(fit_gamut(lab), lab)


def test_fit_gamut_keeps_lightness_and_hue_and_as_much_chroma_as_fits():
    lab = np.array(rgb_to_lab(data.astronaut()[::8, ::8])).reshape(-1, 3)
    lab[:, 1:] *= 2.5
    shown = fit_gamut(lab)
    changed = (shown != lab).any(axis=-1)
    assert 0.1 < changed.mean() < 0.9

    # What was inside is as it was; the rest keeps its L and hue, on a line towards grey.
    np.testing.assert_array_equal(shown[:, 0], lab[:, 0])
    lab_changed, shown_changed = lab[changed], shown[changed]
    chroma, chroma_shown = np.hypot(*lab_changed[:, 1:].T), np.hypot(*shown_changed[:, 1:].T)
    factor = (chroma_shown / chroma)[:, None]
    np.testing.assert_allclose(shown_changed[:, 1:], factor * lab_changed[:, 1:], atol=1e-4)

    # Lightness survives the way through 8 bits, which clipping does not allow.
    kept = color.rgb2lab(to_uint8(lab_to_rgb(shown)))[:, 0]
    clipped = color.rgb2lab(to_uint8(lab_to_rgb(lab)))[:, 0]
    assert np.abs(kept - lab[:, 0]).max() < 0.5
    assert np.abs(clipped - lab[:, 0]).max() > 3

    # A hundredth more of the chroma would not fit.
    more = lab_changed.copy()
    more[:, 1:] *= factor + 0.01
    assert (fit_gamut(more) != more).any(axis=-1).all()


def test_the_jax_backend_gives_every_color_back():
    pytest.importorskip("jax")
    code = (
        "import numpy as np; from colorlib.lab import lab_to_rgb, rgb_to_lab;"
        "rgb = np.arange(192, dtype=np.uint8).reshape(8, 8, 3); lab = rgb_to_lab(rgb);"
        "assert (np.rint(255 * np.asarray(lab_to_rgb(lab))) == rgb).all(); print(type(lab))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "jax" in run.stdout
