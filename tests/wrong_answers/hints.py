"""Wrong answers to the exercises of chapter 10, each with words that the check must say of it."""

TOLD = """\
def hint_map(ab, squares):
    found = np.zeros((*ab.shape[:2], 3))
    for {names} in {squares}:
        {first}
        place = slice(row, row + side), slice(column, column + side)
        found[place] = [*{color}, 1] if not {own} else np.concatenate(
            [ab[place], np.ones((*ab[place].shape[:2], 1))], axis=2)
    {last}
    return {answer}
"""


def told(
    names="row, column, side", squares="squares", first="", last="", answer="found", own=False,
    color="ab[place].mean(axis=(0, 1))",
):  # fmt: skip
    return TOLD.format(
        names=names, squares=squares, first=first, last=last, answer=answer, own=own, color=color
    )


REACH = """\
def reach(change, row, column):
    rows, columns = np.indices(change.shape)
    down, right = rows - {row}, columns - {column}
    distance = {distance}
    order = np.argsort(distance, axis=None)
    so_far = np.cumsum({weights}.ravel()[order])
    half = distance.ravel()[order][np.searchsorted(so_far, so_far[-1] / 2)]
    return {answer}
"""


def reach(
    distance="np.hypot(down, right)", weights="change", answer="half", row="row", column="column"
):
    return REACH.format(distance=distance, weights=weights, answer=answer, row=row, column=column)


PALETTE = """\
def palette(p, centres, start):
    colors, each = {start}, range({count})
    for _ in range({rounds}):
        nearest = np.{apart}(centres[:, None] - colors).sum(axis=-1).argmin(axis=1)
        parts = [({p})[nearest == k] for k in each]
        colors = np.array([part @ centres[nearest == k] / part.sum()
                           for k, part in zip(each, parts)])
    shares = np.array({shares})
    found = np.c_[colors, shares][np.argsort({order})]
    return {answer}
"""


def palette(
    rounds=60, p="p", shares="[p[nearest == k].sum() for k in each]", order="-shares",
    answer="found", apart="square", count="len(start)", start="start",
):  # fmt: skip
    return PALETTE.format(
        rounds=rounds,
        p=p,
        shares=shares,
        order=order,
        answer=answer,
        apart=apart,
        count=count,
        start=start,
    )


NEXT = """\
def next_place(logits, told):
    z = {z}
    p = np.exp(z)
    p = {p}
    worth = {worth}
    rows, columns = np.indices(told.shape)
    for row, column in {hints}:
        down, across = abs(rows - row), abs(columns - column)
        worth[{near}] = {never}
    place = np.unravel_index(worth.{best}(), worth.shape)
    return {answer}
"""


def following(
    z="logits - logits.max(axis=-1, keepdims=True)", p="p / p.sum(axis=-1, keepdims=True)",
    worth="-np.sum(p * np.log(p + 1e-300), axis=-1)", hints="np.argwhere(told)",
    near="np.maximum(down, across) <= 2", never="-1e9", best="argmax", answer="place",
):  # fmt: skip
    return NEXT.format(
        z=z, p=p, worth=worth, hints=hints, near=near, never=never, best=best, answer=answer
    )


AROUND = "np.maximum(np.minimum(down, 12 - down), np.minimum(across, 15 - across)) <= 2"

PLATE = """\
hints_given = {hints}
figure = figures.photo_grid([[plate, plate, plate]], {titles})
text = {text}
"""
WORDS = '"The coat is brown because dyes of that time were. " * 10'


def plated(hints="[(10, 20, '#204080')]", titles="('grey', 'without', 'with')", text=WORDS):
    return PLATE.format(hints=hints, titles=titles, text=text)


DIE = "def share_of(n, sides):\n    return "
CHANGE = "def moved(before, after):\n    return "


def gained(answer):
    return f"def decibels_gained(before, after):\n    return {answer}"


HEARD = """\
def heard(apart):
    scales = np.array([0.3, 15, 6, 6])
    return {answer}
"""
SHARES = """
def share_of_each(nearest, bins):
    counts = np.bincount(nearest.ravel(), minlength=bins)
    return """
WORTH = "def each_further(numbers, gains):\n    return "

