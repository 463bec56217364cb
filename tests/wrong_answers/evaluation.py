"""Wrong answers to the exercises of chapter 06, each with words that the check must say of it."""

PSNRS = """def two_psnrs(true, predicted):
    error = np.mean((true.astype(float) - predicted) ** 2, axis=(1, 2, 3))
    return """

FACTOR = """def best_factor(true_ab, ab):
    true_ab, ab = np.asarray(true_ab, float), np.asarray(ab, float)
    exact = np.sum(true_ab * ab) / np.sum(ab * ab) if ab.any() else 1.0
    return """

AUTHORS = """def interval_by_author(gain, authors, drawn):
    names, owner = np.unique(authors, return_inverse=True)
    counts, sums = np.bincount(owner), np.bincount(owner, gain)
    return """

TRICK = """
photo = unseen[12]
lab = to_lab(photo)
metric, better_ab, worse_ab = "loss", 1.8 * lab[..., 1:], 0.5 * lab[..., 1:]
numbers = "true", "loss 0.04", "loss 0.02"
shown = [to_rgb(lab, ab) for ab in (lab[..., 1:], better_ab, worse_ab)]
figure = figures.photo_grid([shown], numbers)
text = "The loss is a mean of squares over all pixels; people see the photo as a whole. " * 6
"""


def one_line(head):
    """A function of one line: what it returns makes it wrong."""
    return (head + "\n    return {}").format


WITHIN = one_line("def share_within(distance, t):")
DECIBELS = one_line("def to_decibels(error):")
CHROMA = one_line("def chroma_of(ab):")
RANKS = one_line(
    "def rank_correlation(one, other):\n    rank = lambda values: np.argsort(np.argsort(values))"
)
MEANS = one_line("def means_of(values, drawn):")
WILSON = one_line(
    "def wilson(fooled, n, z=1.959964):\n"
    "    p, middle, below = fooled / n, fooled / n + z**2 / (2 * n), 1 + z**2 / n\n"
    "    spread = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))"
)
WORST = one_line(
    "def share_of_worst(distance):\n"
    "    squares = np.sort(distance.ravel() ** 2)\n    n = len(squares) // 10"
)
STEP = one_line("def step_seen_at(b):")
BEST = one_line("def best_place(values, better):")
TURNED = one_line(
    "def turned(ab, degrees):\n    a, b = ab[..., 0], ab[..., 1]\n"
    "    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))"
)
ENDS = one_line("def ends_of(values, n):\n    order = np.argsort(values)")
CHANCE = one_line("def by_chance(low, high):")
FACTOR_FOR = one_line("def factor_for(true_ab, ab):")
PERCENT = one_line("def in_percent(ours, rival):")
PLATE = one_line("def ab_error(photo, plate):")

