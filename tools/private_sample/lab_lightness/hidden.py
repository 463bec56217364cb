from skimage.color import rgb2lab, rgb2xyz

from colorlib.checks.judging import call, without

greys = np.repeat(np.arange(256, dtype="uint8")[:, None], 3, axis=1)
ends = lightness(greys)[[0, 255]]
assert np.allclose(ends, [0, 100], atol=0.01), f"black and white should be 0 and 100, not {ends}"
assert (np.diff(lightness(greys)) > 0).all(), "of two greys the lighter code should have more L"
assert np.isclose(lightness(greys[1]), lightness(greys)[1]), (
    "code 1 is nearly black, also where no other is larger"
)

one = lightness(np.array([0, 0, 255], "uint8"))
assert np.ndim(one) == 0 and abs(one - 32.30) < 0.02, f"full blue should have L = 32.30, not {one}"

few = photos.photos[[1, 12, 734], ::32, ::32]  # (3, 8, 8, 3) uint8
expected = to_lab(few)[..., 0]
with without(rgb2lab, rgb2xyz, lab.rgb_to_lab):
    found = call(lightness, few)
assert np.shape(found) == (3, 8, 8), "a batch of photos should give a batch of L"

assert np.allclose(found, expected, atol=0.02), "real photos should have their L"
