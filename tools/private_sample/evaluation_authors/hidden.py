from colorlib.checks.judging import call

three = np.array([1.0, 3.0, 8.0]), np.array(["Bo", "Ann", "Ann"])
assert np.allclose(interval_by_author(*three, np.array([[0, 0]])), 5.5), (
    "0 is the first author of the alphabet, Ann"
)
assert np.allclose(interval_by_author(*three, np.array([[1, 1]])), 1), (
    "1 is the second author of the alphabet, Bo"
)

assert np.allclose(interval_by_author(*three, np.array([[0, 1]])), 4), (
    "with both authors drawn the mean is over three photos"
)

assert np.allclose(interval_by_author(*three, np.array([[0, 1, 1]])), 3.25), (
    "who is drawn twice brings all photos twice"
)

chance = np.random.default_rng(3)
names, gain = np.array([f"author {i:02d}" for i in range(60)]), chance.normal(0, 1, 60)
single = chance.integers(60, size=(500, 60))
low, high = call(interval_by_author, gain, names, single)
expected = np.quantile(gain[single].mean(axis=1), [0.025, 0.975])
assert np.allclose([low, high], expected), (
    "where each author has one photo, it is the bootstrap over photos"
)

ten = np.repeat(gain[:6], 10), np.repeat(names[:6], 10)
groups = interval_by_author(*ten, chance.integers(6, size=(500, 6)))
alone = interval_by_author(ten[0], names, single)
assert np.ptp(groups) > 1.5 * np.ptp(alone), "ten photos of one author are less evidence"

same = interval_by_author(*ten, np.array([[0, 1, 2, 3, 4, 5]]))
assert np.allclose(same, np.mean(gain[:6])), "each author drawn once: the mean of all photos"
