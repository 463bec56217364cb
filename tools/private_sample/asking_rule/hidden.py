forgiven, passed = rule(8, 0.02, 0.05)
assert forgiven == 1, "1 - 0.98**8 is 0.149, so that one miss has to be forgiven"
assert np.isclose(passed, 9 / 256), "guessers who miss none of eight, or one"

assert rule(4, 0.0, 0.05)[0] == 0, "nobody slips: nothing to forgive"
assert np.isclose(rule(4, 0.0, 0.05)[1], 1 / 16), "no miss in four, by chance"

forgiven, passed = rule(30, 0.2, 0.01)
assert forgiven == 11, "thirty checks, one slip in five, one honest person in a hundred"
assert np.isclose(passed, stats.binom.cdf(11, 30, 0.5)), "the guessers who pass"

assert rule(3, 0.5, 0.0)[0] == 3, "to lose nobody, everything has to be forgiven"
assert rule(1, 0.25, 0.25)[0] == 0, "just as many are lost as may be"
