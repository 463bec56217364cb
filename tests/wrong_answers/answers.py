"""Wrong answers to the exercises of chapter 08, each with words that the check must say of it."""

ANNEALED = """\
def annealed(logits, centres, temperature):
    z = {z}
    p = np.exp(z - z.max(axis=-1, keepdims=True))
    p = {p}
    return {answer}
"""


def annealed(z="logits / temperature", p="p / p.sum(axis=-1, keepdims=True)", answer="p @ centres"):
    return ANNEALED.format(z=z, p=p, answer=answer)


SOFT = """\
def soft_encode(ab, centres):
    d = np.linalg.norm(ab[:, None] - centres, axis=-1)
    shares = {falling}
    {first}
    shares[d > np.sort(d, axis=1)[:, {near} - 1 : {near}]] = 0
    {last}
    return {answer}
"""
SUM = "shares = shares / shares.sum(axis=1, keepdims=True)"


def soft(near=5, falling="np.exp(-(d**2) / 50)", first="", last=SUM, answer="shares"):
    return SOFT.format(near=near, falling=falling, first=first, last=last, answer=answer)


WEIGHTS = """\
def rarity(prior, mix):
    mixed = {mixed}
    weights = {weights}
    return {answer}
"""


def weights(
    mixed="(1 - mix) * prior + mix / len(prior)",
    weights="1 / mixed",
    answer="weights / np.sum(prior * weights)",
):
    return WEIGHTS.format(mixed=mixed, weights=weights, answer=answer)


DOUBT = """\
results = np.array({results})
figure, (left, right) = figures.axes(1, 2)
left.imshow(some[0])
left.set_title("a photo")
right.plot([1, 2], [3, 4])
right.set(xlabel="entropy (bits)", ylabel="error (Lab units)")
text = "Its doubt is worth something, since the error rises with the entropy. " * 8
"""
ERRORS = (6.0, 9.0, 11.0, 13.0, 20.0)


def doubt(bits, errors=ERRORS):
    return DOUBT.format(results=[list(row) for row in zip(bits, errors, strict=True)])


MEAN = "def weighed(colors, shares):\n    return "
ENTROPY = "def entropy(p):\n    return "
REWEIGHED = "def reweighed(logits, weights):\n    return "
BLIND = "def blind(said, found):\n    return "

MODE = "def mode(logits, centres):\n    return "
VOTES = "def votes(names):\n    return "

