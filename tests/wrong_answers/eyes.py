"""Wrong answers to the exercises of chapter 07, each with words that the check must say of it."""

BETWEEN = """\
def read_between(maps, y, x, stride):
    read = maps
    for pixel in (y, x):
        at = {at}
        before = int(np.floor(at))
        behind, share = min(before + 1, len(read) - 1), at - before
        read = (1 - share) * read[before] + share * read[behind]
    return read
"""

HUES = """\
def decode_hues(likely, chroma):
    K = likely.shape[1]
    turns = (np.arange(K) + {half}) / K
    z = (likely * np.exp(2j * np.pi * turns)).sum(axis=1) {share}
    hue = {hue}
    return np.stack([hue, {chroma}])
"""


def hues(half=0.5, share="/ K", hue="np.angle(z) / (2 * np.pi) % 1", chroma=None):
    chroma = chroma or "chroma * np.minimum(np.abs(z) / 0.03, 1)"
    return HUES.format(half=half, share=share, hue=hue, chroma=chroma)


SIZE = """\
results = {results}
figure, axis = figures.axes()
axis.plot([1, 2], [3, 4])
axis.set(xlabel="size", ylabel="loss")
text = "The loss is lowest near the size of the training, and I would keep it. " * 8
"""

ALIKE = """\
def cosine(columns, one):
    dot, long, other = columns @ one, np.linalg.norm(columns, axis=-1), np.linalg.norm(one)
    return {answer}
"""
BLIND = "def blindfold(maps, strides, stride):\n    return "
BELOW = "def below_grey(true, painted):\n    return "
LUCK = "def surely_below(one, other):\n    return "
BOTH = "def both_heads(ab, likely, centres):\n    return "

