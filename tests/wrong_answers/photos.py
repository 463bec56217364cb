"""Wrong answers to the exercises of chapter 02, each with words that the check must say of it."""

BINS = "def count(ab):\n    i, j = np.moveaxis({}.astype(int){}, -1, 0)\n"
TABLE = "    table = np.zeros((27, 27), int)\n    np.add.at(table, (i, j), 1)\n    return table"
COPIES = "def differing_bits(c):\n    bits = {}\n    n = len(c)\n    bits = bits.reshape(n, -1)\n"
LEAKS = """def leaks(authors, held_back):
    names = [{} for name in authors]
    training = {{name for name, out in zip(names, held_back) if not out}}
    return np.array([bool({}) for name, out in zip(names, held_back)])"""
SAME = "name.strip().lower()"
WINDOW = """def source_table(size, down, right):
    numbers = np.arange(size * size).reshape(size, size)
    big = np.pad(numbers, size - 1, {!r})
    return big[size - 1 + {} :, size - 1 + {} :][:size, :size]"""
VARIED = "def variation(rgb):\n    {}\n\nfigure = {}\nanswer = {!r}"
NOISE = "return rgb // 2 + np.random.default_rng().integers(0, 120, rgb.shape, dtype='uint8')"
GRID = "figures.photo_grid([photos.photos[:4]] * 2, labels=('before', 'after'))"
TEXT = "The input L changes a little and so does the answer, whose chroma falls. " * 7

SHARE = "def share_below(ab, limit):\n    return {}"
CHROMA = "np.hypot(ab[..., 0], ab[..., 1])"
PEOPLE = "def thanked(manifest):\n    names = [row['author'] for row in manifest]\n    return "
VOTES = "def votes(hue, chroma, edges):\n    n, _ = np.histogram({}, edges{})\n    return {}"
WEIGHED = ", weights=chroma"
BRIGHT = "def brighter(photos, factor):\n    return "
LOOK = "def look_up(lightness, table):\n    return "
NEAREST = """def nearest_of(likeness):
    x = likeness.copy()
    {}
    return {}"""
SHARED = "def touched(same_author, held_back, rest):\n    return "
MIRROR = "def mirror(pictures):\n    return "

