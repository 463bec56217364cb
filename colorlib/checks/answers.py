"""The exercises of chapter 08_many_answers. Without Keras, so that grading starts quickly."""

import numpy as np

from colorlib.checks.judging import (
    NotYet,
    attempted,
    call,
    compare,
    expect,
    expect_figure,
    expect_text,
    guarded,
    naming,
    numbers_of,
)

# A plane of bins in steps of 10, and the bits of as many equally likely colours as there are.
GRID = 10.0 * np.stack(np.meshgrid(np.arange(-5, 6), np.arange(-5, 6)), axis=-1).reshape(-1, 2)
MOST_BITS = np.log2(313)


def answers_annealed(student, draw):
    """The mean of the bins at a temperature."""
    centres, heat = draw.normal(0, 40, (7, 2)), float(draw.choice([0.3, 0.5, 2.0]))

    def mean(logits, heat):
        p = np.exp((logits - logits.max(axis=-1, keepdims=True)) / heat)
        return p / p.sum(axis=-1, keepdims=True) @ centres

    for case, shape in (("one place", (7,)), ("many places", (2, 3, 7))):
        logits = draw.normal(0, 1.5, shape)
        share = np.exp(logits)
        over_all = np.exp(logits / heat)
        with naming(case):
            expect(
                student,
                logits,
                centres,
                heat,
                right=mean(logits, heat),
                mistakes={
                    "You multiplied by T: logits are divided by it.": mean(logits, 1 / heat),
                    "You left T out, or divided the likelihoods by it, which changes nothing: the "
                    "*logits* are divided.": mean(logits, 1.0),
                    "You took the likeliest bin: the mean is over all of them.": (
                        centres[logits.argmax(axis=-1)]
                    ),
                    "You did not divide by the sum: the shares of a place have the sum 1.": (
                        over_all @ centres
                    ),
                    "You divided by the sum over all places: each place has shares of its own.": (
                        over_all / over_all.sum() @ centres
                    ),
                    "You divided by T after the softmax, and not by the sum again.": (
                        share / share.sum(axis=-1, keepdims=True) / heat @ centres
                    ),
                },
            )
    for case, loud, cold in (("loud logits", 1500.0, 1.0), ("a low temperature", 8.0, 0.004)):
        logits = np.sort(loud * draw.uniform(-1, 1, (4, 7)), axis=-1)
        logits[:, -1] += loud / 5  # one of them is likeliest by far
        logits += 5 * loud * np.arange(4)[:, None]  # each place has a largest one of its own
        with naming(case):
            expect(student, logits, centres, cold, right=mean(logits, cold), mistakes={})


def answers_soft(student, draw):
    """Colours shared among their five nearest bins."""
    order = draw.permutation(len(GRID))
    centres = GRID[order]
    # No ties: in each square of four bins, off its lines and diagonals.
    steps = draw.uniform(1, 2, (6, 2)) + np.array([0, 2])
    steps = np.where(draw.random((6, 1)) < 0.5, steps, steps[:, ::-1])
    ab = 10.0 * draw.integers(-3, 4, (6, 2)) + steps * draw.choice([-1, 1], (6, 2))
    ab[0] = 3, -4
    squared = np.square(ab[:, None] - centres).sum(axis=-1)  # (6, Q)
    sorted_ = np.sort(squared, axis=1)

    def shared(near, falling, scale=True):
        parts = np.where(squared <= sorted_[:, near - 1 : near], falling(squared), 0)
        return parts / parts.sum(axis=1, keepdims=True) if scale else parts

    def bell(squared):
        return np.exp(-squared / 50)

    right, straight = shared(5, bell), np.argsort(order)
    expect(
        student,
        ab,
        centres,
        right=right,
        mistakes={
            "You shared each colour among all bins: only the five nearest get a part.": (
                shared(len(centres), bell)
            ),
            "You gave all to the nearest bin: five share a colour.": shared(1, bell),
            "You shared each colour among four bins: take five.": shared(4, bell),
            "You shared each colour among six bins: take five.": shared(6, bell),
            "The shares of a colour should have the sum 1: divide by their sum.": (
                shared(5, bell, scale=False)
            ),
            "You normalised over all bins and left out the far ones afterwards: the sum is that of "
            "the five.": np.where(right > 0, shared(len(centres), bell), 0),
            "You forgot the 2 in $2 \\cdot 5^2$.": shared(5, lambda squared: np.exp(-squared / 25)),
            "You forgot to square the distance.": (
                shared(5, lambda squared: np.exp(-np.sqrt(squared) / 50))
            ),
            "You forgot to square the 5.": shared(5, lambda squared: np.exp(-squared / 10)),
            "You weighed by one over the distance: the weight is $e^{-d^2 / (2 \\cdot 5^2)}$.": (
                shared(5, lambda squared: 1 / np.sqrt(squared))
            ),
            "You gave all five the same share.": shared(5, np.ones_like),
            "You gave the shares in another order: that of the bins was asked for.": (
                right[:, straight]
            ),
            "You gave the five shares alone: each bin of the list gets a number, most of them 0.": (
                -np.sort(-right, axis=1)[:, :5]
            ),
        },
    )


