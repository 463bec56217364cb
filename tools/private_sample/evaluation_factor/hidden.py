some = np.random.default_rng(5).normal(0, 25, (3, 4, 6, 2))
for factor in (0.5, 1.0, 3.0, -2.0):
    assert np.isclose(best_factor(factor * some, some), factor), f"{factor} times the guess"
assert np.isclose(best_factor(some[0, 0], some[0, 0] + 0), 1), "a row of colours"
whole = np.array([[100, -60], [90, 80]], "int8")
assert np.isclose(best_factor(whole, whole), 1), "whole numbers of 8 bits"
assert best_factor(some, np.zeros_like(some)) == 1, "a grey guess"
guess = some[::-1] + 0.3 * some
exact = best_factor(some, guess)
best = metrics.squared_error(some, exact * guess)
for near in (exact - 0.01, exact + 0.01):
    assert metrics.squared_error(some, near * guess) > best, "a factor nearby is better"
photo = to_lab(unseen[12])[..., 1:]
grey_world = np.broadcast_to(photo.mean(axis=(0, 1)), photo.shape)
assert np.isclose(best_factor(photo, grey_world), 1, rtol=1e-3), "a photo's mean colour"
