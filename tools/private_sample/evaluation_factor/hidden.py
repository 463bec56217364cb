from colorlib.checks.judging import call

some = np.random.default_rng(5).normal(0, 25, (3, 4, 6, 2))
for factor in (0.5, 1.0, 3.0, -2.0):
    assert np.isclose(best_factor(factor * some, some), factor), (
        f"where the truth is {factor} times the guess, that is the factor: there are no limits"
    )
assert np.isclose(best_factor(some[0, 0], some[0, 0] + 0), 1), (
    "any shape will do, a single row of colours, too"
)

whole = np.array([[50, -30], [45, 60]])
assert np.isclose(best_factor(2 * whole, whole), 2), "whole numbers are numbers, too"

assert best_factor(some, np.zeros_like(some)) == 1, (
    "for a guess that is zero everywhere the statement asks for 1, not for 0/0"
)

guess = some[::-1] + 0.3 * some
exact = call(best_factor, some, guess)
best = metrics.squared_error(some, exact * guess)
for near in (exact - 0.01, exact + 0.01):
    assert metrics.squared_error(some, near * guess) > best, (
        "a factor nearby has a smaller error: derive the best one"
    )
photo = to_lab(unseen[12])[..., 1:]
grey_world = np.broadcast_to(photo.mean(axis=(0, 1)), photo.shape)
assert np.isclose(best_factor(photo, grey_world), 1, rtol=1e-3), (
    "the mean colour of a photo is its best guess with one colour: its factor is 1"
)