WRONG = {
    "photos_people": [
        ("the empty name", PEOPLE + "len(set(names))"),
        ("You counted photos:", PEOPLE + "len(names)"),
        ("a known author", PEOPLE + "sum(name != '' for name in names)"),
        ("a single photo", PEOPLE + "sum(names.count(name) == 1 for name in names)"),
        ("several photos", PEOPLE + "sum(1 < names.count(name) for name in set(names) - {''})"),
        ("of one author", PEOPLE + "max(names.count(name) for name in set(names) - {''})"),
        ("without an author", PEOPLE + "names.count('')"),
        ("all authors known", PEOPLE + "len(set(names)) - 1"),
        ("should be a number", PEOPLE + "set(names) - {''}"),
    ],
    "photos_grey": [
        ("number of pixels", SHARE.format(f"np.sum({CHROMA} < limit)")),
        ("number of numbers", SHARE.format(f"np.sum({CHROMA} < limit) / ab.size")),
        ("per cent", SHARE.format(f"100 * np.mean({CHROMA} < limit)")),
        ("beyond the limit", SHARE.format(f"np.mean({CHROMA} > limit)")),
        ("for themselves", SHARE.format("np.mean(np.abs(ab) < limit)")),
        ("a square around grey", SHARE.format("np.mean((np.abs(ab) < limit).all(axis=-1))")),
        ("round a corner", SHARE.format("np.mean(np.abs(ab).sum(axis=-1) < limit)")),
        ("cancel each other", SHARE.format("np.mean(ab[..., 0] + ab[..., 1] < limit)")),
        ("forgot the root", SHARE.format("np.mean((ab**2).sum(axis=-1) < limit)")),
        ("compare with 10", SHARE.format(f"np.mean({CHROMA} < 10)")),
        ("of each pixel", SHARE.format(f"{CHROMA} < limit")),
        ("for each row", SHARE.format(f"np.mean({CHROMA} < limit, axis=-1)")),
    ],
    "photos_lookup": [
        ("cut the decimals off", LOOK + "table[lightness.astype(int)]"),
        ("rounded up", LOOK + "table[np.ceil(lightness).astype(int)]"),
        ("mixed two rows", LOOK + "np.stack([np.interp(lightness, np.arange(101), column)\n"
         "        for column in table.T], axis=-1)"),
        ("one answer for all", LOOK + "np.zeros((*lightness.shape, 2)) + table.mean(axis=0)"),
        ("one column", LOOK + "table[np.rint(lightness).astype(int), 0]"),
        ("swapped a and b", LOOK + "table[np.rint(lightness).astype(int), ::-1]"),
        ("picture's shape", LOOK + "table[np.rint(lightness.ravel()).astype(int)]"),
        ("other end", LOOK + "table[100 - np.rint(lightness).astype(int)]"),
        ("IndexError", LOOK + "table[np.rint(lightness)]"),
    ],
    "photos_votes": [
        ("has one vote", VOTES.format("hue", "", "100 * n / n.sum()")),
        ("You counted pixels", VOTES.format("hue", "", "n")),
        ("You give shares", VOTES.format("hue", WEIGHED, "n / n.sum()")),
        ("sums of chroma", VOTES.format("hue", WEIGHED, "n")),
        ("mean chromas", VOTES.format("hue", WEIGHED, "n / np.histogram(hue, edges)[0]")),
        ("number of pixels", VOTES.format("hue", WEIGHED, "100 * n / hue.size")),
        ("largest bin", VOTES.format("hue", WEIGHED, "100 * n / n.max()")),
        ("widths of the bins, too.", VOTES.format("hue", WEIGHED + ", density=True", "n")),
        ("no per cent", VOTES.format("hue", WEIGHED + ", density=True", "100 * n")),
        ("You squared", VOTES.format("hue", ", weights=chroma**2", "100 * n / n.sum()")),
        ("from bin to bin", VOTES.format("hue", WEIGHED, "100 * n.cumsum() / n.sum()")),
        ("You binned the chroma", VOTES.format("chroma", ", weights=hue", "100 * n / n.sum()")),
        ("should be an array", "def votes(hue, chroma, edges):\n"
         "    return np.histogram(hue, edges, weights=100 * chroma / chroma.sum())"),
    ],
    "photos_nearest": [
        ("like itself", "def nearest_of(likeness):\n    return likeness.argmax(axis=1)"),
        ("You put 0", NEAREST.format("np.fill_diagonal(x, 0)", "x.argmax(axis=1)")),
        ("least similar", NEAREST.format("", "x.argmin(axis=1)")),
        ("which row is it", NEAREST.format("np.fill_diagonal(x, -1)", "x.max(axis=1)")),
        ("moved up", NEAREST.format(
            "rows = enumerate(x)", "np.array([np.delete(row, i).argmax() for i, row in rows])")),
        ("whole table", NEAREST.format("np.fill_diagonal(x, -1)", "x.argmax()")),
        ("order of all", NEAREST.format("np.fill_diagonal(x, -2)", "np.argsort(-x, axis=1)")),
        ("changes its argument", "def nearest_of(likeness):\n"
         "    np.fill_diagonal(likeness, -1)\n    return likeness.argmax(axis=1)"),
    ],
    "photos_shared": [
        ("You counted: divide", SHARED + "same_author[held_back][:, rest].any(axis=1).sum()"),
        ("You counted pairs", SHARED + "same_author[held_back][:, rest].sum(axis=1).mean()"),
        ("of all pairs", SHARED + "same_author[held_back][:, rest].mean()"),
        ("of the rest", SHARED + "same_author[held_back][:, rest].any(axis=0).mean()"),
        ("by all photos", SHARED
         + "same_author[held_back][:, rest].any(axis=1).sum() / len(same_author)"),
        ("both held back", SHARED + "same_author[held_back].any(axis=1).mean()"),
        ("the other side", SHARED + "same_author[held_back][:, held_back].any(axis=1).mean()"),
        ("*not* in the rest", SHARED
         + "(~same_author[held_back][:, rest]).all(axis=1).mean()"),
        ("per cent", SHARED + "100 * same_author[held_back][:, rest].any(axis=1).mean()"),
        ("*all* of the rest", SHARED + "same_author[held_back][:, rest].all(axis=1).mean()"),
        ("of each photo: give", SHARED + "same_author[held_back][:, rest].any(axis=1)"),
        ("IndexError", SHARED + "same_author[held_back, rest].any(axis=1).mean()"),
    ],
    "photos_brighter": [
        ("go round to 0", BRIGHT + "np.rint(factor * photos).astype(int).astype('uint8')"),
        ("off, and above 255", BRIGHT + "(factor * photos).astype(int).astype('uint8')"),
        ("8 bits end at 255", BRIGHT + "np.rint(factor * photos)"),
        ("neither rounded", BRIGHT + "factor * photos"),
        ("decimals off: round", BRIGHT + "(factor * photos).clip(0, 255).astype('uint8')"),
        ("rounded up", BRIGHT + "np.ceil(factor * photos).clip(0, 255)"),
        ("whole numbers", BRIGHT + "np.clip(factor * photos, 0, 255)"),
        ("cut off at 1", BRIGHT + "np.rint(factor * photos).clip(0, 1)"),
        ("not rounded", BRIGHT + "np.clip(factor * (photos / 255), 0, 1)"),
        ("You added", BRIGHT + "np.rint(photos + 255 * (factor - 1)).clip(0, 255)"),
        ("You divided", BRIGHT + "np.rint(photos / factor).clip(0, 255)"),
        ("rounded the factor", BRIGHT + "np.clip(photos.astype(int) * round(factor), 0, 255)"),
        ("largest number", BRIGHT + "np.rint(photos * (255 / photos.max()))"),
        ("one channel", "def brighter(photos, factor):\n    x = photos.astype(float)\n"
         "    x[..., 0] = np.rint(x[..., 0] * factor).clip(0, 255)\n    return x"),
        ("changes its argument", "def brighter(photos, factor):\n"
         "    photos[:] = np.rint(photos * factor).clip(0, 255)\n    return photos"),
    ],
    "photos_mirror": [
        ("on its head", MIRROR + "pictures[:, ::-1]"),
        ("on its head", MIRROR + "np.fliplr(pictures)"),
        ("of one pixel", MIRROR + "pictures[..., ::-1]"),
        ("order of the pictures", MIRROR + "pictures[::-1]"),
        ("by half", MIRROR + "np.rot90(pictures, 2, axes=(1, 2))"),
        ("all axes", MIRROR + "np.flip(pictures)"),
        ("Nothing has changed", MIRROR + "pictures.copy()"),
        ("at a diagonal", MIRROR + "pictures.swapaxes(1, 2)"),
        ("first picture", MIRROR + "pictures[0, :, ::-1]"),
    ],
    "photos_bins": [
        ("cut off decimals", BINS.format("(ab / 10)", " + 13") + TABLE),
        ("rounded down", BINS.format("np.floor(ab / 10)", " + 13") + TABLE),
        ("rounded down", BINS.format("(ab / 10 + 13)", "") + TABLE),
        ("swapped the axes", BINS.format("np.rint(ab[..., ::-1] / 10)", " + 13") + TABLE),
        ("forgot the 13", BINS.format("np.rint(ab / 10)", "") + TABLE),
        ("counted each bin once", BINS.format("np.rint(ab / 10)", " + 13")
         + "    table = np.zeros((27, 27), int)\n    table[i, j] += 1\n    return table"),
        ("give shares", BINS.format("np.rint(ab / 10)", " + 13")
         + TABLE.replace("return table", "return table / table.sum()")),
        ("end at ±130", "def count(ab):\n    a, b = ab.reshape(-1, 2).T\n    "
         "return np.histogram2d(a, b, 27, [[-130, 130], [-130, 130]])[0]"),
        ("the middles", "def count(ab):\n    a, b = ab.reshape(-1, 2).T\n    "
         "return np.histogram2d(a, b, np.arange(-130, 131, 10))[0]"),
        ("IndexError", BINS.format("np.rint(ab)", " + 13") + TABLE),
        ("numbers differ", "def count(ab):\n"
         "    i, j = (np.rint(ab[:, :, c] / 10).astype(int) + 13 for c in (0, 1))\n" + TABLE),
        ("numbers differ", BINS.format("np.rint(ab.clip(-120, 120) / 10)", " + 13") + TABLE),
    ],
    "photos_copies": [
        ("wraps round", COPIES.format("np.diff(c) > 0")
         + "    return (bits[:, None] != bits).sum(axis=-1)"),
        ("the cell above", COPIES.format("c[:, 1:] > c[:, :-1]")
         + "    return (bits[:, None] != bits).sum(axis=-1)"),
        ("grey values themselves", COPIES.format("c")
         + "    return (bits[:, None] != bits).sum(axis=-1)"),
        ("mean of the picture", COPIES.format("c > c.mean(axis=(1, 2), keepdims=True)")
         + "    return (bits[:, None] != bits).sum(axis=-1)"),
        ("right neighbour", COPIES.format("c[:, :, :-1] > c[:, :, 1:]")
         + "    return (bits[:, None] != bits).sum(axis=-1)"),
        ("equal cells for brighter", COPIES.format("c[:, :, 1:] >= c[:, :, :-1]")
         + "    return (bits[:, None] != bits).sum(axis=-1)"),
        ("bits that agree", COPIES.format("c[..., 1:] > c[..., :-1]")
         + "    return (bits[:, None] == bits).sum(axis=-1)"),
        ("give a share", COPIES.format("c[..., 1:] > c[..., :-1]")
         + "    return (bits[:, None] != bits).mean(axis=-1)"),
        ("how many bits", COPIES.format("c[..., 1:] > c[..., :-1]")
         + "    return (bits[:, None] != bits).any(axis=-1)"),
        ("numbers differ", COPIES.format("c[..., 1:] > c[..., :-1]")
         + "    return np.triu((bits[:, None] != bits).sum(axis=-1))"),
        ("numbers differ", "def differing_bits(c):\n    flat = c.reshape(len(c), -1)\n"
         "    bits = flat[:, 1:] > flat[:, :-1]\n"
         "    return (bits[:, None] != bits).sum(axis=-1)"),
    ],
    "photos_leaks": [
        ("unknown authors for one", LEAKS.format(SAME, "out and name in training")),
        ("as they are typed", LEAKS.format("name", "out and name in training")),
        ("as they are typed", LEAKS.format("name", "out and name.strip() and name in training")),
        ("overlooked capital", LEAKS.format("name.strip()", "out and name and name in training")),
        ("overlooked blanks", LEAKS.format("name.lower()", "out and name and name in training")),
        ("blanks within names", LEAKS.format("''.join(name.split()).lower()",
         "out and name and name in training")),
        ("`'Jo Ann'`", LEAKS.format("(name.split() or [''])[0].lower()",
         "out and name and name in training")),
        ("all photos in training", LEAKS.format(SAME, "name and name in training")),
        ("in training, too", LEAKS.format(SAME, "name and names.count(name) > 1 and "
         "name in training and name in {n for n, o in zip(names, held_back) if o}")),
        ("all held back", LEAKS.format(SAME, "out and name and names.count(name) > 1")),
        ("turn the answer", LEAKS.format(SAME, "not (out and name and name in training)")),
        ("most are honest", LEAKS.format("name", "out")),
        ("the shape should be", LEAKS.format(SAME, "0") + ".nonzero()[0]"),
        ("blank name for a person", """def leaks(authors, held_back):
    known, names = authors != "", np.char.lower(np.char.strip(authors))
    return known & held_back & np.isin(names, names[known & ~held_back])"""),
        ("tabs among them", LEAKS.format("name.strip(' ').lower()",
         "out and name.strip() and name in training")),
        ("overlooked capital", LEAKS.format("name.strip()[:1].lower() + name.strip()[1:]",
         "out and name and name in training")),
    ],
    "photos_sources": [
        ("the other way", WINDOW.format("reflect", "-down", "-right")),
        ("go round, and the other way", """def source_table(size, down, right):
    numbers = np.arange(size * size).reshape(size, size)
    return np.roll(numbers, (down, right), axis=(0, 1))"""),
        ("top and the left only", """def source_table(size, down, right):
    rows, columns = np.abs(np.arange(size) + down), np.abs(np.arange(size) + right)
    return rows[:, None] * size + columns"""),
        ("did not fold back", """def source_table(size, down, right):
    return (np.arange(size) + down)[:, None] * size + np.arange(size) + right"""),
        ("doubled the edge", WINDOW.format("symmetric", "down", "right")),
        ("repeat the edge", WINDOW.format("edge", "down", "right")),
        ("You go round: beyond", WINDOW.format("wrap", "down", "right")),
        ("swapped down and right", WINDOW.format("reflect", "right", "down")),
        ("column by column", WINDOW.format("reflect", "right", "down") + ".T"),
        ("left out the shift", WINDOW.format("reflect", 0, 0)),
        ("the shape should be", WINDOW.format("reflect", "down", "right") + ".ravel()"),
        ("right = 0", WINDOW.replace("size - 1", "size // 2").format("reflect", "down", "right")),
        ("whole numbers", WINDOW.format("reflect", "down", "right") + ".astype(float)"),
    ],
    "photos_variation": [
        ("it is an array of float64", VARIED.format("return rgb / 255", GRID, TEXT)),
        ("should keep it", VARIED.format("return rgb[::2, ::2].copy()", GRID, TEXT)),
        ("no answer to learn", VARIED.format("return rgb[..., [1, 1, 1]]", GRID, TEXT)),
        ("`augment` already", VARIED.format("return rgb[:, ::-1]", GRID, TEXT)),
        ("as they were", VARIED.format("return rgb.copy()", GRID, TEXT)),
        ("changes its argument", VARIED.format("rgb[:9] = 0\n    return rgb", GRID, TEXT)),
        ("shows 4 photos", VARIED.format(NOISE, "figures.photo_grid([photos.photos[:4]])", TEXT)),
        ("above or beside", VARIED.format(NOISE, GRID.partition(", labels")[0] + ")", TEXT)),
        ("explain a little more", VARIED.format(NOISE, GRID, "It is fine.")),
        ("all but a few pixels", VARIED.format("varied = rgb.copy()\n    "
         "varied[0, 0] = 255 - varied[0, 0]\n    return varied", GRID, TEXT)),
        ("brightness alone", VARIED.format(
            "return np.clip(1.1 * rgb, 0, 255).astype('uint8')", GRID, TEXT)),
        ("brightness alone", VARIED.format(
            "return np.rint(0.6 * rgb).astype('uint8')", GRID, TEXT)),
    ],
}  # fmt: skip
