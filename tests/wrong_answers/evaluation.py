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
}  # fmt: skip
