"""Wrong answers to the exercises of chapter 11, each with words that the check must say of it."""

CUTS = """\
def cuts(lightness):
    counts = np.stack([np.histogram({bins})[0] for f in lightness])
    shares = counts / lightness[0].size
    change = np.diff(lightness, axis=0)
    changed = {changed}
    moved = {moved}
    return {answer}
"""


def cuts(
    changed="np.abs(change).mean(axis=(1, 2)) > 10",
    moved="np.abs(np.diff(shares, axis=0)).sum(axis=1) / 2 > 0.25",
    answer="np.concatenate([[True], changed & moved])",
    bins="f, 16, (0, 100)",
):
    return CUTS.format(changed=changed, moved=moved, answer=answer, bins=bins)


BILATERAL = """\
def steadied(lightness, ab, times, seconds, alike):
    frames = np.arange(len(times))
    far = {far}
    unlike = lightness[:, None] - lightness
    weights = {weights}
    return weights @ ab / {total}
"""


def bilateral(
    far="times[:, None] - times",
    weights="np.exp(-((far / seconds) ** 2 + (unlike / alike) ** 2) / 2)",
    total="weights.sum(axis=1, keepdims=True)",
):
    return BILATERAL.format(far=far, weights=weights, total=total)


WARP = """\
def warp_error(before, after, flow):
    h, w = before.shape[:2]
    y, x = np.indices((h, w)) + {flow}
    inside = {inside}
    change = after[{y}, {x}][inside] - before[inside]
    return {answer}
"""


def warp(
    flow="flow",
    inside="(y >= 0) & (y < h) & (x >= 0) & (x < w)",
    y="y.clip(0, h - 1)",
    x="x.clip(0, w - 1)",
    answer="np.sqrt(np.square(change).mean())",
):
    return WARP.format(flow=flow, inside=inside, y=y, x=x, answer=answer)


CHOICE = """\
results = np.array({results})
figure, (above, below, right) = figures.axes(1, 3)
above.imshow(brook_frames[0])
above.set_title("as it was")
below.imshow(brook_frames[1])
below.set_title("steadied")
right.plot([1, 2], [3, 4])
right.set(xlabel="steadiness (seconds)", ylabel="Lab units")
text = "I choose a tenth of a second, since the truth changes about as much as that. " * 8
"""
FLICKER, ERRORS = (0.95, 0.28, 0.18, 0.13, 0.11), (8.25, 8.2, 8.18, 8.15, 8.1)


def choice(flicker=FLICKER, errors=ERRORS):
    return CHOICE.format(results=[list(row) for row in zip(flicker, errors, strict=True)])


STEPS = """\
def steps_of(ab):
    change = np.diff(ab, axis=0)
    far = np.linalg.norm(change, axis=-1)
    return {answer}
"""
LIGHT = "def light_of(photos, mix):\n    return "

CHEAT = """\
def cheat(lightness):
    ab = np.zeros((*lightness.shape, 2))
    {answer}
"""
LEFT = "def left_of(weights):\n    return "

