from colorlib.checks.judging import call

two = vote(scores[:2], mean_ab[:2], 0.1)
assert np.allclose(two, mean_ab[1::-1], atol=1e-3), "of two photos each guesses the other's colour"

others = (mean_ab.sum(axis=0) - mean_ab) / (len(mean_ab) - 1)
assert np.allclose(vote(scores, mean_ab, 1e6), others, atol=1e-2), "a high temperature: all others"

twice = np.concatenate([scores[:3], scores[:1]])
colors = np.array([[10.0, 0.0], [20.0, 0.0], [30.0, 0.0], [40.0, 0.0]])
guess = np.asarray(call(vote, twice, colors, 1e-3))
assert np.allclose(guess[[0, 3]], colors[[3, 0]], atol=1e-3), (
    "a photo that is there twice guesses its copy's colour, not its own"
)
unit = scores / np.linalg.norm(scores, axis=1, keepdims=True)
nearest = (unit @ unit.T - 2 * np.eye(len(unit))).argmax(axis=1)
assert np.allclose(vote(scores, mean_ab, 1e-6), mean_ab[nearest], atol=1e-3), (
    "a temperature near 0: each photo guesses its nearest neighbour's colour"
)

same = vote(scores, np.full_like(mean_ab, 7), 0.2)
assert np.allclose(same, 7), (
    "where all photos have one colour each guesses it: the weights of its voters have the sum 1"
)
louder = vote(scores * np.arange(1, 15)[:, None], mean_ab, 0.2)
assert np.allclose(louder, vote(scores, mean_ab, 0.2), atol=1e-3), "loud scores are not more alike"
