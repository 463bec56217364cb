"""Wrong answers to the exercises of chapter 03, each with words that the check must say of it."""

THREE = "def for_vgg16(grey):\n    x = np.stack([grey] * 3, axis=-1)\n    return "

TOP = "def top_accuracy(scores, truth, k):\n    order = np.argsort(-scores, axis=1)\n    return "

SOFTMAX = (
    "def softmax(logits, temperature=1.0):\n"
    "    z = logits / temperature\n"
    "    e = np.exp(z - z.max(axis=-1, keepdims=True))\n"
    "    return "
)

VOTE = """\
def vote(scores, colors, temperature):
    own = np.eye(len(scores), dtype=bool)
    u = scores / np.linalg.norm(scores, axis=1, keepdims=True)
    s = (u @ u.T) / temperature
    def softmax(z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    return """

TURNED = """\
results = {{
    "own scores": ({moved_own}, {error}),
    "mirror": ({moved}, {error}),
    "turn 90": (5.0, {error}),
    "turn 180": (6.0, {error}),
    "another": (13.0, {error}),
}}
figure, axis = figures.axes()
axis.bar(list(results), [row[0] for row in results.values()])
axis.set_ylabel("{label}")
text = "{text}"
"""
TEXT = "The colours moved but the error is the same, also for the control, and I am not sure. " * 5


# What the network errs by changes with its weights, so the answer asks the check.
DISTANCE, _, APART = [f"features._own_errors()[{number}]" for number in range(3)]


def turned(moved_own=0.0, moved=2.0, error=DISTANCE, label="Lab units", text=TEXT):
    return "from colorlib.checks import features\n" + TURNED.format(
        moved_own=moved_own, moved=moved, error=error, label=label, text=text
    )


def one_line(head):
    """A function of one line: what it returns makes it wrong."""
    return (head + "\n    return {}").format


WEIGHTS = one_line("def weights_of(side, channels_in, channels_out):")
ALIKE = one_line(
    "def similarity(these, those):\n"
    "    one, other = (np.linalg.norm(x, axis=1) for x in (these, those))"
)
RIGHT = one_line("def share_right(scores, truth):")
GUESS = one_line("def guess_from(order, colors, k):")
SHARE = one_line("def share_of_step(extractor_flop, colorizer_flop):")

PAIRS = """def beaten(parameters, right):
    smaller, better = parameters < parameters[:, None], right > right[:, None]
    return """
BACK = "def logits_of(p):\n    z = {}\n    return {}"
MINUS = "z - z.mean(axis=-1, keepdims=True)"