def answers_weights(student, draw):
    """What a pixel of each colour counts when rare ones are raised."""
    count = int(draw.integers(6, 12))
    prior = draw.dirichlet(np.full(count, 0.5))
    prior[2] = 0  # a colour that does not occur
    prior /= prior.sum()
    mix = float(draw.choice([0.1, 0.3, 0.8]))

    def scaled(weights):
        return weights / np.sum(prior * weights)

    mixed = (1 - mix) * prior + mix / count
    swapped = mix * prior + (1 - mix) / count
    expect(
        student,
        prior,
        mix,
        right=scaled(1 / mixed),
        mistakes={
            "You did not scale them: the sum of p times w should be 1.": 1 / mixed,
            "You scaled the mean over bins to 1: it is the mean over pixels, the sum of p times w, "
            "that should be 1.": count / mixed / np.sum(1 / mixed),
            "You scaled the sum of the weights to 1: it is the sum of p times w.": (
                1 / mixed / np.sum(1 / mixed)
            ),
            "You exchanged the two shares: the even distribution has the share λ.": (
                scaled(1 / swapped)
            ),
            "You forgot Q: the even distribution is 1/Q.": scaled(1 / ((1 - mix) * prior + mix)),
            "You took the 313 of the kit: Q is as many as the prior has.": (
                scaled(1 / ((1 - mix) * prior + mix / 313))
            ),
            "You did not divide 1 by the mixture: rare colours should weigh more.": scaled(mixed),
        },
    )
    with naming("λ = 1"):
        expect(student, prior, 1.0, right=np.ones(count), mistakes={})


def answers_doubt(student, draw):
    """Whether the entropy of a distribution foretells the error of its mean."""
    results, figure, text = student
    attempted(student)
    bits, errors = numbers_of(results, (5, 2)).T
    if bits.min() < 0 or bits.max() > MOST_BITS:
        raise NotYet(
            f"You have entropies from {bits.min():.3g} to {bits.max():.3g}: they come first, and "
            f"in bits they lie between 0 and {MOST_BITS:.1f}."
        )
    if not (np.diff(bits) > 0).all():
        raise NotYet("The groups should be in order: the surest comes first.")
    if np.ptp(bits) < 1.8:
        raise NotYet(
            "Your groups hardly differ in entropy: sort the places by it, not by their error, "
            "before you cut them into five."
        )
    if bits.mean() < 3.4:
        raise NotYet("Your entropies are too small for bits. Did you take the natural logarithm?")
    if bits.mean() > 4.8:
        raise NotYet("Your entropies are too large. Are they those of rebalanced likelihoods?")
    if not 4 < errors.mean() < 19:
        raise NotYet(
            f"Your errors have the mean {errors.mean():.3g}: the distance of two colours in Lab "
            "units, the root of a sum of two squares, has one between 4 and 19 here."
        )
    expect_figure(figure, photos=1, plots=1)
    return expect_text(text, words=60)


