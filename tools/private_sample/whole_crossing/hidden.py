from colorlib.checks.judging import call

counts = np.array([30, 100, 300, 1000, 3000])
falls, flat = np.array([15.0, 13, 11, 9, 8]), np.full(5, 10.0)
assert np.isclose(crossing(counts, falls, flat), np.sqrt(300 * 1000)), (
    "half-way between two counts on an axis of logarithms"
)
assert np.isclose(crossing(counts, falls, flat - 0.5), 300 * (1000 / 300) ** 0.75), (
    "three quarters of the way between two counts"
)
tilt = 12 - np.log(counts)
assert np.isclose(crossing(counts, falls + tilt, flat + tilt), np.sqrt(300 * 1000)), (
    "both errors are straight lines between two counts: what both lose moves no crossing"
)

assert crossing(counts[:4], falls[:4], flat[:4] + 10) == 30, "ahead all along: the first count"

assert crossing(counts, falls, flat - 5) == 0, "not ahead at the end: 0"
assert crossing(counts, flat, falls) == 0, "ahead at the beginning, but not at the end: 0"

back = np.array([9.0, 11, 11, 9, 8])
assert np.isclose(call(crossing, counts, back, flat), np.sqrt(300 * 1000)), (
    "the last crossing counts"
)
equal = np.array([11.0, 9, 10, 9, 8])
assert np.isclose(crossing(counts, equal, flat), 300), "where both err the same, neither is ahead"
