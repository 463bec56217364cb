import tracemalloc

from colorlib.checks.judging import call

draw = np.random.default_rng(4)
parts = (2, 4, 5, 3), (2, 10), (1, 1, 13, 6), (6,)
assert fuse(*(draw.normal(size=shape) for shape in parts)).shape == (2, 4, 5, 6), (
    "2 photos should stay 2 grids of 6 channels"
)

for batch, height, width, depth in ((1, 1, 1, 3), (2, 4, 5, 3), (4, 4, 4, 8), (3, 3, 1, 3)):
    given = draw.normal(size=(batch, height, width, depth)), draw.normal(size=(batch, 10))
    weights = draw.normal(size=(1, 1, depth + 10, 6)), draw.normal(size=6)
    fused = call(fuse, *given, *weights)
    for one in range(batch):
        row = np.concatenate([given[0][one, -1, -1], given[1][one]]) @ weights[0][0, 0] + weights[1]
        assert np.allclose(fused[one, -1, -1], np.maximum(row, 0)), (
            f"photo {one} of {batch} needs its own scores, at each of its places"
        )

single = fuse(*(np.ones(shape, "float32") for shape in ((1, 2, 2, 3), (1, 4), (1, 1, 7, 2), (2,))))
assert np.allclose(single, 8), "numbers in float32 are added up like others"

large = [np.ones(shape) for shape in ((1, 48, 48, 8), (1, 1000), (1, 1, 1008, 8), (8,))]
tracemalloc.start()
fuse(*large)
peak = tracemalloc.get_traced_memory()[1]
tracemalloc.stop()
assert peak < 48 * 48 * 1000 * 2, "multiply the scores once; do not copy them to every place"