def answers_mean(student, draw):
    """Bins' colours, weighed by shares: from a list back to a colour."""
    count = int(draw.integers(4, 8))
    for case, shape in (("many places", (2, 3)), ("one place", ())):
        colors = draw.normal((20, -10), 30, (*shape, count, 2))
        shares = draw.dirichlet(np.full(count, 2), shape)
        parts = shares[..., None] * colors
        likeliest = shares.argmax(axis=-1)[..., None, None]
        mistakes = {
            "You left the shares out: a near bin counts more.": colors.mean(axis=-2),
            "You added the colours up without their shares.": colors.sum(axis=-2),
            "You divided by their number once more: the shares have the sum 1.": (
                parts.mean(axis=-2)
            ),
            "You took one colour alone: all have a share.": (
                np.take_along_axis(colors, likeliest, axis=-2)[..., 0, :]
            ),
            "You have not added up: each place gets one colour.": parts,
            "You added a and b: add up the bins, which are the last axis but one.": (
                parts.sum(axis=-1)
            ),
            "You added up the places, too: each has a colour of its own.": (
                parts.reshape(-1, 2).sum(axis=0)
            ),
        }
        with naming(case):
            expect(student, colors, shares, right=parts.sum(axis=-2), mistakes=mistakes)


def answers_entropy(student, draw):
    """How much in doubt distributions are, in bits."""
    p = draw.dirichlet(np.full(int(draw.integers(5, 12)), 0.8), (3, 4))
    p = (p + 0.002) / (p + 0.002).sum(axis=-1, keepdims=True)
    logs = np.log2(p)
    bits = -np.sum(p * logs, axis=-1)
    mistakes = {
        "You forgot the minus: logarithms of likelihoods are negative.": -bits,
        "You took the natural logarithm: bits go with `np.log2`.": bits * np.log(2),
        "You took the logarithm to the base 10: bits go with `np.log2`.": bits * np.log10(2),
        "You left p out: each logarithm is weighed by its likelihood.": -logs.sum(axis=-1),
        "You took the mean: add up the bins.": bits / p.shape[-1],
        "You added up everything: each distribution has an entropy of its own.": bits.sum(),
        "You have not added up: each distribution gets one number.": -p * logs,
        "You added up the places: the bins are the last axis.": -np.sum(p * logs, axis=0),
        "You gave the number of equal cards: asked for are the bits.": 2**bits,
        "You took the largest likelihood alone: all of them count.": -np.log2(p.max(axis=-1)),
    }
    expect(student, p, right=bits, mistakes=mistakes)
    with naming("a likelihood of 0"):
        expect(student, np.array([0.5, 0, 0.25, 0.25]), right=1.5, mistakes={})


def answers_reweighed(student, draw):
    """Logits of likelihoods that are the plain ones times weights."""
    count = int(draw.integers(5, 9))
    logits, weights = draw.normal(0, 1.5, (2, 3, count)), np.exp(draw.uniform(-2, 2, count))

    def softmax(logits):
        p = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return p / p.sum(axis=-1, keepdims=True)

    given = guarded(np.asarray, call(student, logits, weights), float)
    if given.shape != logits.shape:
        raise NotYet(f"the shape should be `{logits.shape}`, but it is `{given.shape}`.")
    plain, log = softmax(logits), np.log(weights)
    right = softmax(logits + log)
    mistakes = {
        "You multiplied the logits by the weights: it is the likelihoods that are multiplied, and "
        "a logit is the logarithm of one.": logits * weights,
        "You added the weights themselves: what is a factor of $e^z$ when it is added to z?": (
            logits + weights
        ),
        "You divided by the weights: rare colours became rarer.": logits - log,
        "You took another base of the logarithm than e.": logits + log / np.log(2),
        "You took the base 10: softmax takes powers of e.": logits + log / np.log(10),
        "You multiplied by the logarithms: add them.": logits * log,
        "You returned likelihoods: take their logarithm, and they are logits.": right,
        "You returned likelihoods, not divided by their sum: take their logarithm.": (
            plain * weights
        ),
        "You weighed $e^z$ and did not take the logarithm again.": np.exp(logits) * weights,
        "You returned the plain logits: where are the weights?": logits,
        "You returned the logarithms of the weights alone.": 0 * logits + log,
    }
    mistakes = {words: softmax(wrong) for words, wrong in mistakes.items()}
    compare(softmax(given), right, mistakes)


