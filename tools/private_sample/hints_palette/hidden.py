from colorlib.checks.judging import call

centres = bins.centres().astype(float)
wanted = np.array([[30.0, 40.0], [0.0, -40.0], [-20.0, 10.0]])
apart = np.linalg.norm(centres[:, None] - wanted, axis=-1)  # (313, 3)
p = np.exp(-apart / 8) @ np.array([0.5, 0.2, 0.3])
p *= 1 + 0.5 * np.sin(np.arange(313))
p /= p.sum()
start = np.array([[80.0, -80.0], [70.0, -20.0], [80.0, 0.0], [80.0, -100.0], [-70.0, 80.0]])
found = np.asarray(call(palette, p, centres, start))
assert found.shape == (5, 3), "three numbers for each colour: a, b and its share"

assert np.isclose(found[:, 2].sum(), 1), "the shares have the sum 1"

assert (np.diff(found[:, 2]) < 0).all(), "the colour with the largest share comes first"

nearest = np.square(centres[:, None] - found[:, :2]).sum(axis=-1).argmin(axis=1)
for number, (a, b, share) in enumerate(found):
    own = nearest == number
    assert np.isclose(share, p[own].sum(), atol=1e-4), "a share is the sum of its likelihoods"
    mean = p[own] @ centres[own] / p[own].sum()
    assert np.allclose(mean, (a, b), atol=1e-3), (
        "a colour is the mean of the bins that belong to it, by how likely they are"
    )
assert np.allclose(found[0], [-21.003, 10.372, 0.307], atol=0.01), (
    "another start may end elsewhere: begin with the colours that are given"
)
