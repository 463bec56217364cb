from colorlib.checks.judging import call

people, photos = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 1, 2, 2, 0])
real = np.array([1, 0, 0, 0, 1, 1])
once = np.arange(3)[None]
ends = np.asarray(bootstrap(people, photos, real, once, once))
assert ends.shape == (2,), "the interval is an array (2,)"
assert np.allclose(ends, 0.5), "one draw of everybody, and everything once: the plain share"

ends = bootstrap(people, photos, real, np.array([[0, 0, 1]]), np.array([[0, 1, 1]]))
assert np.allclose(ends, 2 / 8), (
    "person 0 and photo 1 drawn twice: the answer of both counts four times"
)

dice = np.random.default_rng(7)
people = np.repeat(np.arange(15), 8)
photos = np.concatenate([dice.permutation(20)[:8] for _ in range(15)])
chance = 0.35 + 0.3 * np.sin(people) * np.cos(photos)
real = (dice.random(120) < chance).astype(int)
drawn = dice.integers(15, size=(500, 15)), dice.integers(20, size=(500, 20))
low, high = call(bootstrap, people, photos, real, *drawn)
times = [(of == np.arange(len(of[0]))[:, None, None]).sum(axis=2) for of in drawn]  # of each draw
weights = times[0][people] * times[1][photos]  # (120, 500)
wanted = np.quantile(real @ weights / weights.sum(axis=0), [0.025, 0.975])
assert np.allclose([low, high], wanted), "the two quantiles, and the lower end comes first"
order = dice.permutation(120)
again = bootstrap(people[order], photos[order], real[order], *drawn)
assert np.allclose(again, [low, high]), "answers may come in any order"

one_of_25 = np.repeat([[0, 0], [1, 1]], (40, 960), axis=0)
ends = bootstrap(np.arange(2), np.zeros(2, int), np.arange(2), one_of_25, np.zeros((1000, 1), int))
assert np.allclose(ends, [0, 1]), "where 4 of 100 draws are 0, the 2.5 % quantile is 0"
