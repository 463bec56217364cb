from colorlib.checks.judging import call

dice = np.random.default_rng(11)
logits = dice.normal(0, 4, (10, 16, 313))
told = np.zeros((10, 16), bool)
told[5, 0] = told[2, 12] = True
logits[5, 0] = dice.normal(0, 0.1, 313)
logits[3, 12] = dice.normal(0, 0.3, 313)  # next to a hint
logits[2, 14] = dice.normal(0, 0.5, 313)  # two columns from a hint
logits[3, 2] = logits[4, 10] = dice.normal(0, 0.6, 313)  # two rows and two columns
logits[5, 14] = 30 + 1.5 * (np.arange(313) < 100)  # three rows away: in most doubt of the rest
logits[5, 14, 200] += 5
logits[8, 8] = 6 * (np.arange(313) == 0)  # they hardly differ, and one bin is likely
logits[9, 0] = -2000  # likelihoods of 0
logits[9, 0, :60] = 5  # 60 bins are likely, and none is likelier than the others
place = np.asarray(call(next_place, logits, told))
assert place.shape == (2,), "a row and a column"
assert place.tolist() == [5, 14], "the largest entropy that is not near a hint"

loud = logits + 3000 * dice.random((10, 16, 1))
assert np.asarray(next_place(loud, told)).tolist() == [5, 14], "logits may be loud"

assert np.asarray(next_place(logits, 0 * told != 0)).tolist() == [5, 0], (
    "without hints all places may be chosen"
)

logits[5, 14] = dice.normal(0, 30, 313)
assert np.asarray(next_place(logits, told)).tolist() != [5, 14], "its entropy is small now"