WRONG = {
    "hints_die": [
        ("the last throw", DIE + "(1 - 1 / sides) ** n"),
        ("or earlier", DIE + "1 - (1 - 1 / sides) ** (n + 1)"),
        ("before the first point", DIE + "(1 - 1 / sides) ** (n - 1.0) / sides"),
        ("one factor too many", DIE + "(1 - 1 / sides) ** (n + 1) / sides"),
        ("exchanged them", DIE + "(1 / sides) ** n * (1 - 1 / sides)"),
        ("stop each time", DIE + "(1 / sides) ** n"),
        ("eight sides", DIE + "(7 / 8) ** n / 8"),
        ("the same share", DIE + "np.full(len(n), 1 / sides)"),
        ("is a power", DIE + "n * (1 - 1 / sides) / sides"),
    ],
    "hints_change": [
        ("added the changes of a and b", CHANGE + "abs(after - before).sum(axis=-1)"),
        ("mean of both changes", CHANGE + "abs(after - before).mean(axis=-1)"),
        ("with their signs", CHANGE + "(after - before).sum(axis=-1)"),
        ("forgot the root", CHANGE + "((after - before) ** 2).sum(axis=-1)"),
        ("root of the mean", CHANGE + "np.sqrt(np.mean((after - before) ** 2, axis=-1))"),
        (
            "how strong the colours are",
            CHANGE + "np.linalg.norm(after, axis=-1) - np.linalg.norm(before, axis=-1)",
        ),
        ("of a and of b", CHANGE + "after - before"),
        ("sizes of both", CHANGE + "abs(after - before)"),
        ("one number for all", CHANGE + "np.linalg.norm(after - before)"),
        ("gave the mean", CHANGE + "np.linalg.norm(after - before, axis=-1).mean()"),
        ("numbers differ", CHANGE + "np.hypot(*(after + before).T).T"),
        ("many pictures", CHANGE + "np.linalg.norm(after - before, axis=2)"),
    ],
    "hints_gained": [
        ("turned the fraction", gained("10 * np.log10(after / before)")),
        ("natural logarithm", gained("10 * np.log(before / after)")),
        ("20 times", gained("20 * np.log10(before / after)")),
        ("these are bels", gained("np.log10(before / after)")),
        ("subtracted the errors", gained("before - after")),
        ("the new PSNR", gained("10 * np.log10(255**2 / after)")),
        ("took the mean", gained("np.mean(10 * np.log10(before / after))")),
        ("without its logarithm", gained("before / after")),
    ],
    "hints_told": [
        ("each pixel's own colour", told(own=True)),
        ("third channel is 0", told(last="found[..., 2] = 0")),
        ("third channel is 1 everywhere", told(last="found[..., 2] = 1")),
        ("upper left", told(first="row, column = row - side // 2, column - side // 2")),
        ("the later one counts", told(squares="squares[::-1]")),
        ("colour of the whole photo", told(color="ab.mean(axis=(0, 1))")),
        ("mixed up rows and columns", told(names="column, row, side")),
        ("a pixel too large", told(first="side += 1")),
        ("should be `(14, 18, 3)`", told(answer="found[..., :2]")),
        ("no hint at all", told(first="", squares="squares or [(0, 0, 1)]")),
        (
            "numbers differ",
            told().replace(
                "np.zeros((*ab.shape[:2], 3))", "np.dstack([ab, np.zeros(ab.shape[:2])])"
            ),
        ),
    ],
    "hints_reach": [
        ("mean distance", reach(answer="np.sum(distance * change) / change.sum()")),
        ("counted pixels", reach(weights="np.ones(change.shape)")),
        ("added rows and columns", reach("abs(down) + abs(right)")),
        ("larger of rows and columns", reach("np.maximum(abs(down), abs(right))")),
        ("did not take the root", reach("down ** 2 + right ** 2")),
        ("mix up row and column", reach(row="column", column="row")),
        ("end of the change", reach(answer="distance[change > 0].max()")),
        ("should be", reach(answer="int(half)")),
        ("should be", reach(answer="np.ceil(half)")),
        ("should be", reach(answer="np.interp(so_far[-1] / 2, so_far, distance.ravel()[order])")),
        ("should be", reach(answer="distance.ravel()[order][(so_far < so_far[-1] / 2).sum() - 1]")),
        (
            "half up to one of them: You went a pixel too far",
            reach(answer="distance.ravel()[order][(so_far <= so_far[-1] / 2).sum()]"),
        ),
    ],
    "hints_palette": [
        ("go on until nothing moves", palette(rounds=1)),
        ("plain mean of the bins", palette(p="(0 * p + 1 / len(p))")),
        ("the likeliest comes first", palette(order="shares")),
        ("sum of the likelihoods", palette(shares="[np.mean(nearest == k) for k in each]")),
        ("shares are missing", palette(answer="found[:, :2]")),
        ("numbers differ", palette(answer="found * [1, 1, 100]")),
        ("should be", palette(rounds=10)),
        ("Begin with the colours", palette(start="centres[np.argsort(-p)[:len(start)]]")),
        ("straight line", palette(apart="abs")),
        ("colours: ", palette(count="4")),
        (
            "still moved",  # by less than a unit
            palette()
            .replace("nearest = np", "before, nearest = colors, np")
            .replace(
                "    shares =",
                "        if np.abs(before - colors).max() < 1:\n            break\n    shares =",
            ),
        ),
    ],
    "hints_next": [
        ("did not look at `told`", following(hints="[]")),
        ("told places alone", following(near="np.maximum(down, across) <= 0")),
        ("one row and column away", following(near="np.maximum(down, across) <= 1")),
        ("three rows and columns", following(near="np.maximum(down, across) <= 3")),
        ("took the *surest*", following(never="1e9", best="argmin")),
        ("likeliest bins are least likely", following(worth="-p.max(axis=-1)")),
        ("likeliest bins are least likely", following(worth="-np.square(p).sum(axis=-1)")),
        ("around the edge", following(near=AROUND)),
        ("divide by the sum", following(z="logits", p="p")),
        ("column and row", following(answer="place[::-1]")),
        ("corners too", following(near="np.hypot(down, across) <= 2")),
        ("corners too", following(near="down + across <= 2")),
        ("one of them is enough", following(near="np.minimum(down, across) <= 2")),
        ("begin below 0", following(near="row - 2 : row + 3, column - 2 : column + 3")),
        (
            "corners too",
            following(near="max(0, row - 1) : row + 3, max(0, column - 1) : column + 3"),
        ),
        ("is NaN", following(worth="-np.sum(p * np.log(p), axis=-1)")),
        ("logits differ least", following(worth="-logits.var(axis=-1)")),
        ("louder at some places", following(z="logits - logits.max()")),
        ("loud logits", following(z="logits")),
        ("should be `(2,)`", following(answer="worth.argmax()")),
        ("no hint yet", following(hints="[*np.argwhere(told), np.argwhere(told)[0]]")),
    ],
    "hints_plate": [
        ("0 hints", plated("[]")),
        ("11 hints", plated("[(10, 20, '#204080')] * 11")),
        ("should be a list", plated("'blue'")),
        ("Hint 1 is", plated("[(10, 20)]")),
        ("counted from 0", plated("[(4000, 20, '#204080')]")),
        ("a colour is", plated("[(10, 20, 'blue')]")),
        ("x and y are numbers", plated("[('10', 20, '#204080')]")),
        ("above or beside the photos", plated(titles="()")),
        ("words; explain", plated(text="'It is brown.'")),
    ],
    "hints_heard": [
        ("forgot the root", HEARD.format(answer="np.exp(-np.sum((apart / scales)**2, axis=-1))")),
        ("a bell", HEARD.format(answer="np.exp(-np.sum((apart / scales)**2, axis=-1) / 2)")),
        (
            "forgot the minus",
            HEARD.format(answer="np.exp(np.linalg.norm(apart / scales, axis=-1))"),
        ),
        ("You returned $d$", HEARD.format(answer="np.linalg.norm(apart / scales, axis=-1)")),
        ("forgot the squares", HEARD.format(answer="np.exp(-abs(apart / scales).sum(axis=-1))")),
        (
            "squares of 0.3",
            HEARD.format(answer="np.exp(-np.sqrt(np.sum(apart**2 / scales, axis=-1)))"),
        ),
        ("not divide", HEARD.format(answer="np.exp(-np.linalg.norm(apart, axis=-1))")),
        ("multiplied by", HEARD.format(answer="np.exp(-np.linalg.norm(apart * scales, axis=-1))")),
        (
            "the mean of the four",
            HEARD.format(answer="np.exp(-np.sqrt(np.mean((apart / scales)**2, axis=-1)))"),
        ),
        ("one number for all", HEARD.format(answer="np.exp(-np.linalg.norm(apart / scales))")),
        ("the four together", HEARD.format(answer="np.exp(-np.sqrt((apart / scales)**2))")),
        ("changes its argument", "def heard(apart):\n    apart /= 2\n    return apart"),
    ],
    "hints_worth": [
        ("divide by how many", WORTH + "np.diff(gains)"),
        ("all hints: only", WORTH + "np.diff(gains) / numbers[1:]"),
        ("before the step", WORTH + "np.diff(gains) / numbers[:-1]"),
        ("begin at the number before", WORTH + "(gains / numbers)[1:]"),
        ("for each number", WORTH + "gains / numbers"),
        ("with the first", WORTH + "(gains - gains[0])[1:] / (numbers - numbers[0])[1:]"),
        ("turned the fraction", WORTH + "np.diff(numbers) / np.diff(gains)"),
        ("wrong way round", WORTH + "(gains[:-1] - gains[1:]) / np.diff(numbers)"),
        ("around each number", WORTH + "np.gradient(gains, numbers)"),
        ("the mean", WORTH + "np.mean(np.diff(gains) / np.diff(numbers))"),
    ],
    "hints_shares": [
        ("You counted", SHARES + "counts"),
        ("by the largest", SHARES + "counts / counts.max()"),
        ("by the rows", SHARES + "counts / len(nearest)"),
        ("by the columns", SHARES + "counts / nearest.shape[1]"),
        ("by the bins: pixels", SHARES + "counts / bins"),
        ("bins that occur: pixels", SHARES + "counts / len(np.unique(nearest))"),
        ("which bins occur", SHARES + "counts > 0"),
        ("no pixel has", SHARES + "(counts / nearest.size)[counts > 0]"),
        ("behind it", SHARES + "np.bincount(nearest.ravel()) / nearest.size"),
        ("sorted them", SHARES + "np.sort(counts / nearest.size)[::-1]"),
        ("the share of its bin", SHARES + "(counts / nearest.size)[nearest]"),
    ],
}
