from colorlib.checks.judging import call

centres = bins.centres()
colors = np.array([[3.0, -4.0], [12.5, 33.1], [-21.4, 17.3], [48.3, -41.2]])
shares = np.asarray(call(soft_encode, colors, centres))
assert shares.shape == (4, 313), "the shares are an array (N, Q)"
assert ((shares > 0).sum(axis=1) == 5).all(), "five bins share a colour, the others get 0"
assert np.allclose(shares.sum(axis=1), 1), "the shares of a colour have the sum 1"


def share(row, a, b):
    return shares[row, centres.tolist().index([a, b])]


assert np.isclose(share(0, 0, 0), 0.40624, atol=1e-4), "(3, -4) is nearest to (0, 0)"
assert np.isclose(share(0, 0, -10), 0.27231, atol=1e-4), "and next to (0, -10)"
assert np.isclose(share(0, -10, 0), 0.01656, atol=1e-4), "the fifth bin of (3, -4) is (-10, 0)"
assert np.isclose(share(1, 10, 30), 0.48606, atol=1e-4), "(12.5, 33.1) is nearest to (10, 30)"
assert np.isclose(share(1, 20, 40), 0.08362, atol=1e-4), "its fourth bin is (20, 40)"

back = shares @ centres
assert np.allclose(back[:2], [[2.8833, -3.9467], [12.3823, 33.1094]], atol=1e-3), (
    "the mean of the five bins is nearly the colour"
)

empty = np.flatnonzero((shares == 0).all(axis=0))
order = np.random.default_rng(5).permutation(np.delete(np.arange(313), empty[:13]))
turned = np.asarray(soft_encode(colors, centres[order]))
assert np.allclose(turned, shares[:, order]), (
    "the bins may come in any number and order, the shares as they do"
)