WRONG = {
    "answers_mean": [
        ("left the shares out", MEAN + "colors.mean(axis=-2)"),
        ("without their shares", MEAN + "colors.sum(axis=-2)"),
        ("once more", MEAN + "np.mean(shares[..., None] * colors, axis=-2)"),
        ("have not added up", MEAN + "shares[..., None] * colors"),
        ("added a and b", MEAN + "np.sum(shares[..., None] * colors, axis=-1)"),
        ("added up the places", MEAN + "np.sum(shares[..., None] * colors, axis=(0, 1, 2))"),
        ("it raised", MEAN + "np.sum(shares * colors, axis=-2)"),
        (
            "one colour alone",
            MEAN
            + "np.take_along_axis(colors, shares.argmax(-1)[..., None, None], axis=-2)[..., 0, :]",
        ),
        ("one place", MEAN + "np.einsum('ijk,ijkc->ijc', shares, colors)"),
    ],
    "answers_entropy": [
        ("forgot the minus", ENTROPY + "np.sum(p * np.log2(p + 1e-12), axis=-1)"),
        ("natural logarithm", ENTROPY + "-np.sum(p * np.log(p + 1e-12), axis=-1)"),
        ("base 10", ENTROPY + "-np.sum(p * np.log10(p + 1e-12), axis=-1)"),
        ("left p out", ENTROPY + "-np.sum(np.log2(p + 1e-12), axis=-1)"),
        ("took the mean", ENTROPY + "-np.mean(p * np.log2(p + 1e-12), axis=-1)"),
        ("added up everything", ENTROPY + "-np.sum(p * np.log2(p + 1e-12))"),
        ("have not added up", ENTROPY + "-p * np.log2(p + 1e-12)"),
        ("the places", ENTROPY + "-np.sum(p * np.log2(p + 1e-12), axis=0)"),
        ("equal cards", ENTROPY + "2 ** -np.sum(p * np.log2(p + 1e-12), axis=-1)"),
        ("largest likelihood", ENTROPY + "-np.log2(p.max(axis=-1))"),
        ("a likelihood of 0", ENTROPY + "-np.sum(p * np.log2(p), axis=-1)"),
    ],
    "answers_reweighed": [
        ("multiplied the logits", REWEIGHED + "logits * weights"),
        ("weights themselves", REWEIGHED + "logits + weights"),
        ("became rarer", REWEIGHED + "logits - np.log(weights)"),
        ("another base", REWEIGHED + "logits + np.log2(weights)"),
        ("base 10", REWEIGHED + "logits + np.log10(weights)"),
        ("by the logarithms", REWEIGHED + "logits * np.log(weights)"),
        ("take the logarithm again", REWEIGHED + "np.exp(logits) * weights"),
        ("plain logits", REWEIGHED + "logits"),
        ("the shape should be", REWEIGHED + "np.log(weights)"),
        (
            "take their logarithm, and",
            REWEIGHED.replace("return ", "p = np.exp(logits) * weights\n    return ")
            + "p / p.sum(axis=-1, keepdims=True)",
        ),
        (
            "not divided by their sum",
            REWEIGHED + "np.exp(logits) / np.exp(logits).sum(-1, keepdims=True) * weights",
        ),
    ],
    "answers_blind": [
        ("forgot the minus", BLIND + "np.sum(found * np.log(said))"),
        ("exchanged them", BLIND + "-np.sum(said * np.log(found))"),
        ("`said` twice", BLIND + "-np.sum(said * np.log(said))"),
        ("`found` twice", BLIND + "-np.sum(found * np.log(found))"),
        ("counts more", BLIND + "-np.mean(np.log(said))"),
        ("and added them up", BLIND + "-np.sum(np.log(said))"),
        ("mean over bins", BLIND + "-np.mean(found * np.log(said))"),
        ("at the end", BLIND + "-np.log(np.sum(found * said))"),
        ("gave bits", BLIND + "-np.sum(found * np.log2(said))"),
        ("have not added up", BLIND + "-found * np.log(said)"),
        ("entropy of `found`", BLIND + "np.sum(found * np.log(found / said))"),
    ],
    "answers_annealed": [
        ("multiplied by T", annealed(z="logits * temperature")),
        ("left T out", annealed(z="logits")),
        (
            "left T out",
            annealed(
                z="logits",
                p="p / temperature / np.sum(p / temperature, axis=-1, keepdims=True)",
            ),
        ),
        ("likeliest bin", annealed(answer="centres[z.argmax(axis=-1)]")),
        ("sum over all places", annealed(p="np.exp(z) / np.exp(z).sum()")),
        ("did not divide by the sum", annealed(p="np.exp(z)")),
        (
            "after the softmax",
            annealed(z="logits", p="p / p.sum(axis=-1, keepdims=True) / temperature"),
        ),
        (
            "NaN or an infinity",
            annealed(p="np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)"),
        ),
        ("many places", annealed(p="p / p.sum(axis=0)")),
        ("one place", annealed(answer="np.einsum('...nq,qc->...nc', p, centres)")),
        (
            "NaN or an infinity",  # one largest logit for all places
            annealed(p="np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=-1, keepdims=True)"),
        ),
    ],
    "answers_soft": [
        ("among all bins", soft(near=121)),
        ("nearest bin", soft(near=1)),
        ("four bins", soft(near=4)),
        ("six bins", soft(near=6)),
        ("divide by their sum", soft(last="")),
        ("left out the far ones afterwards", soft(first=SUM, last="")),
        ("forgot the 2", soft(falling="np.exp(-(d**2) / 25)")),
        ("square the distance", soft(falling="np.exp(-d / 50)")),
        ("square the 5", soft(falling="np.exp(-(d**2) / 10)")),
        ("one over the distance", soft(falling="1 / d")),
        ("the same share", soft(falling="np.ones_like(d)")),
        ("five shares alone", soft(answer="-np.sort(-shares, axis=1)[:, :5]")),
        (
            "another order",
            soft(answer="shares[:, np.lexsort((centres[:, 0], centres[:, 1]))]"),
        ),
        (
            "the shape should be",  # as many columns as the kit has bins
            soft(answer="np.pad(shares, ((0, 0), (0, 313 - len(centres))))"),
        ),
        (
            "numbers differ",
            soft().replace(
                "np.linalg.norm(ab[:, None] - centres, axis=-1)",
                "np.abs(ab[:, None] - centres).sum(axis=-1)",
            ),
        ),
    ],
    "answers_weights": [
        ("did not scale", weights(answer="weights")),
        ("mean over bins", weights(answer="weights / weights.mean()")),
        ("sum of the weights", weights(answer="weights / weights.sum()")),
        ("exchanged the two shares", weights(mixed="mix * prior + (1 - mix) / len(prior)")),
        ("forgot Q", weights(mixed="(1 - mix) * prior + mix")),
        ("313 of the kit", weights(mixed="(1 - mix) * prior + mix / 313")),
        ("did not divide 1", weights(weights="mixed")),
        ("NaN or an infinity", weights(mixed="prior")),
        ("λ = 1", weights(mixed="prior + mix / (1 - mix) / len(prior)")),
        (
            "numbers differ",
            weights(answer="np.where(prior > 0, weights / np.sum(prior * weights), 0)"),
        ),
    ],
    "answers_doubt": [
        ("`(5, 2)`", doubt((1.0, 3.0, 4.0, 4.5), ERRORS[:4])),
        ("in bits they lie", doubt((1.0, 3.0, 4.0, 4.5, 9.5))),
        (
            "finite numbers",
            DOUBT.format(results="([1, 2], [3], [4, 5], [6, 7], [8, 9])").replace(
                "np.array", "list"
            ),
        ),
        ("finite numbers", DOUBT.format(results="[['1 bit', '6 Lab']] * 5")),
        ("surest comes first", doubt((5.5, 4.5, 4.0, 3.0, 1.0))),
        ("not by their error", doubt((3.5, 3.8, 4.0, 4.3, 4.7))),
        ("natural logarithm", doubt((1.0, 2.3, 2.8, 3.2, 3.9))),
        ("rebalanced likelihoods", doubt((3.9, 5.0, 5.5, 5.8, 6.2))),
        ("the root of a sum", doubt((1.5, 3.3, 4.0, 4.6, 5.6), [error**2 for error in ERRORS])),
        ("the root of a sum", doubt((1.5, 3.3, 4.0, 4.6, 5.6), [error / 128 for error in ERRORS])),
        (
            "the root of a sum",  # the differences of a and of b added up
            doubt((2.8, 3.7, 4.2, 4.6, 5.2), (10.8, 14.0, 19.3, 24.1, 35.2)),
        ),
    ],
    "answers_mode": [
        ("mean of the bins", MODE + "ops.convert_to_numpy(ops.softmax(logits)) @ centres"),
        ("by their logits", MODE + "logits @ centres"),
        ("look their colours up", MODE + "logits.argmax(axis=-1)"),
        ("largest logits", MODE + "logits.max(axis=-1)"),
        ("least likely", MODE + "centres[logits.argmin(axis=-1)]"),
        ("shape", MODE + "centres[logits.argmax()]"),
        ("it raised", MODE + "centres[logits.max(axis=-1)]"),
        ("the shape should be", MODE + "centres[logits.argmax(axis=1)]"),
    ],
    "answers_votes": [
        ("You gave the counts", VOTES + "np.bincount(names)[names]"),
        ("shares of the pixels", VOTES + "np.bincount(names)[names] / len(names)"),
        ("the same", VOTES + "np.full(len(names), 1 / len(names))"),
        ("weigh 1 with you", VOTES + "np.ones(len(names))"),
        ("as there are pixels", VOTES + "len(names) / np.bincount(names)[names]"),
        ("together weigh 1", VOTES + "1 / np.bincount(names)[names] / len(set(names))"),
        ("took roots", VOTES + "np.bincount(names)[names] ** -0.5"),
        ("each bin a weight", VOTES + "1 / np.maximum(np.bincount(names), 1)"),
        ("that occurs", VOTES + "1 / np.unique(names, return_counts=True)[1]"),
        ("it raised", VOTES + "(1 / np.bincount(names))[names / 1]"),
    ],
}
