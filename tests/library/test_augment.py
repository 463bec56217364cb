import keras
import numpy as np
import pytest
from keras import ops

from colorlib import augment

pytestmark = pytest.mark.core


def numpy(tensor):
    return ops.convert_to_numpy(tensor)


@pytest.mark.parametrize("k", range(8))
def test_transform_is_turn_then_mirror(photos, k):
    expected = np.rot90(photos, k // 2, axes=(1, 2))
    if k % 2:
        expected = expected[:, :, ::-1]
    assert np.array_equal(numpy(augment.transform(photos, k)), expected)


def test_transforms_differ_and_are_named_for_what_they_do(photos):
    laid = [numpy(augment.transform(photos[:1], k)) for k in range(8)]
    assert len({photo.tobytes() for photo in laid}) == len(augment.TRANSFORMS) == 8
    mirror = laid[augment.TRANSFORMS.index("mirror")]
    assert np.array_equal(mirror, photos[:1, :, ::-1])
    upside_down = laid[augment.TRANSFORMS.index("turn 180")]
    assert np.array_equal(upside_down, photos[:1, ::-1, ::-1])


def test_each_photo_gets_its_own_transform(photos):
    k = np.arange(8, dtype="int32")
    together = numpy(augment.transform(photos, k))
    for i in range(8):
        assert np.array_equal(together[i], numpy(augment.transform(photos[i : i + 1], i))[0])


def test_augment_without_shift_and_brightness_is_the_transform(photos):
    k = np.arange(8, dtype="int32")
    seed = keras.random.SeedGenerator(0)
    plain = numpy(augment.augment(photos, k, seed, shift=0, brightness=0))
    assert np.allclose(255 * plain, numpy(augment.transform(photos, k)), atol=1e-3)


def test_shift_moves_the_photo_and_mirrors_its_edge():
    ramp = np.broadcast_to(np.arange(64, dtype="uint8")[:, None, None], (64, 64, 3))[None]
    seed = keras.random.SeedGenerator(3)
    starts = set()
    for _ in range(20):
        rows = np.round(255 * numpy(augment.augment(ramp, np.zeros(1), seed, 0.1, 0))[0, :, 0, 0])
        steps = np.diff(rows)
        assert set(np.abs(steps)) <= {0, 1}  # never a jump, never a black bar
        assert (steps == 1).sum() >= 64 - 2 * 6 - 1  # at most 6 of 64 rows come from the mirror
        starts.add(rows[32])
    assert len(starts) > 5
    assert min(starts) >= 32 - 6
    assert max(starts) <= 32 + 6


def test_brightness_scales_rgb_and_stays_in_range(photos):
    seed = keras.random.SeedGenerator(1)
    bright = numpy(augment.augment(photos, np.zeros(8), seed, 0, 0.2))
    assert bright.min() >= 0
    assert bright.max() <= 1
    original = photos / 255
    middle = (original > 0.1) & (original < 0.8)
    factors = [np.median((bright / np.maximum(original, 1e-3))[i][middle[i]]) for i in range(8)]
    assert all(0.79 < factor < 1.21 for factor in factors)
    assert np.std(factors) > 0.02  # each photo has its own
    for i in range(8):  # one factor for all pixels of a photo
        spread = (bright[i] / np.maximum(original[i], 1e-3))[middle[i]]
        assert spread.std() < 1e-3


def test_same_seed_same_photos(photos):
    k = np.zeros(8)
    once, again = (
        numpy(augment.augment(photos, k, keras.random.SeedGenerator(7))) for _ in range(2)
    )
    assert np.array_equal(once, again)


def test_mixing_treats_all_that_is_known_of_two_photos_alike(photos):
    numbers = np.arange(8, dtype="float32")
    known = {"ab": photos.astype("float32"), "maps": [numbers, numbers.astype("float16")]}
    mixed = augment.mixed(known, 0.4, keras.random.SeedGenerator(3))
    (ab, (own, half)), after = map(mixed.get, ("ab", "maps")), np.roll(numbers, 1)
    shares = (numpy(own) - numbers) / (after - numbers)
    assert shares.min() >= 0 and 0.1 < np.ptp(shares) and shares.max() < 0.4  # each its own
    expected = numbers + shares * (after - numbers)
    assert np.allclose(numpy(half), expected, atol=0.02) and "16" in str(half.dtype)
    shares = shares.reshape(-1, 1, 1, 1)
    expected = (1 - shares) * photos + shares * np.roll(photos, 1, axis=0)
    assert np.allclose(numpy(ab), expected, atol=1e-2)
