from colorlib.checks.judging import call

assert np.allclose(softmax(np.zeros(4)), 0.25), "a vector (C,) of equal logits: all alike"
assert np.allclose(softmax(np.array([[0.0, np.log(3)]])), [[0.25, 0.75]]), (
    "without a temperature it is 1"
)

stored = np.array([[20.0, 19.0, -20.0]], dtype="float16")
expected = [[0.7310586, 0.2689414, 0.0]]
assert np.allclose(call(softmax, stored, 1.0), expected, atol=2e-3), (
    "float16, as the cache holds scores"
)
low = softmax(np.array([-5000.0, -5001.0]), 1.0)
assert np.allclose(low, [0.7310586, 0.2689414]), (
    "only differences of logits matter: take the largest away"
)

assert np.allclose(softmax(scores, 1e6), 1e-3, atol=1e-6), "a high temperature: all alike"
winners = np.asarray(softmax(scores, 1e-6))
assert (winners.argmax(axis=1) == scores.argmax(axis=1)).all() and (
    winners.max(axis=1) > 0.99
).all(), "a low temperature: only the winner"