WRONG = {
    "evaluation_decibels": [
        ("3 - 5 is 254", "def two_psnrs(t, p):\n"
         "    e = ((t - p).astype(float) ** 2).mean((1, 2, 3))\n"
         "    return (10 * np.log10(255**2 / e)).mean(), 10 * np.log10(255**2 / e.mean())"),
        ("squared them", "def two_psnrs(t, p):\n    e = ((t - p) ** 2).mean(axis=(1, 2, 3))\n"
         "    return (10 * np.log10(255**2 / e)).mean(), 10 * np.log10(255**2 / e.mean())"),
        ("swapped", PSNRS + "10 * np.log10(255**2 / error.mean()), "
         "np.mean(10 * np.log10(255**2 / error))"),
        ("its own decibels", PSNRS + "[10 * np.log10(255**2 / error.mean())] * 2"),
        ("before the logarithm", PSNRS + "[np.mean(10 * np.log10(255**2 / error))] * 2"),
        ("square the peak", PSNRS + "np.mean(10 * np.log10(255 / error)), "
         "10 * np.log10(255 / error.mean())"),
        ("brightest number", PSNRS.replace("return ", "peak = float(true.max()) ** 2\n    return ")
         + "np.mean(10 * np.log10(peak / error)), 10 * np.log10(peak / error.mean())"),
        ("to base 10", PSNRS + "np.mean(10 * np.log(255**2 / error)), "
         "10 * np.log(255**2 / error.mean())"),
        ("absolute error", PSNRS.replace("(true.astype(float) - predicted) ** 2",
                                         "np.abs(true.astype(float) - predicted)")
         + "np.mean(10 * np.log10(255**2 / error)), 10 * np.log10(255**2 / error.mean())"),
        ("each channel", PSNRS.replace("(1, 2, 3)", "(1, 2)")
         + "np.mean(10 * np.log10(255**2 / error)), 10 * np.log10(255**2 / error.mean())"),
        ("added the squares up", PSNRS.replace("np.mean", "np.sum")
         + "np.mean(10 * np.log10(255**2 / error)), 10 * np.log10(255**2 / error.mean())"),
        ("upside down", PSNRS + "np.mean(10 * np.log10(error / 255**2)), "
         "10 * np.log10(error.mean() / 255**2)"),
        ("20 for squares", PSNRS + "np.mean(20 * np.log10(255**2 / error)), "
         "20 * np.log10(255**2 / error.mean())"),
        ("`(2,)`", PSNRS + "10 * np.log10(255**2 / error)"),
    ],
    "evaluation_rows": [
        ("down the columns", "def ab_of_row(photos):\n"
         "    return to_lab(photos)[..., 1:].mean(axis=(0, 1))"),
        ("took the median", "def ab_of_row(photos):\n"
         "    return np.median(to_lab(photos)[..., 1:], axis=(0, 2))"),
        ("a table for each photo", "def ab_of_row(photos):\n"
         "    return to_lab(photos)[..., 1:].mean(axis=2)"),
        ("convert first", "def ab_of_row(photos):\n"
         "    mean = photos.mean(axis=(0, 2)) / 255\n"
         "    from skimage.color import rgb2lab\n"
         "    return rgb2lab(mean)[..., 1:]"),
        ("paints only a and b", "def ab_of_row(photos):\n"
         "    return to_lab(photos).mean(axis=(0, 2))"),
        ("forgot `to_lab`", "def ab_of_row(photos):\n"
         "    return photos[..., 1:].mean(axis=(0, 2))"),
        ("upside down", "def ab_of_row(photos):\n"
         "    return to_lab(photos)[..., 1:].mean(axis=(0, 2))[::-1]"),
        ("one colour for all", "def ab_of_row(photos):\n"
         "    return to_lab(photos)[..., 1:].mean(axis=(0, 1, 2))"),
        ("divided by 128", "def ab_of_row(photos):\n"
         "    return to_lab(photos)[..., 1:].mean(axis=(0, 2)) / 128"),
    ],
    "evaluation_factor": [
        ("the amount of colour", "def best_factor(true_ab, ab):\n"
         "    return metrics.mean_chroma(true_ab) / metrics.mean_chroma(ab)"),
        ("the truth's squares", "def best_factor(true_ab, ab):\n"
         "    return (true_ab * ab).sum() / (true_ab**2).sum()"),
        ("averaged the quotients", "def best_factor(true_ab, ab):\n"
         "    return (true_ab / ab).mean()"),
        ("serve both", "def best_factor(true_ab, ab):\n"
         "    return (true_ab * ab).sum(axis=(0, 1)) / (ab * ab).sum(axis=(0, 1))"),
        ("upside down", FACTOR + "1 / exact"),
        ("used a alone", FACTOR.replace("np.asarray(true_ab, float), np.asarray(ab, float)",
                                        "true_ab[..., 0], ab[..., 0]") + "exact"),
        ("opposite colours cancel", FACTOR + "true_ab.sum() / ab.sum()"),
        ("a guess of grey alone", FACTOR.replace(" if ab.any() else 1.0", "") + "exact"),
        ("a guess of grey alone", FACTOR.replace("else 1.0", "else 0.0") + "exact"),
        ("no more than 1", FACTOR + "min(exact, 1)"),
        ("nothing below 0", FACTOR + "max(exact, 0)"),
        ("nothing below 0", FACTOR + "min(max(exact, 0), 2)"),
        ("no more than 2", FACTOR + "min(exact, 2)"),
        ("forgot the sign", FACTOR + "abs(exact)"),
        ("on a grid", "def best_factor(true_ab, ab):\n    tries = np.linspace(-3, 3, 601)\n"
         "    return tries[np.argmin([metrics.squared_error(true_ab, s * ab) for s in tries])]"),
        ("AxisError", "def best_factor(true_ab, ab):\n    every = (0, 1, 2)\n"
         "    squares = (ab * ab).sum(axis=every)\n"
         "    return (true_ab * ab).sum(axis=every) / squares if squares else 1.0"),
    ],
    "evaluation_authors": [
        ("the authors' means", AUTHORS
         + "np.quantile((sums / counts)[drawn].mean(axis=1), [0.025, 0.975])"),
        ("as rows of photos", AUTHORS + "np.quantile(gain[drawn].mean(axis=1), [0.025, 0.975])"),
        ("leave 2.5 %", AUTHORS + "np.quantile(sums[drawn].sum(1) / counts[drawn].sum(1), "
         "[0.05, 0.95])"),
        ("shares for percent", AUTHORS
         + "np.percentile(sums[drawn].sum(1) / counts[drawn].sum(1), [0.025, 0.975])"),
        ("pooled all repetitions", AUTHORS
         + "np.quantile(np.concatenate([gain[owner == i] for row in drawn for i in row]), "
         "[0.025, 0.975])"),
        ("no bell curve", AUTHORS.replace("return ", "means = sums[drawn].sum(1) ")
         + "/ counts[drawn].sum(1)\n"
         "    return means.mean() - 1.96 * means.std(), means.mean() + 1.96 * means.std()"),
        ("the number of all photos", AUTHORS
         + "np.quantile(sums[drawn].sum(1) / len(gain), [0.025, 0.975])"),
        ("only once", AUTHORS + "np.quantile([gain[np.isin(owner, row)].mean() for row in drawn], "
         "[0.025, 0.975])"),
        ("alphabetical list", "def interval_by_author(gain, authors, drawn):\n"
         "    names = list(dict.fromkeys(authors))\n"
         "    groups = [gain[authors == name] for name in names]\n"
         "    means = [np.concatenate([groups[i] for i in row]).mean() for row in drawn]\n"
         "    return np.quantile(means, [0.025, 0.975])"),
        ("high end first", AUTHORS
         + "np.quantile(sums[drawn].sum(1) / counts[drawn].sum(1), [0.975, 0.025])"),
    ],
    "evaluation_trick": [
        ("should be one of", TRICK + "metric = 'chroma'"),
        ("does not prefer", TRICK + "better_ab = worse_ab"),
        ("NaN", TRICK + "worse_ab = np.nan * worse_ab"),
        ("does not prefer", TRICK + "better_ab, worse_ab = worse_ab, better_ab"),
        ("a and b of each pixel", TRICK + "worse_ab = lab"),
        ("Matplotlib figure", TRICK + "figure = None"),
        ("shows 2 photos", TRICK + "figure = figures.photo_grid([shown[1:]], numbers)"),
        ("above or beside", TRICK + "figure = figures.photo_grid([shown])"),
        ("the numbers of the metric", TRICK
         + "figure = figures.photo_grid([shown], ('true', 'one', 'other'))"),
        ("explain a little more", TRICK + "text = 'The loss is a mean over pixels.'"),
        ("one photo", TRICK + "photo = unseen"),
    ],
    "evaluation_within": [
        ("exactly t", WITHIN("np.mean(distance < t)")),
        ("further away", WITHIN("np.mean(distance > t)")),
        ("You counted", WITHIN("np.sum(distance <= t)")),
        ("per cent", WITHIN("100 * np.mean(distance <= t)")),
        ("distances themselves", WITHIN("np.mean(distance * (distance <= t))")),
        ("near distances", WITHIN("np.mean(distance[distance <= t])")),
        ("whether it is near", WITHIN("distance <= t")),
        ("rows apart", WITHIN("np.mean(distance <= t, axis=-1)")),
        ("a list of distances", WITHIN("np.mean(distance <= t, axis=(0, 1, 2))")),
    ],
    "evaluation_peak": [
        ("square the peak", DECIBELS("10 * np.log10(255 / error)")),
        ("peak 1", DECIBELS("10 * np.log10(1 / error)")),
        ("natural", DECIBELS("10 * np.log(255**2 / error)")),
        ("base 2", DECIBELS("10 * np.log2(255**2 / error)")),
        ("upside down", DECIBELS("10 * np.log10(error / 255**2)")),
        ("factor 10", DECIBELS("np.log10(255**2 / error)")),
        ("for roots", DECIBELS("20 * np.log10(255**2 / error)")),
        ("squares already", DECIBELS("20 * np.log10(255 / error)")),
        ("You averaged: ", DECIBELS("np.mean(10 * np.log10(255**2 / error))")),
        ("averaged the errors", DECIBELS("10 * np.log10(255**2 / np.mean(error))")),
        ("one number", DECIBELS("[10 * np.log10(255**2 / one) for one in error]")),
    ],
    "evaluation_chroma": [
        ("mean colour", CHROMA("np.linalg.norm(ab.reshape(-1, 2).mean(axis=0))")),
        ("as they are", CHROMA("ab.mean()")),
        ("size of the numbers", CHROMA("np.abs(ab).mean()")),
        ("without squares", CHROMA("np.mean(np.abs(ab[..., 0]) + np.abs(ab[..., 1]))")),
        ("a alone", CHROMA("np.mean(np.abs(ab[..., 0]))")),
        ("b alone", CHROMA("np.mean(np.abs(ab[..., 1]))")),
        ("forgot the root", CHROMA("np.mean(ab[..., 0] ** 2 + ab[..., 1] ** 2)")),
        ("averaged squares", CHROMA("np.sqrt(np.mean(ab[..., 0] ** 2 + ab[..., 1] ** 2))")),
        ("length of all", CHROMA("np.linalg.norm(ab)")),
        ("added the distances up", CHROMA("np.sum(np.linalg.norm(ab, axis=-1))")),
        ("pixels apart", CHROMA("np.linalg.norm(ab, axis=-1)")),
        ("photos apart", CHROMA("np.linalg.norm(ab, axis=-1).mean(axis=(1, 2))")),
        ("a single photo", CHROMA("np.linalg.norm(ab, axis=3).mean()")),
    ],
    "evaluation_ranks": [
        ("correlated the values", RANKS("np.corrcoef(one, other)[0, 1]")),
        ("`argsort` once", RANKS("np.corrcoef(np.argsort(one), np.argsort(other))[0, 1]")),
        ("sorted the values", RANKS("np.corrcoef(np.sort(one), np.sort(other))[0, 1]")),
        ("only the first", RANKS("np.corrcoef(rank(one), other)[0, 1]")),
        ("only the second", RANKS("np.corrcoef(one, rank(other))[0, 1]")),
        ("the diagonal", RANKS("np.corrcoef(rank(one), rank(other))[0, 0]")),
        ("round", RANKS("np.corrcoef(rank(-one), rank(other))[0, 1]")),
        ("covariance", RANKS("np.cov(rank(one), rank(other))[0, 1]")),
        ("whole table", RANKS("np.corrcoef(rank(one), rank(other))")),
        ("upside down", RANKS("abs(np.corrcoef(rank(one), rank(other))[0, 1])")),
    ],
    "evaluation_redrawn": [
        ("over the repetitions", MEANS("values[drawn].mean(axis=0)")),
        ("mean of everything", MEANS("values[drawn].mean()")),
        ("now the mean", MEANS("values[drawn]")),
        ("added up", MEANS("values[drawn].sum(axis=1)")),
        ("median", MEANS("np.median(values[drawn], axis=1)")),
        ("the places", MEANS("drawn.mean(axis=1)")),
        ("counts twice", MEANS("[values[list(set(row))].mean() for row in drawn]")),
        ("says which", MEANS("[values.mean() for row in drawn]")),
    ],
    "evaluation_wilson": [
        ("left the denominator out", WILSON("middle - spread, middle + spread")),
        ("root's part", WILSON("middle / below - spread, middle / below + spread")),
        ("middle moves", WILSON("(p - spread) / below, (p + spread) / below")),
        ("comes first", WILSON("(middle + spread) / below, (middle - spread) / below")),
        ("asked for are the ends", WILSON("middle / below, spread / below")),
        ("one end", WILSON("(middle - spread) / below")),
        ("one end", WILSON("(middle + spread) / below")),
        *(
            (words, WILSON("(middle - spread) / below, (middle + spread) / below").replace(*change))
            for words, change in {
                "n$ squared": ("4 * n**2", "4 * n"),
                "4 below": ("4 * n**2", "2 * n**2"),
                "last term under": (" + z**2 / (4 * n**2)", ""),
                "$1/n$": ("p * (1 - p) / n", "p * (1 - p)"),
                "$1 - p$": ("p * (1 - p) / n", "p / n"),
            }.items()
        ),
        ("plain interval", WILSON("(p - (s := z * np.sqrt(p * (1 - p) / n)), p + s)")),
        ("nobody was fooled", WILSON(
            "((middle - spread) / below if fooled else 0.1, (middle + spread) / below)")),
    ],
    "evaluation_plate": [
        ("L, too", PLATE("np.mean((to_lab(photo) - to_lab(plate)) ** 2)")),
        ("L and a", PLATE("np.mean((to_lab(photo) - to_lab(plate))[..., :2] ** 2)")),
        ("a alone", PLATE("np.mean((to_lab(photo) - to_lab(plate))[..., 1] ** 2)")),
        ("b alone", PLATE("np.mean((to_lab(photo) - to_lab(plate))[..., 2] ** 2)")),
        ("RGB codes:", PLATE("np.mean((photo.astype(float) - plate) ** 2)")),
        ("wrap round", PLATE("np.mean((photo - plate) ** 2)")),
        ("G and B", PLATE("np.mean((photo.astype(float) - plate)[..., 1:] ** 2)")),
        ("plates' mean",
         PLATE("np.sqrt(np.mean((to_lab(photo) - to_lab(plate))[..., 1:] ** 2))")),
        ("over both", PLATE("2 * np.mean((to_lab(photo) - to_lab(plate))[..., 1:] ** 2)")),
        ("take their mean", PLATE("np.sum((to_lab(photo) - to_lab(plate))[..., 1:] ** 2)")),
        ("it is squared", PLATE("np.mean(np.abs(to_lab(photo) - to_lab(plate))[..., 1:])")),
        ("cancel", PLATE("np.mean((to_lab(photo) - to_lab(plate))[..., 1:])")),
        ("128", PLATE("np.mean(((to_lab(photo) - to_lab(plate))[..., 1:] / 128) ** 2)")),
    ],
    "evaluation_worst": [
        ("best tenth", WORST("squares[:n].sum() / squares.sum()")),
        ("all but", WORST("squares[:-n].sum() / squares.sum()")),
        ("not square", WORST("np.sqrt(squares[-n:]).sum() / np.sqrt(squares).sum()")),
        ("divided means", WORST("squares[-n:].mean() / squares.mean()")),
        ("number of pixels", WORST("squares[-n:].sum() / squares.size")),
        ("added up the worst", WORST("squares[-n:].sum()")),
        ("per cent", WORST("100 * squares[-n:].sum() / squares.sum()")),
        ("tenth of the largest", WORST(
            "squares[squares > squares[-1] / 100].sum() / squares.sum()")),
        ("ten pixels", WORST("squares[-10:].sum() / squares.sum()")),
        ("did not sort", WORST("(distance.ravel()[-n:] ** 2).sum() / squares.sum()")),
        ("a list of distances", WORST(
            "squares[-n:].sum() / squares.sum() + (distance.ndim < 2)")),
    ],
    "evaluation_forgiven": [
        ("plain distance", STEP("np.linalg.norm(np.subtract([50, 0, b], [50, 0, b + 10]))")),
        ("changed a:", STEP("deltaE_ciede2000([50, b, 0], [50, b + 10, 0])")),
        ("changed L", STEP("deltaE_ciede2000([b, 0, 0], [b + 10, 0, 0])")),
        ("b = 10", STEP("deltaE_ciede2000([50, 0, b], [50, 0, 10])")),
        ("first colour is grey", STEP("deltaE_ciede2000([50, 0, 0], [50, 0, b + 10])")),
        ("compared with grey", STEP("deltaE_ciede2000([50, 0, b], [50, 0, 0])")),
        ("10 less", STEP("deltaE_ciede2000([50, 0, b], [50, 0, b - 10])")),
        ("a, too", STEP("deltaE_ciede2000([50, 0, b], [50, 10, b + 10])")),
        ("b = 0", STEP("deltaE_ciede2000([50, 0, b], [50, 0, b + 10 * (b != 0)])")),
    ],
    "evaluation_hardest": [
        ("the worst of them", BEST("np.argmin(values)")),
        ("the worst of them", BEST("np.argmax(values)")),
        ("the worst of them",
         BEST("np.argmax(values) if better == '↓' else np.argmin(values)")),
        ("the value", BEST("values.min() if better == '↓' else values.max()")),
        ("the worst value", BEST("values.max() if better == '↓' else values.min()")),
        ("from 1", BEST("1 + (np.argmin(values) if better == '↓' else np.argmax(values))")),
        ("You sorted", BEST("np.argsort(values)")),
        ("You sorted", BEST("np.argsort(-values)")),
    ],
    "evaluation_turned": [
        ("in radians", TURNED("np.stack([a * np.cos(degrees) - b * np.sin(degrees), "
                              "a * np.sin(degrees) + b * np.cos(degrees)], axis=-1)")),
        ("other way", TURNED("np.stack([a * cos + b * sin, b * cos - a * sin], axis=-1)")),
        ("One of the signs", TURNED("np.stack([a * cos - b * sin, b * cos - a * sin], axis=-1)")),
        ("minus of the new a",
         TURNED("np.stack([a * cos + b * sin, b * cos + a * sin], axis=-1)")),
        ("old a", TURNED("np.stack([(c := a * cos - b * sin), c * sin + b * cos], axis=-1)")),
        ("exchanged", TURNED("np.stack([a * sin + b * cos, a * cos - b * sin], axis=-1)")),
        ("come last", TURNED("np.stack([a * cos - b * sin, a * sin + b * cos])")),
        ("changes how strong", TURNED("ab * cos")),
        ("new a alone", TURNED("a * cos - b * sin")),
        ("one colour", TURNED(
            "np.stack([a * cos - b * sin, a * sin + b * cos], axis=-1) * np.ones((1, 1))")),
    ],
    "evaluation_ends": [
        ("gave the values", ENDS("np.concatenate([values[order][:n], values[order][-n:]])")),
        ("gave ranks",
         ENDS("np.concatenate([np.argsort(order)[:n], np.argsort(order)[-n:]])")),
        ("did not sort", ENDS("[*range(n), *range(len(values) - n, len(values))]")),
        ("highest come last", ENDS("[*order[::-1][:n], *order[::-1][-n:]]")),
        ("before the lowest", ENDS("[*order[-n:], *order[:n]]")),
        ("largest last", ENDS("[*order[:n], *order[::-1][:n]]")),
        ("lowest alone", ENDS("order[:n]")),
        ("highest alone", ENDS("order[-n:]")),
        ("lost one", ENDS("[*order[:n], *order[-n:-1]]")),
        ("one off", ENDS("[*order[:n], *order[-n - 1:-1]]")),
        ("two rows", ENDS("[order[:n], order[-n:]]")),
        ("all places", ENDS("order")),
    ],
    "evaluation_chance": [
        ("zero is in it", CHANCE("not low <= 0 <= high")),
        ("above zero", CHANCE("low > 0 or high > 0")),
        ("below zero", CHANCE("low <= 0")),
        ("above zero", CHANCE("high >= 0")),
        ("zero is in it", CHANCE("abs(low) < abs(high) and low * high < 0")),
        ("True or False", CHANCE("low * high")),
        ("True or False", CHANCE("'chance' if low <= 0 <= high else 'no'")),
        ("above zero", CHANCE("low < high")),
    ],
    "evaluation_stronger": [
        ("turned the fraction",
         FACTOR_FOR("metrics.mean_chroma(ab) / metrics.mean_chroma(true_ab)")),
        ("the difference", FACTOR_FOR("metrics.mean_chroma(true_ab) - metrics.mean_chroma(ab)")),
        ("pixels' ratios", FACTOR_FOR(
            "np.mean(np.linalg.norm(true_ab, axis=-1) / np.linalg.norm(ab, axis=-1))")),
        ("pixel by pixel", FACTOR_FOR(
            "np.linalg.norm(true_ab, axis=-1) / np.linalg.norm(ab, axis=-1)")),
        ("cancel", FACTOR_FOR("true_ab.mean() / ab.mean()")),
        ("mean squares: chroma is no", FACTOR_FOR("(true_ab**2).mean() / (ab**2).mean()")),
        ("roots of mean squares", FACTOR_FOR("np.linalg.norm(true_ab) / np.linalg.norm(ab)")),
        ("sizes of a and b", FACTOR_FOR("np.abs(true_ab).mean() / np.abs(ab).mean()")),
        ("too pale", FACTOR_FOR("(true_ab * ab).sum() / (ab**2).sum()")),
    ],
    "evaluation_percent": [
        ("divided by ours", PERCENT("100 * (ours - rival) / ours")),
        ("Plus means a higher loss than", PERCENT("100 * (rival - ours) / rival")),
        ("are of the rival", PERCENT("100 * (rival - ours) / ours")),
        ("Plus means", PERCENT("abs(100 * (ours - rival) / rival)")),
        ("subtract", PERCENT("100 * ours / rival")),
        ("a share", PERCENT("ours / rival - 1")),
        ("did not divide", PERCENT("100 * (ours - rival)")),
        ("mean of both", PERCENT("100 * (ours - rival) / ((ours + rival) / 2)")),
        ("a higher loss: ", PERCENT("min(0, 100 * (ours - rival) / rival)")),
    ],
}  # fmt: skip
