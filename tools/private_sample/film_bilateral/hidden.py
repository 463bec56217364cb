from colorlib.checks.judging import call

dice = np.random.default_rng(11)
when = np.cumsum(dice.uniform(0.03, 0.1, 15))
light = 40 + dice.normal(0, 6, 15)
colors = dice.normal(0, 10, (15, 2))
calm = np.asarray(call(steadied, light, colors, when, 0.25, 6.0))
assert calm.shape == (15, 2), "the answer is an array (T, 2)"
far, unlike = (when[:, None] - when) / 0.25, (light[:, None] - light) / 6.0
weights = np.exp(-(far**2) / 2) * np.exp(-(unlike**2) / 2)
wanted = weights @ colors / weights.sum(axis=1, keepdims=True)
assert np.allclose(calm, wanted, atol=1e-6), "the mean of all frames, weighed by both bells"

two = np.asarray(
    steadied(
        np.array([50.0, 53.0]), np.array([[0.0, 8.0], [10.0, -2.0]]), np.array([0, 0.1]), 0.2, 5.0
    )
)
share = np.exp(-0.125 - 0.18) / (1 + np.exp(-0.125 - 0.18))
assert np.allclose(two, [[10 * share, 8 - 10 * share], [10 - 10 * share, -2 + 10 * share]]), (
    "two frames: each takes its share of the other"
)

same = np.asarray(steadied(np.full(15, 50.0), colors, when, 1e6, 5.0))
assert np.allclose(same, colors.mean(axis=0), atol=1e-6), (
    "with one L and any steadiness all frames count alike"
)

apart = np.asarray(steadied(np.arange(15) * 10.0, colors, when, 0.2, 0.5))
assert np.allclose(apart, colors, atol=1e-6), "frames with quite another L have no say"
