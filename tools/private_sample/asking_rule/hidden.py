forgiven, passed = rule(8, 0.02, 0.05)
assert forgiven == 1, "1 - 0.98**8 is 0.149, so that one miss has to be forgiven"
assert np.isclose(passed, 9 / 256), "guessers who miss none of eight, or one"

assert rule(4, 0.0, 0.05)[0] == 0, "nobody slips: nothing to forgive"
assert np.isclose(rule(4, 0.0, 0.05)[1], 1 / 16), "no miss in four, by chance"

forgiven, passed = rule(30, 0.1, 0.01)
assert forgiven == 7, "thirty checks, one slip in ten, one honest person in a hundred"
assert np.isclose(passed, stats.binom.cdf(7, 30, 0.5)), "the guessers who pass"

assert rule(3, 0.4, 0.0)[0] == 3, "to lose nobody, everything has to be forgiven"
