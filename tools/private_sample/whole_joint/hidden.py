from colorlib.checks.judging import call

dice = np.random.default_rng(5)
error = dice.normal(0, 0.2, (3, 4, 4, 2))
scores, teacher = dice.normal(0, 3, (2, 3, 1000))
found = np.asarray(call(joint, error, scores, teacher, 1 / 300))
assert found.shape == (2,), "two numbers: the part of the colours, and that of the classes"
assert np.isclose(found[0], np.mean(error**2)), "the mean square of the colours' error comes first"

even = np.asarray(joint(error, 0 * scores, teacher, 0.2))
assert np.isclose(even[1], np.log(1000) * 0.2), (
    "who finds all classes equally likely is wrong by log 1000, whatever the teacher says"
)

own = np.asarray(joint(error, teacher, teacher, 1 / 300))
p = np.exp(teacher - teacher.max(axis=1, keepdims=True))
p /= p.sum(axis=1, keepdims=True)
assert np.isclose(own[1], -np.sum(p * np.log(p), axis=1).mean() / 300), (
    "who says what the teacher says is left with the teacher's entropy"
)
assert found[1] > own[1], "whoever says something else has more"

shift = np.array([[0], [5000], [-5000]])
shifted = np.asarray(joint(error, scores + shift, teacher - shift, 1 / 300))
assert np.allclose(shifted, found), "a number added to all scores of a photo changes nothing"
loud = np.asarray(joint(error, np.array([[0.0, -2000]] * 3), np.zeros((3, 2)), 1 / 300))
assert np.isclose(loud[1], 1000 / 300), "scores may be loud: log q is half of 0 and -2000 here"
