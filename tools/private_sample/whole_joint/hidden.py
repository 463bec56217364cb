dice = np.random.default_rng(5)
error = dice.normal(0, 0.2, (3, 4, 4, 2))
scores, teacher = dice.normal(0, 3, (2, 3, 1000))
found = np.asarray(joint(error, scores, teacher, 1 / 300))
assert found.shape == (2,), "two numbers: the part of the colours, and that of the classes"
assert np.isclose(found[0], np.mean(error**2)), "the mean square of the colours' error comes first"

even = np.asarray(joint(error, 0 * scores, teacher, 1 / 300))
assert np.isclose(even[1], np.log(1000) / 300), (
    "who finds all classes equally likely is wrong by log 1000, whatever the teacher says"
)

own = np.asarray(joint(error, teacher, teacher, 1 / 300))
p = np.exp(teacher - teacher.max(axis=1, keepdims=True))
p /= p.sum(axis=1, keepdims=True)
assert np.isclose(own[1], -np.sum(p * np.log(p), axis=1).mean() / 300), (
    "who says what the teacher says is left with the teacher's entropy"
)
assert found[1] > own[1], "whoever says something else has more"

shifted = np.asarray(joint(error, scores + 5000, teacher - 5000, 1 / 300))
assert np.allclose(shifted, found), "a number added to all scores of a photo changes nothing"
