from colorlib.checks.judging import call

one = np.eye(4)
hue, faded = decode_hues(one, np.full(4, 0.5))
assert np.allclose(hue, [0.125, 0.375, 0.625, 0.875]), (
    "where one bin has all the likelihood, its middle is the hue: (k + 1/2) / K"
)
assert np.allclose(faded, 0.5), "where one bin has all the likelihood, nothing fades"

hue, faded = decode_hues(np.full((1, 16), 1 / 16), np.array([0.7]))
assert np.allclose(faded, 0, atol=1e-6), "even likelihoods point nowhere and leave no chroma"

ring = np.zeros((2, 32))
ring[0, [0, 31]] = 0.5  # both sides of the seam
ring[1, [30, 31]] = 0.5
hue, faded = decode_hues(ring, np.array([1.0, 1.0]))
assert abs((hue[0] + 0.5) % 1 - 0.5) < 1e-6, "half before and half behind the seam is red: hue 0"
assert 0 <= hue[1] < 1 and np.isclose(hue[1], 31 / 32), "hues are from 0 to below 1"
turns = np.exp(2j * np.pi * (np.arange(32) + 0.5) / 32)
assert np.allclose(faded, np.minimum(np.abs(ring @ turns) / 32 / 0.03, 1)), (
    "the chroma is multiplied by min(|z| / 0.03, 1), and z is divided by K"
)

broad = np.random.default_rng(3).dirichlet(np.ones(24), 5)
hue, faded = call(decode_hues, broad, np.linspace(0.2, 1, 5))
z = broad @ np.exp(2j * np.pi * (np.arange(24) + 0.5) / 24) / 24
assert np.allclose(hue, np.angle(z) / (2 * np.pi) % 1), "the hue is the angle of z"
assert np.allclose(faded, np.linspace(0.2, 1, 5) * np.minimum(np.abs(z) / 0.03, 1)), (
    "broad likelihoods fade the chroma they are given"
)
