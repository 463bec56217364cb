dice = np.random.default_rng(11)
logits = dice.normal(0, 4, (10, 16, 313))
told = np.zeros((10, 16), bool)
told[5, 4] = told[1, 12] = True
logits[5, 4] = dice.normal(0, 0.1, 313)
logits[2, 12] = dice.normal(0, 0.3, 313)  # next to a hint
logits[1, 14] = dice.normal(0, 0.5, 313)  # two columns from a hint
logits[3, 2] = logits[3, 10] = dice.normal(0, 0.6, 313)  # two rows and two columns
logits[5, 7] = 30 + 1.5 * (np.arange(313) < 100)  # three columns away: in most doubt of the rest
logits[5, 7, 200] += 5
logits[8, 8] = 6 * (np.arange(313) == 0)  # they hardly differ, and one bin is likely
logits[9, 0] = -2000  # likelihoods of 0
logits[9, 0, :60] = 5  # 60 bins are likely, and none is likelier than the others
place = np.asarray(next_place(logits, told))
assert place.shape == (2,), "a row and a column"
assert place.tolist() == [5, 7], "the largest entropy that is not near a hint"

loud = logits + 3000 * dice.random((10, 16, 1))
assert np.asarray(next_place(loud, told)).tolist() == [5, 7], "logits may be loud"

assert np.asarray(next_place(logits, 0 * told != 0)).tolist() == [5, 4], (
    "without hints all places may be chosen"
)

logits[5, 7] = dice.normal(0, 30, 313)
assert np.asarray(next_place(logits, told)).tolist() != [5, 7], "its entropy is small now"