WRONG = {
    "eyes_alike": [
        ("lengths of both", ALIKE.format(answer="dot")),
        ("the other columns", ALIKE.format(answer="dot / other")),
        ("has a length, too", ALIKE.format(answer="dot / long")),
        ("one length for all", ALIKE.format(answer="dot / other / np.linalg.norm(columns)")),
        ("lengths squared", ALIKE.format(answer="dot / long**2 / other**2")),
        ("gave the angle", ALIKE.format(answer="np.arccos(dot / long / other)")),
        ("gave the distance", ALIKE.format(answer="np.linalg.norm(columns - one, axis=-1)")),
        ("below 0", ALIKE.format(answer="np.clip(dot / long / other, 0, 1)")),
        ("the sign", ALIKE.format(answer="abs(dot / long / other)")),
        ("the shape should be", ALIKE.format(answer="(dot / long / other)[..., None]")),
        ("it raised", ALIKE.format(answer="one @ columns / long / other")),
    ],
    "eyes_below": [
        ("what is left", BELOW + "((true - painted) ** 2).sum() / (true**2).sum()"),
        ("subtracted the errors", BELOW + "(true**2).mean() - ((true - painted) ** 2).mean()"),
        (
            "subtracted the losses",
            BELOW + "metrics.squared_error(true, 0 * true) - metrics.squared_error(true, painted)",
        ),
        ("what was painted", BELOW + "(true**2).sum() / ((true - painted) ** 2).sum() - 1"),
        ("square them", BELOW + "1 - abs(true - painted).sum() / abs(true).sum()"),
        ("took roots", BELOW + "1 - np.linalg.norm(true - painted) / np.linalg.norm(true)"),
        (
            "mean of the photos' shares",
            BELOW + "np.mean([1 - ((t - p) ** 2).sum() / (t**2).sum()"
            " for t, p in zip(true, painted)])",
        ),
        ("mean of all numbers", BELOW + "1 - np.mean((true - painted) ** 2) / np.var(true)"),
        ("turned the sign", BELOW + "((true - painted) ** 2).sum() / (true**2).sum() - 1"),
        ("percent", BELOW + "100 * (1 - ((true - painted) ** 2).sum() / (true**2).sum())"),
        ("shape", BELOW + "1 - (true - painted) ** 2 / true**2"),
    ],
    "eyes_luck": [
        ("means alone", LUCK + "np.mean(one) < np.mean(other)"),
        ("best runs alone", LUCK + "min(one) < min(other)"),
        ("In pairs", LUCK + "all(a < b for a, b in zip(one, other))"),
        ("overlap", LUCK + "max(one) < max(other)"),
        ("So they are", LUCK + "max(other) < min(one)"),
        ("not below", LUCK + "max(one) <= min(other)"),
        ("None of the first", LUCK + "True"),
        ("it raised", LUCK + "all(one < b for b in other)"),
    ],
    "eyes_blind": [
        ("are missing", BLIND + "[m for m, s in zip(maps, strides) if s != stride]"),
        ("you made them zero", BLIND + "[m * (s == stride) for m, s in zip(maps, strides)]"),
        ("you left them", BLIND + "maps"),
        (
            "you made them zero",
            BLIND + "[m * (s < (stride or 99)) for m, s in zip(maps, strides)]",
        ),
        ("a list of maps", BLIND + "maps[0]"),
        (
            "the stride `None`",
            BLIND + "[m * (i != (strides.index(stride) if stride else 0))"
            " for i, m in enumerate(maps)]",
        ),
        ("the shape", BLIND + "[0 if s == stride else m for m, s in zip(maps, strides)]"),
        (
            "changes its argument",
            BLIND.replace("return ", "maps[strides.index(stride)] *= 0\n    return ") + "maps",
        ),
    ],
    "eyes_both": [
        ("half of that", BOTH + "ab + likely @ centres"),
        ("second head's mean alone", BOTH + "likely @ centres"),
        ("first head's colours alone", BOTH + "ab"),
        ("likeliest bin", BOTH + "(ab + centres[likely.argmax(axis=-1)]) / 2"),
        ("all alike", BOTH + "(ab + centres.mean(axis=0)) / 2"),
        (
            "number of bins",
            BOTH + "(ab + np.mean(likely[..., None] * centres, axis=-2)) / 2",
        ),
        ("only the second", BOTH + "ab + likely @ centres / 2"),
        ("only the first", BOTH + "ab / 2 + likely @ centres"),
        ("it raised", BOTH + "(ab + centres @ likely) / 2"),
    ],
    "eyes_between": [
        ("off by half a place", BETWEEN.format(at="np.clip(pixel / stride, 0, len(read) - 1)")),
        (
            "nearest place",
            "def read_between(maps, y, x, stride):\n    return maps[y // stride, x // stride]",
        ),
        (
            "`(4,)`",
            "def read_between(maps, y, x, stride):\n    return maps[0]",
        ),
        (
            "numbers differ",  # right at stride 8 alone
            BETWEEN.format(at="np.clip((pixel - 3.5) / 8, 0, len(read) - 1)"),
        ),
        (
            "exchanged the two shares",
            BETWEEN.format(at="np.clip((pixel + 0.5) / stride - 0.5, 0, len(read) - 1)").replace(
                "at - before", "before + 1 - at"
            ),
        ),
        (
            "the corner of the photo",  # reads on beyond the first middle
            BETWEEN.format(at="min((pixel + 0.5) / stride - 0.5, len(read) - 1)"),
        ),
        (
            "in row 47, column 0",  # the first column is not guarded
            BETWEEN.format(at="max((pixel + 0.5) / stride - 0.5, 0 if read is maps else -1)"),
        ),
        (
            "exchanged row and column",
            BETWEEN.format(at="np.clip((pixel + 0.5) / stride - 0.5, 0, len(read) - 1)").replace(
                "(y, x):", "(x, y):"
            ),
        ),
    ],
    "eyes_join": [
        (
            "np.tile",
            "def join(coarse, skip):\n"
            "    return np.concatenate([np.tile(coarse, (1, 2, 2, 1)), skip], axis=-1)",
        ),
        (
            "skip first",
            "def join(coarse, skip):\n"
            "    large = coarse.repeat(2, axis=1).repeat(2, axis=2)\n"
            "    return np.concatenate([skip, large], axis=-1)",
        ),
        (
            "left out the skip",
            "def join(coarse, skip):\n    return coarse.repeat(2, axis=1).repeat(2, axis=2)",
        ),
        (
            "this should be an array with the shape",
            "def join(coarse, skip):\n    return coarse.repeat(2, axis=1).repeat(2, axis=2), skip",
        ),
        (
            "numbers differ",  # one of four places says something
            "def join(coarse, skip):\n"
            "    large = np.zeros((*skip.shape[:3], coarse.shape[3]))\n"
            "    large[:, ::2, ::2] = coarse\n"
            "    return np.concatenate([large, skip], axis=-1)",
        ),
    ],
    "eyes_hues": [
        ("on a line", hues(hue="likely @ turns")),
        ("forgot the half", hues(half=0)),
        ("faded by max", hues(chroma="chroma * np.maximum(np.abs(z) / 0.03, 1)")),
        ("did not divide by K", hues(share="")),
        ("negative angles", hues(hue="np.angle(z) / (2 * np.pi)")),
        ("in radians", hues(hue="np.angle(z) % (2 * np.pi)")),
        ("in degrees", hues(hue="np.degrees(np.angle(z)) % 360")),
        ("did not fade", hues(chroma="chroma")),
        ("length of z", hues(chroma="np.minimum(np.abs(z) / 0.03, 1)")),
        ("chromas first", hues().rstrip() + "[::-1]"),
        ("the shape should be", hues().rstrip() + ".T"),
        ("numbers differ", hues(share="/ 32")),  # as many as Larsson's network has
    ],
    "eyes_size": [
        ("four sizes or more", SIZE.format(results="{128: (0.02, 1.0), 192: (0.02, 2.0)}")),
        (
            "multiple of 64",
            SIZE.format(results="{100: (0.02, 1), 128: (0.02, 1), 192: (0.02, 2), 256: (0.02, 2)}"),
        ),
        (
            "no network reaches",
            SIZE.format(results="{64: (200.0, 1), 128: (210.0, 1), 192: (190, 2), 256: (190, 2)}"),
        ),
        (
            "again and again",
            SIZE.format(results="{64: (0.02, 1), 128: (0.02, 1), 192: (0.02, 2), 256: (0.02, 2)}"),
        ),
    ],
}
