from colorlib.checks.judging import call

first = np.asarray(adam(np.array([[1e-3, -5.0, 4e4]]), 0.01))
assert first.shape == (1, 3) and np.allclose(first, [[-0.01, 0.01, -0.01]], rtol=1e-3), (
    "the first step is as long as the rate, whatever the gradient: that is what the hats do"
)

steady = adam(np.full((10, 2), [7.0, -0.3]), 0.002)
line = 0.002 * np.arange(1, 11)[:, None] * [-1, 1]
assert np.allclose(steady, line, rtol=1e-4), (
    "a steady gradient makes steps that are all as long as the rate"
)

assert np.allclose(adam(np.array([[1e-7]]), 0.01), -0.005), (
    "for a gradient as large as epsilon the step is half of the rate: add 1e-7 to the root"
)
assert np.allclose(adam(np.zeros((3, 2)), 0.01), 0), (
    "without a gradient there is no step: 0/0 is what epsilon prevents"
)

kernel = np.random.default_rng(2).normal(size=(6, 3, 3, 2, 4))
path = np.asarray(call(adam, kernel, 0.001))
assert path.shape == kernel.shape, "gradients may have any shape, also that of a convolution"
flat = np.asarray(adam(kernel.reshape(6, -1), 0.001))
assert np.allclose(path.reshape(6, -1), flat), (
    "each weight goes its own way, whatever the shape around it"
)

assert np.allclose(adam(kernel, 0.003), 3 * path), (
    "three times the rate makes every step three times as long"
)
assert np.allclose(adam(1000 * kernel, 0.001), path, rtol=1e-3, atol=1e-6), (
    "gradients 1000 times as large make the same steps: the size cancels against the root of v"
)

swing = np.ravel(adam(np.array([[1.0], [-1.0]]), 1.0))
assert np.allclose(swing, [-1, -1 + 0.01 / 0.19], atol=1e-5), (
    "a gradient that changes its sign nearly stops: m remembers the old one"
)
