from colorlib.checks.judging import call

authors = np.array([row["author"] for row in photos.manifest])
split = np.array([row["split"] == "validation" for row in photos.manifest])
assert not np.any(leaks(authors, split)), "the kit's own split is honest"

shuffled = np.random.default_rng(0).permutation(split)
found = np.asarray(call(leaks, authors, shuffled))
names = [name.strip().casefold() for name in authors]
training = {name for name, out in zip(names, shuffled, strict=True) if not out and name}
expected = [out and name in training for name, out in zip(names, shuffled, strict=True)]
assert np.array_equal(found, expected), f"a shuffled split has {sum(expected)} leaks"

both = np.array(["Ann", "Ann"])
assert not np.any(leaks(both, np.array([True, True]))), "without training photos nothing can leak"
assert not np.any(leaks(both, np.array([False, False]))), (
    "without photos that are held back nothing can leak"
)

odd = leaks(np.array(["\tÉMILE", "émile\n"]), np.array([True, False]))
assert list(odd) == [True, False], "blanks may be tabs, and É is a capital é"
two = leaks(np.array(["Jo Ann", "Joann"]), np.array([True, False]))
assert not np.any(two), "blanks within a name count"
nobody = leaks(np.array(["", " ", "\t ", " "]), np.array([False, True, True, False]))
assert not np.any(nobody), "a name of blanks stands for an unknown author, as an empty one does"