def answers_blind(student, draw):
    """The mean cross-entropy of saying the same of every pixel."""
    said, found = draw.dirichlet(np.full(int(draw.integers(6, 12)), 0.8), 2) + 0.003
    said, found = said / said.sum(), found / found.sum()
    logs = np.log(said)
    right = -found @ logs
    mistakes = {
        "You forgot the minus.": -right,
        "You exchanged them: the logarithm is of what was said.": -said @ np.log(found),
        "You used `said` twice: how often a bin is the true one is in `found`.": -said @ logs,
        "You used `found` twice: the logarithm is of what was said.": -found @ np.log(found),
        "You counted all bins the same: one that is found often counts more.": -logs.mean(),
        "You counted all bins the same, and added them up.": -logs.sum(),
        "You took the mean over bins: the shares have the sum 1 already, so add up.": (
            right / len(said)
        ),
        "You took the logarithm at the end: first the logarithms, then their mean.": (
            -np.log(found @ said)
        ),
        "You gave bits: nats go with `np.log`.": right / np.log(2),
        "You have not added up: one number was asked for.": -found * logs,
        "You subtracted the entropy of `found`: the cross-entropy was asked for.": (
            found @ np.log(found) + right
        ),
    }
    expect(student, said, found, right=right, mistakes=mistakes)


def answers_mode(student, draw):
    """The colour of the likeliest bin."""
    count = int(draw.integers(6, 12))
    for case, shape in (("many places", (2, 3, 4)), ("one place", ())):
        logits = draw.uniform(-5, -1, (*shape, count))  # none is above 0
        best = draw.integers(1, count - 1, shape)
        np.put_along_axis(logits, best[..., None], -0.5, axis=-1)
        centres = draw.normal((25, -15), 30, (count, 2))
        p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
        mistakes = {
            "You took the mean of the bins: the mode is one of them.": p @ centres,
            "You weighed the bins by their logits: the mode is one of them.": logits @ centres,
            "You returned numbers of bins: look their colours up.": best,
            "You returned the largest logits: the colours of their bins were asked for.": (
                logits.max(axis=-1)
            ),
            "You took the bin that is least likely.": centres[logits.argmin(axis=-1)],
            "You chose one bin for all places: each has its own.": (
                centres[logits.reshape(-1, count).max(axis=0).argmax()]
            ),
            "You chose among the places: the bins are the last axis.": (
                centres[logits.argmax(axis=0) % count]
            ),
        }
        with naming(case):
            expect(student, logits, centres, right=centres[best], mistakes=mistakes)


def answers_votes(student, draw):
    """Weights of pixels by which each colour counts the same."""
    counts = draw.permutation(np.r_[0, 1, draw.choice(np.arange(2, 12), 5, False)])
    counts = np.append(counts, 3)  # the largest number does occur
    names = draw.permutation(np.repeat(np.arange(len(counts)), counts))
    found = counts[names]
    mistakes = {
        "You gave the counts: who comes often should weigh less.": found,
        "You gave shares of the pixels: who comes often should weigh less.": found / len(names),
        "You divided by the bin's number: by how many pixels it has was asked for.": (
            1 / np.maximum(names, 1)
        ),
        "All pixels weigh the same with you.": 0 * found + 1 / len(names),
        "All pixels weigh 1 with you.": 0 * found + 1,
        "With you each bin weighs as much as there are pixels: it should weigh 1.": (
            len(names) / found
        ),
        "With you all bins together weigh 1: each of them should.": 1 / found / (counts > 0).sum(),
        "You took roots: then common colours still weigh more.": 1 / np.sqrt(found),
        "You gave each bin a weight: look up each pixel's.": 1 / np.maximum(counts, 1),
        "You gave each bin that occurs a weight: look up each pixel's.": 1 / counts[counts > 0],
    }
    expect(student, names, right=1 / found, mistakes=mistakes)
