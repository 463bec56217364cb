from colorlib.checks.judging import call

assert list(fields([3] * 6, [2] * 6)) == [3, 7, 15, 31, 63, 127], (
    "six layers of 3x3 with stride 2, our encoder"
)
blocks = [3, 3, 2] * 2 + [3, 3, 3, 2] * 3
steps = [1, 1, 2] * 2 + [1, 1, 1, 2] * 3
assert list(call(fields, blocks, steps))[-2::-4][:3] == [196, 92, 40], (
    "VGG16's blocks before pooling see 40, 92 and 196 pixels"
)

assert list(fields([1, 1, 1], [1, 2, 1])) == [1, 1, 1], "1x1 layers see one pixel"
assert list(fields([5], [4])) == [5], "one layer: its own stride does not matter"

assert list(fields([2, 2], [2, 2])) == [2, 4], "two poolings, and nothing else"
assert list(fields([3, 3], [3, 1])) == [3, 9], "a stride of 3"