WRONG = {
    "features_preprocess": [
        ("in 0..1", THREE + "x - np.array([103.939, 116.779, 123.68])"),
        ("order red, green, blue", THREE + "255 * x - np.array([123.68, 116.779, 103.939])"),
        ("divided by 255", THREE + "x / 255 - np.array([103.939, 116.779, 123.68])"),
        ("Xception", THREE + "(255 * x) / 127.5 - 1"),
        ("did not subtract", THREE + "255 * x"),
        ("added the means", THREE + "255 * x + np.array([103.939, 116.779, 123.68])"),
        (
            "before rows and columns",
            "def for_vgg16(grey):\n    means = np.array([103.939, 116.779, 123.68])\n"
            "    return 255 * np.stack([grey] * 3, axis=1) - means[:, None, None]",
        ),
        ("`(2, 4, 5, 3)`", "def for_vgg16(grey):\n    return 255 * grey - 103.939"),
    ],
    "features_top5": [
        (
            "k lowest",
            "def top_accuracy(scores, truth, k):\n"
            "    low = np.argsort(scores, axis=1)[:, :k]\n"
            "    return (low == truth[:, None]).any(axis=1).mean()",
        ),
        ("with scores", TOP + "(np.sort(scores)[:, -k:] == truth[:, None]).any(axis=1).mean()"),
        ("highest score only", TOP + "(order[:, 0] == truth).mean()"),
        ("place k only", TOP + "(order[:, k - 1] == truth).mean()"),
        ("all k comparisons", TOP + "(order[:, :k] == truth[:, None]).mean()"),
        ("of *any* photo", TOP + "np.isin(truth, order[:, :k]).mean()"),
        ("counted the hits", TOP + "(order[:, :k] == truth[:, None]).any(axis=1).sum()"),
        ("counted the misses", TOP + "1 - (order[:, :k] == truth[:, None]).any(axis=1).mean()"),
        ("too many", TOP + "(order[:, : k + 1] == truth[:, None]).any(axis=1).mean()"),
        ("too few", TOP + "(order[:, : k - 1] == truth[:, None]).any(axis=1).mean()"),
        (
            "left out the highest",
            TOP + "(np.argsort(scores)[:, -k:-1] == truth[:, None]).any(axis=1).mean()",
        ),
        ("looked at five", TOP + "(order[:, :5] == truth[:, None]).any(axis=1).mean()"),
        ("per cent", TOP + "100 * (order[:, :k] == truth[:, None]).any(axis=1).mean()"),
    ],
    "features_softmax": [
        (
            "multiplied by the temperature",
            SOFTMAX.replace("/ temperature", "* temperature") + "e / e.sum(axis=-1, keepdims=True)",
        ),
        (
            "forgot the temperature",
            SOFTMAX.replace(" / temperature", "") + "e / e.sum(axis=-1, keepdims=True)",
        ),
        (
            "no longer 1",
            SOFTMAX.replace(" / temperature", "")
            + "e / e.sum(axis=-1, keepdims=True) / temperature",
        ),
        (
            "over all photos",
            "def softmax(logits, temperature=1.0):\n"
            "    e = np.exp(logits / temperature)\n    return e / e.sum()",
        ),
        (
            "over the first axis",
            "def softmax(logits, temperature=1.0):\n"
            "    e = np.exp(logits / temperature)\n    return e / e.sum(axis=0)",
        ),
        (
            "over the second axis",
            "def softmax(logits, temperature=1.0):\n    e = np.exp(logits / temperature)\n"
            "    return e / e.sum(axis=1, keepdims=True)",
        ),
        (
            "left out the division",
            "def softmax(logits, temperature=1.0):\n    return np.exp(logits / temperature)",
        ),
        (
            "left out the exponential",
            "def softmax(logits, temperature=1.0):\n    z = logits / temperature\n"
            "    return z / z.sum(axis=-1, keepdims=True)",
        ),
        (
            "overflow",
            "def softmax(logits, temperature=1.0):\n    e = np.exp(logits / temperature)\n"
            "    return e / e.sum(axis=-1, keepdims=True)",
        ),
        (
            "shape `(4, 6)`",
            SOFTMAX.replace("axis=-1", "axis=2") + "e / e.sum(axis=2, keepdims=True)",
        ),
        (
            "without a temperature",
            SOFTMAX.replace("=1.0", "") + "e / e.sum(axis=-1, keepdims=True)",
        ),
        (
            "clipped",
            "def softmax(logits, temperature=1.0):\n"
            "    e = np.exp(np.clip(logits / temperature, -500, 500))\n"
            "    return e / e.sum(axis=-1, keepdims=True)",
        ),
        (
            "overflow",  # one largest logit for all photos
            SOFTMAX.replace("z.max(axis=-1, keepdims=True)", "z.max()")
            + "e / e.sum(axis=-1, keepdims=True)",
        ),
    ],
    "features_neighbours": [
        ("vote for itself", VOTE + "softmax(s) @ colors"),
        ("still votes", VOTE + "softmax(np.where(own, 0, s)) @ colors"),
        ("after the division", VOTE + "np.where(own, 0, softmax(s)) @ colors"),
        (
            "divide by the lengths",
            VOTE + "softmax(np.where(own, -np.inf, scores @ scores.T / temperature)) @ colors",
        ),
        (
            "multiplied by the temperature",
            VOTE + "softmax(np.where(own, -np.inf, s * temperature**2)) @ colors",
        ),
        ("least alike", VOTE + "softmax(np.where(own, -np.inf, -s)) @ colors"),
        (
            "distance between",
            VOTE + "softmax(np.where(own, -np.inf, "
            "-np.linalg.norm(scores[:, None] - scores, axis=-1) / temperature)) @ colors",
        ),
        ("wholly alike", VOTE + "softmax(np.where(s * temperature > 0.9999, -np.inf, s)) @ colors"),
        ("over the guessing photos", VOTE + "softmax(np.where(own, -np.inf, s)).T @ colors"),
        ("forgot", VOTE + "softmax(np.where(own, -np.inf, s * temperature)) @ colors"),
        (
            "without the exponential",
            VOTE + "np.where(own, 0, s) / np.where(own, 0, s).sum(axis=1)[:, None] @ colors",
        ),
        (
            "nearest neighbour's colour",
            VOTE.replace(" - z.max(axis=1, keepdims=True)", "")
            + "softmax(np.where(own, -np.inf, s)) @ colors",
        ),
        (
            "nearest neighbour's colour",  # one largest similarity for all photos
            VOTE.replace("z.max(axis=1, keepdims=True)", "z.max()")
            + "softmax(np.where(own, -np.inf, s)) @ colors",
        ),
        (
            "numbers differ",
            VOTE.replace("/ temperature", "/ max(temperature, 0.05)")
            + "softmax(np.where(own, -np.inf, s)) @ colors",
        ),
    ],
    "features_turned": [
        ("five rows", 'results = {"own scores": (0.0, 19.0)}'),
        ("from something else", turned(moved_own=7.0)),
        ("moves nothing", turned(moved=0.0)),
        ("divided by 128", turned(error=0.15)),
        ("other than the true colours", turned(error=2.0)),
        ("the error with the own scores", turned(error=f"{DISTANCE} + 1")),
        ("a and b apart", turned(error=APART)),
        ("which unit", turned(label="")),
        ("explain a little more", turned(text="The colours moved, the error did not.")),
        ("Matplotlib figure", turned() + "figure = axis"),
    ],
    "features_weights": [
        ("side once", WEIGHTS("side * channels_in * channels_out")),
        ("side twice", WEIGHTS("2 * side * channels_in * channels_out")),
        ("that come in", WEIGHTS("side**2 * channels_out")),
        ("outgoing", WEIGHTS("side**2 * channels_in")),
        ("left out the channels.", WEIGHTS("side**2")),
        ("added the channels", WEIGHTS("side**2 * (channels_in + channels_out)")),
        ("left out the window", WEIGHTS("channels_in * channels_out")),
        ("bias", WEIGHTS("side**2 * channels_in * channels_out + channels_out")),
        ("bias", WEIGHTS("(side**2 * channels_in + 1) * channels_out")),
        ("three layers", WEIGHTS("3 * side**2 * channels_in * channels_out")),
        ("neighbours only", WEIGHTS("(side**2 - 1) * channels_in * channels_out")),
        ("1x1", WEIGHTS("max(9, side**2) * channels_in * channels_out")),
    ],
    "features_beaten": [
        ("turned the question", PAIRS + "(smaller & better).any(axis=0)"),
        ("for *and*", PAIRS + "(smaller | better).any(axis=1)"),
        ("has to be both", PAIRS + "smaller.any(axis=1) & better.any(axis=1)"),
        ("a smaller one: it", PAIRS + "smaller.any(axis=1)"),
        ("a better one: it", PAIRS + "better.any(axis=1)"),
        ("a larger one", PAIRS + "(smaller.T & better).any(axis=1)"),
        ("are *not* beaten", PAIRS + "~(smaller & better).any(axis=1)"),
        (
            "compare with all",
            "def beaten(parameters, right):\n"
            "    return (np.roll(parameters, -1) < parameters) & (np.roll(right, -1) > right)",
        ),
        ("those above", PAIRS + "np.tril(smaller & better).any(axis=1)"),
        ("those below", PAIRS + "np.triu(smaller & better).any(axis=1)"),
        (
            "the best one alone",
            "def beaten(parameters, right):\n    best = right.argmax()\n"
            "    return (parameters > parameters[best]) & (right < right[best])",
        ),
        (
            "the smallest one alone",
            "def beaten(parameters, right):\n"
            "    i = parameters.argmin()\n"
            "    return (parameters > parameters[i]) & (right < right[i])",
        ),
        ("counted by how many", PAIRS + "(smaller & better).sum(axis=1)"),
        ("You give places", PAIRS + "np.flatnonzero((smaller & better).any(axis=1))"),
        ("You counted them", PAIRS + "(smaller & better).any(axis=1).sum()"),
        ("table of all pairs", PAIRS + "smaller & better"),
        (
            "two alike",
            "def beaten(parameters, right):\n    p, r = parameters, right\n"
            "    return np.sum((p <= p[:, None]) & (r >= r[:, None]), axis=1) > 1",
        ),
    ],
    "features_similarity": [
        ("divide by both", ALIKE("these @ those.T")),
        ("of these only", ALIKE("these @ those.T / one[:, None]")),
        ("of those only", ALIKE("these @ those.T / other")),
        ("whole tables", ALIKE("these @ those.T / np.linalg.norm(these) / np.linalg.norm(those)")),
        ("squares of the lengths", ALIKE("these @ those.T / np.outer(one, other) ** 2")),
        ("sum of the lengths", ALIKE("these @ those.T / (one[:, None] + other)")),
        ("distances", ALIKE("np.linalg.norm(these[:, None] - those, axis=-1)")),
        ("its cosine", ALIKE("np.arccos(these @ those.T / np.outer(one, other))")),
        ("correlation", ALIKE("np.corrcoef(these, those)[:len(these), len(these):]")),
        ("exchanged", ALIKE("those @ these.T / np.outer(other, one)")),
        ("one mean", ALIKE("np.mean(these @ those.T / np.outer(one, other))")),
        ("ValueError", ALIKE("these @ those / np.outer(one, other)")),
        (
            "each with itself",
            ALIKE(
                "np.zeros((len(one), len(one))) if one.shape == other.shape "
                "else these @ those.T / np.outer(one, other)"
            ),
        ),
    ],
    "features_right": [
        ("You counted", RIGHT("np.sum(scores.argmax(axis=1) == truth)")),
        ("per cent", RIGHT("100 * np.mean(scores.argmax(axis=1) == truth)")),
        ("wrong names", RIGHT("np.mean(scores.argmax(axis=1) != truth)")),
        ("whether it is right", RIGHT("scores.argmax(axis=1) == truth")),
        ("lowest", RIGHT("np.mean(scores.argmin(axis=1) == truth)")),
        ("number of classes", RIGHT("np.sum(scores.argmax(axis=1) == truth) / scores.shape[1]")),
        ("all scores", RIGHT("np.sum(scores.argmax(axis=1) == truth) / scores.size")),
        (
            "first five",
            RIGHT("np.mean((np.argsort(-scores)[:, :5] == truth[:, None]).any(axis=1))"),
        ),
        ("best of any", RIGHT("np.mean(np.isin(truth, scores.argmax(axis=1)))")),
        ("You", RIGHT("np.mean(scores.max(axis=1) == truth)")),
        ("ValueError", RIGHT("np.mean(scores.argmax(axis=0) == truth)")),
    ],
    "features_restored": [
        ("The mean is not 0", BACK.format("np.log(p)", "z")),
        ("left out the logarithm", BACK.format("p", MINUS)),
        ("took the exponential", BACK.format("np.exp(p)", MINUS)),
        ("one mean of all", BACK.format("np.log(p)", "z - z.mean()")),
        ("over the photos", BACK.format("np.log(p)", "z - z.mean(axis=0)")),
        ("logarithm of the mean", BACK.format("np.log(p / p.mean(axis=-1, keepdims=True))", "z")),
        ("the largest 0", BACK.format("np.log(p)", "z - z.max(axis=-1, keepdims=True)")),
        ("divided by the mean", BACK.format("np.log(p)", "z / z.mean(axis=-1, keepdims=True)")),
        (
            "standard deviation",
            BACK.format("np.log(p)", "(" + MINUS + ") / z.std(axis=-1, keepdims=True)"),
        ),
        ("base 10", BACK.format("np.log10(p)", MINUS)),
        ("base 2", BACK.format("np.log2(p)", MINUS)),
        ("added 1", BACK.format("np.log(p + 1)", MINUS)),
        ("alone is enough", BACK.format("np.log(p / (1 - p))", "z")),
        ("take $p$ alone", BACK.format("np.log(p / (1 - p))", MINUS)),
        ("sign is wrong", BACK.format("-np.log(p)", MINUS)),
        ("one photo alone", BACK.format("np.log(p)", "z - z.mean(axis=1, keepdims=True)")),
        ("ValueError", BACK.format("np.log(p)", "z - z.mean(axis=1)")),
    ],
    "features_guess": [
        ("all neighbours", GUESS("colors[order].mean(axis=1)")),
        ("the last `k`", GUESS("colors[order[:, -k:]].mean(axis=1)")),
        ("the `k`-th", GUESS("colors[order[:, k - 1]]")),
        ("one neighbour", GUESS("colors[order[:, 0]]")),
        ("left the nearest", GUESS("colors[order[:, 1 : k + 1]].mean(axis=1)")),
        ("one more", GUESS("colors[order[:, : k + 1]].mean(axis=1)")),
        ("one less", GUESS("colors[order[:, : k - 1]].mean(axis=1)")),
        ("the first counts, too", GUESS("colors[order[:, 1:k]].mean(axis=1)")),
        ("sum of their", GUESS("colors[order[:, :k]].sum(axis=1)")),
        ("median", GUESS("np.median(colors[order[:, :k]], axis=1)")),
        ("a and b together", GUESS("colors[order[:, :k]].mean(axis=(1, 2))")),
        ("one guess", GUESS("colors[order[:, :k]].mean(axis=(0, 1))")),
        ("the places", GUESS("order[:, :k].mean(axis=1)")),
        ("whose to take", GUESS("np.tile(colors[:k].mean(axis=0), (len(order), 1))")),
        ("who their neighbours", GUESS("colors[order[:k]].mean(axis=1)")),
        ("k = 1", GUESS("colors[order[:, : max(k, 2)]].mean(axis=1)")),
    ],
    "features_share": [
        ("backward", SHARE("extractor_flop / (extractor_flop + colorizer_flop)")),
        ("only goes forward", SHARE("3 * extractor_flop / (3 * extractor_flop + colorizer_flop)")),
        ("of the whole", SHARE("extractor_flop / (3 * colorizer_flop)")),
        ("colourizer's share", SHARE("3 * colorizer_flop / (extractor_flop + 3 * colorizer_flop)")),
        ("tripled the whole", SHARE("extractor_flop / (3 * (extractor_flop + colorizer_flop))")),
        ("twice", SHARE("extractor_flop / (extractor_flop + 2 * colorizer_flop)")),
        ("one more", SHARE("extractor_flop / (extractor_flop + 4 * colorizer_flop)")),
        ("per cent", SHARE("100 * extractor_flop / (extractor_flop + 3 * colorizer_flop)")),
        ("for nothing", SHARE("1 / (1 + 3 * colorizer_flop / extractor_flop)")),
    ],
}