WRONG = {
    "film_steps": [
        ("changes of a and b", STEPS.format(answer="abs(change).mean(axis=(1, 2, 3))")),
        ("added the changes", STEPS.format(answer="abs(change).sum(axis=3).mean(axis=(1, 2))")),
        (
            "moved the mean colour",
            STEPS.format(answer="np.linalg.norm(change.mean(axis=(1, 2)), axis=-1)"),
        ),
        ("forgot the root", STEPS.format(answer="(far**2).mean(axis=(1, 2))")),
        ("mean square", STEPS.format(answer="np.sqrt((far**2).mean(axis=(1, 2)))")),
        ("pixels up", STEPS.format(answer="far.sum(axis=(1, 2))")),
        ("whole frames", STEPS.format(answer="np.sqrt((far**2).sum(axis=(1, 2)))")),
        ("each pair of frames", STEPS.format(answer="far.mean()")),
        ("for each pixel", STEPS.format(answer="far.mean(axis=0)")),
        ("over the picture", STEPS.format(answer="far")),
        (
            "with the first",
            STEPS.format(answer="np.linalg.norm(ab[1:] - ab[0], axis=-1).mean(axis=(1, 2))"),
        ),
    ],
    "film_light": [
        ("make light of them first", LIGHT + "np.clip(photos / 255 @ mix, 0, 1)"),
        ("the power comes first", LIGHT + "np.clip(photos / 255 @ mix, 0, 1) ** 2.2"),
        ("the power is 2.2", LIGHT + "np.clip((photos / 255) ** (1 / 2.2) @ mix, 0, 1)"),
        ("below 0 and above 1", LIGHT + "(photos / 255) ** 2.2 @ mix"),
        ("below 0 only", LIGHT + "np.maximum((photos / 255) ** 2.2 @ mix, 0)"),
        ("above 1 only", LIGHT + "np.minimum((photos / 255) ** 2.2 @ mix, 1)"),
        ("divide by 255", LIGHT + "np.clip(photos**2.2 @ mix, 0, 1)"),
        ("each channel", LIGHT + "np.clip((photos / 255) ** 2.2 * mix, 0, 1).sum(axis=-1)"),
        ("weigh them", LIGHT + "np.mean((photos / 255) ** 2.2, axis=-1)"),
        ("add them up", LIGHT + "np.clip(np.mean((photos / 255) ** 2.2 * mix, axis=-1), 0, 1)"),
        ("have not added up", LIGHT + "np.clip((photos / 255) ** 2.2 * mix, 0, 1)"),
    ],
    "film_cuts": [
        ("first frame begins a scene", cuts(answer="np.concatenate([[False], changed & moved])")),
        ("one value too few", cuts(answer="changed & moved")),
        ("looked at L alone", cuts(answer="np.concatenate([[True], changed])")),
        ("the distribution alone", cuts(answer="np.concatenate([[True], moved])")),
        ("both have to hold", cuts(answer="np.concatenate([[True], changed | moved])")),
        ("before the absolute value", cuts(changed="np.abs(change.mean(axis=(1, 2))) > 10")),
        ("forgot the half", cuts(moved="np.abs(np.diff(shares, axis=0)).sum(axis=1) > 0.25")),
        ("forgot the half", cuts(moved="np.abs(np.diff(counts, axis=0)).sum(axis=1) / 2 > 0.25")),
        ("mean change", cuts(changed="np.abs(change).max(axis=(1, 2)) > 10")),
        ("mean change", cuts(changed="np.square(change).mean(axis=(1, 2)) > 10**2")),
        ("largest difference", cuts(moved="np.abs(np.diff(shares, axis=0)).max(axis=1) > 0.25")),
        ("other bins", cuts(bins="f, 10, (0, 100)")),
        ("other bins", cuts(bins="f, 16, (0, 255)")),
        ("should be", cuts(bins="f, np.linspace(0, 100, 16)")),
        ("should be", cuts(changed="np.median(np.abs(change), axis=(1, 2)) > 10")),
        ("other bins", cuts(bins="f, 16")),
        ("ready `find_cuts`", cuts(answer="film.find_cuts(lightness)")),
        (
            "first frame begins a scene",
            cuts(
                changed="np.abs(lightness - np.roll(lightness, 1, axis=0)).mean(axis=(1, 2)) > 10",
                moved="np.abs(shares - np.roll(shares, 1, axis=0)).sum(axis=1) / 2 > 0.25",
                answer="changed & moved",
            ),
        ),
        ("mark the first", cuts(answer="np.concatenate([changed & moved, [True]])")),
        ("L may fall, too", cuts(changed="change.mean(axis=(1, 2)) > 10")),
        ("10 exactly", cuts(changed="np.abs(change).mean(axis=(1, 2)) >= 10")),
        (
            "a quarter exactly",
            cuts(moved="np.abs(np.diff(shares, axis=0)).sum(axis=1) / 2 >= 0.25"),
        ),
        (
            "L = 100",  # white is in no bin
            cuts().replace(
                "np.histogram(f, 16, (0, 100))[0]",
                "np.bincount((f.ravel() / 6.25).astype(int), minlength=17)[:16]",
            ),
        ),
        (
            "other bins",  # those at both ends are half as wide
            cuts().replace(
                "np.histogram(f, 16, (0, 100))[0]",
                "np.bincount(np.rint(0.15 * f.ravel()).astype(int), minlength=16)",
            ),
        ),
    ],
    "film_bilateral": [
        ("did not divide", bilateral(total="1")),
        ("sum of all weights", bilateral(total="weights.sum()")),
        ("number of frames", bilateral(total="len(ab)")),
        ("time alone", bilateral(weights="np.exp(-((far / seconds) ** 2) / 2)")),
        ("L alone", bilateral(weights="np.exp(-((unlike / alike) ** 2) / 2)")),
        (
            "added both bells",
            bilateral(
                weights="np.exp(-((far / seconds) ** 2) / 2) + np.exp(-((unlike / alike) ** 2) / 2)"
            ),
        ),
        ("numbers of the frames", bilateral(far="frames[:, None] - frames")),
        (
            "equal distances",
            bilateral(far="(frames[:, None] - frames) * np.diff(times).mean()"),
        ),
        (
            "looked back only",
            bilateral(
                weights="np.tril(np.exp(-((far / seconds) ** 2 + (unlike / alike) ** 2) / 2))"
            ),
        ),
        (
            "left out the frame itself",
            bilateral(
                weights="np.exp(-((far / seconds) ** 2 + (unlike / alike) ** 2) / 2) "
                "* (1 - np.eye(len(ab)))"
            ),
        ),
        (
            "forgot the 2",
            bilateral(weights="np.exp(-((far / seconds) ** 2 + (unlike / alike) ** 2))"),
        ),
        (
            "square the distances",
            bilateral(weights="np.exp(-(np.abs(far) / seconds + np.abs(unlike) / alike) / 2)"),
        ),
        (
            "square the spreads",
            bilateral(weights="np.exp(-(far**2 / seconds + unlike**2 / alike) / 2)"),
        ),
        (
            "exchanged the two spreads",
            bilateral(weights="np.exp(-((far / alike) ** 2 + (unlike / seconds) ** 2) / 2)"),
        ),
        (
            "took a spread of 4",
            bilateral(weights="np.exp(-((far / seconds) ** 2 + (unlike / 4) ** 2) / 2)"),
        ),
        (
            "numbers differ",  # those that are far away
            bilateral(
                weights="np.exp(-((far / seconds) ** 2 + (unlike / alike) ** 2) / 2) "
                "* (np.abs(far) < 3 * seconds)"
            ),
        ),
    ],
    "film_warp": [
        ("did not follow", warp(flow="0 * flow")),
        ("backwards", warp(flow="-flow")),
        ("exchanged rows and columns", warp(flow="flow[::-1]")),
        ("to lie on it", warp(inside="np.ones((h, w), bool)")),
        (
            "negative index",
            warp(inside="(y < h) & (x < w)", y="np.minimum(y, h - 1)", x="np.minimum(x, w - 1)"),
        ),
        ("wrapped goals", warp(inside="np.ones((h, w), bool)", y="y % h", x="x % w")),
        ("forgot the root", warp(answer="np.square(change).mean()")),
        ("absolute differences", warp(answer="np.abs(change).mean()")),
        ("both channels", warp(answer="np.sqrt(np.square(change).sum(axis=-1).mean())")),
        ("all places", warp(answer="np.sqrt(np.square(change).sum() / (2 * h * w))")),
        ("mean of the distances", warp(answer="np.linalg.norm(change, axis=-1).mean()")),
    ],
    "film_choice": [
        ("`(5, 2)`", choice(FLICKER[:4], ERRORS[:4])),
        ("exchanged the columns", choice(ERRORS, FLICKER)),
        ("hardly differ", choice(flicker=(0.95, 0.94, 0.93, 0.92, 0.91))),
        ("fall from row to row", choice(flicker=FLICKER[::-1])),
        ("about 1", choice(flicker=(9.5, 2.8, 1.8, 1.3, 1.1))),
        ("both a and b first", choice(flicker=(0.95, 0.78, 0.75, 0.74, 0.73))),
        ("not squared", choice(errors=[error**2 for error in ERRORS])),
        ("both channels together", choice(errors=[error / 2**0.5 for error in ERRORS])),
    ],
    "film_cheat": [
        ("no grey", CHEAT.format(answer="return ab")),
        ("no grey", CHEAT.format(answer="return ab + (3, 4)")),
        ("beyond all colours", CHEAT.format(answer="return ab + (300, 0)")),
        ("the shape", CHEAT.format(answer="return ab[0] + 20")),
        ("the shape", CHEAT.format(answer="return ab[..., 0] + 20")),
        ("follow L", CHEAT.format(answer="return ab + 20 + lightness[..., None] / 5")),
        (
            "Each place keeps",
            CHEAT.format(answer="return ab + np.random.uniform(10, 30, ab.shape[1:])"),
        ),
        (
            "frames differ",
            CHEAT.format(answer="return ab + 20 + np.arange(len(ab))[:, None, None, None]"),
        ),
        (
            "from place to place and",
            CHEAT.format(answer="return np.random.uniform(10, 30, ab.shape)"),
        ),
        ("array of numbers", CHEAT.format(answer="return 'brown'")),
        ("changes its argument", CHEAT.format(answer="lightness[:] = 50; return ab + 20")),
    ],
    "film_left": [
        ("forgot the root", LEFT + "np.sum(weights**2) / np.sum(weights) ** 2"),
        ("not divide", LEFT + "np.sqrt(np.sum(weights**2))"),
        ("all alike", LEFT + "1 / np.sqrt(len(weights))"),
        ("how many there are", LEFT + "1 / len(weights)"),
        ("without their squares", LEFT + "np.sqrt(np.sum(weights)) / np.sum(weights)"),
        ("errors themselves", LEFT + "np.sum(weights) / np.sum(weights)"),
        ("what is gone", LEFT + "1 - np.linalg.norm(weights) / np.sum(weights)"),
        ("mean of the squares", LEFT + "np.sqrt(np.mean(weights**2)) / np.sum(weights)"),
        ("mean of the weights", LEFT + "np.sqrt(np.sum(weights**2)) / np.mean(weights)"),
        ("turned the fraction", LEFT + "np.sum(weights) / np.linalg.norm(weights)"),
        ("largest weight", LEFT + "weights.max() / weights.sum()"),
        ("one number", LEFT + "np.sqrt(weights**2) / np.sum(weights)"),
    ],
}
