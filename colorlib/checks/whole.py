"""The exercises of chapter 09_whole_photo. Without Keras, so that grading starts quickly."""

import numpy as np

from colorlib.checks.judging import (
    NotYet,
    attempted,
    call,
    describe,
    expect,
    expect_figure,
    expect_text,
    guarded,
    naming,
    numbers_of,
)


def whole_average(student, draw):
    """The whole of a letterboxed photo: the mean of its feature maps where the photo is."""
    maps = draw.normal(0.5, 2, (6, 7, 5))
    inside = np.zeros((6, 7), bool)
    top, bottom = int(draw.integers(1, 3)), int(draw.integers(4, 6))
    inside[top:bottom, 1:] = True
    inside[top, 3:5] = False  # no rectangle, and no row like the next one
    within = maps[inside]
    expect(
        student,
        maps,
        inside,
        right=within.mean(axis=0),
        mistakes={
            "You took the mean of all places: only those inside count.": maps.mean(axis=(0, 1)),
            "You divided by the number of all places: divide by that of those inside.": (
                within.sum(axis=0) / inside.size
            ),
            "You added the places up: their mean was asked for.": within.sum(axis=0),
            "You took the largest value: the mean was asked for.": within.max(axis=0),
            "You took the places outside: `inside` is true where the photo is.": (
                maps[~inside].mean(axis=0)
            ),
            "You took one mean of everything: each map has its own.": within.mean(),
            "You took a mean of the rows' means: each place counts the same.": (
                np.mean([maps[y, inside[y]].mean(axis=0) for y in range(top, bottom)], axis=0)
            ),
            "You took all places of the rectangle around: not all of them are inside.": (
                maps[top:bottom, 1:].mean(axis=(0, 1))
            ),
        },
    )
    with naming("no place inside"):
        expect(student, maps, np.zeros((6, 7), bool), right=np.zeros(5), mistakes={})


def whole_toward(student, draw):
    """How far mean colours moved toward others', as a share of the way."""
    before, target = draw.normal(0, 15, (2, 9, 2))
    after = before + draw.uniform(-0.5, 1.2, (9, 1)) * (target - before) + draw.normal(0, 4, (9, 2))
    # One turns back and one overshoots, whatever is drawn.
    after[:2] = before[:2] + np.array([[-0.4], [1.3]]) * (target - before)[:2]
    way, moved = target - before, after - before
    along = np.sum(moved * way, axis=1)
    squared = np.sum(way**2, axis=1)
    length = np.sqrt(squared)
    left = np.linalg.norm(after - target, axis=1)
    mistakes = {
        "You measured how far it moved, whatever the direction.": (
            np.linalg.norm(moved, axis=1) / length
        ),
        "You measured by how much the distance shrank: what goes sideways should not count.": (
            1 - left / length
        ),
        "You gave Lab units: divide by the whole way once more.": along / length,
        "You did not divide by the square of the way's length.": along,
        "You gave the cosine of the angle: divide by the way's length, not by the move's.": (
            along / length / np.linalg.norm(moved, axis=1)
        ),
        "You measured what is left of the way: asked for is how much of it was gone.": (
            1 - along / squared
        ),
        "You gave one number for all: each pair has its own.": np.mean(along / squared),
        "You stopped at 0 or at 1: who turns back has less, who overshoots has more.": (
            np.clip(along / squared, 0, 1)
        ),
    }
    expect(student, before, after, target, right=along / squared, mistakes=mistakes)
    target[2] = before[2]
    with naming("a pair without a way to go"), np.errstate(all="ignore"):
        squared = np.sum((target - before) ** 2, axis=1)
        along = np.sum(moved * (target - before), axis=1)
        right = np.where(squared > 0, along / squared, 0)
        expect(student, before, after, target, right=right, mistakes={})


def _log_softmax(scores):
    scores = scores - scores.max(axis=1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def whole_joint(student, draw):
    """The two parts of a loss with a second task, whose labels are a classifier's."""
    count, classes = 4, 7
    error = draw.normal(-0.5, 1, (count, 5, 6, 2))  # as large as the other part
    scores, teacher = draw.normal(0, 2, (2, count, classes))
    alpha = float(draw.choice([0.2, 0.05, 0.5]))
    log_q, log_p = _log_softmax(scores), _log_softmax(teacher)
    p, q, color = np.exp(log_p), np.exp(log_q), np.mean(error**2)
    cross = -np.sum(p * log_q, axis=1)
    entropy = -np.sum(p * log_p, axis=1)
    hard = -log_q[np.arange(count), teacher.argmax(axis=1)]

    def parts(wrong, first=color, weight=alpha):
        return np.array([first, weight * wrong])

    right = parts(cross.mean())
    expect(
        student,
        error,
        scores,
        teacher,
        alpha,
        right=right,
        mistakes={
            "You took the teacher's likeliest class alone: all its likelihoods count.": (
                parts(hard.mean())
            ),
            "You took the teacher's scores as they are: they become likelihoods by softmax.": (
                parts(-np.sum(teacher * log_q, axis=1).mean())
            ),
            "You subtracted the teacher's entropy: asked for is the cross-entropy.": (
                parts((cross - entropy).mean())
            ),
            "You took the teacher's own entropy: the logarithm is of the network's.": (
                parts(entropy.mean())
            ),
            "You exchanged network and teacher.": parts(-np.sum(q * log_p, axis=1).mean()),
            "You added the photos up: take the mean over photos.": parts(cross.sum()),
            "You took the mean over the classes, too: add those up.": (
                parts(cross.mean() / classes)
            ),
            "You forgot alpha.": parts(cross.mean(), weight=1.0),
            "You took the logarithm to the base 2: the natural one was asked for.": (
                parts(cross.mean() / np.log(2))
            ),
            "You did not square the error of the colours.": parts(cross.mean(), error.mean()),
            "You took the size of the error: square it.": parts(cross.mean(), abs(error).mean()),
            "You added the squares up: take their mean.": parts(cross.mean(), np.sum(error**2)),
            "You added the parts: both were asked for, in this order.": right.sum(),
            "You exchanged the parts: the colours come first.": right[::-1],
        },
    )
    with naming("loud scores"):
        apart = 5000 * np.arange(count)[:, None]  # each photo has a largest one of its own
        loud = 400 * scores + apart, 400 * teacher - apart
        wrong = -np.sum(np.exp(_log_softmax(loud[1])) * _log_softmax(loud[0]), axis=1)
        expect(student, error, *loud, alpha, right=parts(wrong.mean()), mistakes={})


def whole_crossing(student, draw):
    """From how many photos on one curve lies below another, on an axis of logarithms."""
    counts = np.cumprod(draw.integers(2, 5, 6)) * 10
    last = int(draw.choice([2, 3]))  # the last count at which it is behind
    signs = np.where(np.isin(np.arange(6), [0, 2, last]), 1, -1)

    def crossing(first, axis=np.log, back=np.exp):
        left, right = (one - other)[first : first + 2]
        start, end = axis(counts[first : first + 2])
        return float(back(start + (end - start) * left / (left - right)))

    while True:
        other = np.sort(draw.uniform(8, 14, 6))[::-1]
        # Behind, ahead, behind again, ahead for good: so the first crossing is not the last.
        one = other + signs * draw.uniform(0.3, 2, 6)
        right = crossing(last)
        if 0.1 < right % 1 < 0.9:  # else one would not see that it was rounded
            break

    expect(
        student,
        counts,
        one,
        other,
        right=right,
        tolerance=5e-6,
        mistakes={
            "You took the first crossing: from there on it does not stay ahead.": crossing(0),
            "You took the crossing where it falls behind.": crossing(1),
            "Your axis is linear: the curves are straight over the logarithm of the number.": (
                crossing(last, np.asarray, np.asarray)
            ),
            "You gave the logarithm of the number.": np.log(right),
            "You gave the next count that was measured: the crossing lies before it.": (
                counts[last + 1]
            ),
            "You gave the last count before the crossing.": counts[last],
            "You returned a place in the list: a number of photos was asked for.": last + 1,
            "You rounded: return the number as it comes.": round(right),
            "You compared the wrong way round: the smaller error is ahead.": 0,
        },
    )
    with naming("where both err the same, neither is ahead"):
        met = other - np.where(np.arange(6) == last, 0, 1)
        expect(student, counts, met, other, right=counts[last], mistakes={})
    counts, one, other = counts[2:], one[2:], other[2:]  # fewer than before
    with naming("ahead all along"):
        expect(student, counts, other - 1, other, right=counts[0], mistakes={})
    with naming("not ahead at the end"):
        expect(student, counts, -one, -other, right=0, mistakes={})


def whole_moods(student, draw):
    """One photo in four moods: what moved, and what the whole knows."""
    results, figure, text = student
    attempted(student)
    means = numbers_of(results, (5, 2))
    if np.abs(means).max() > 60:
        raise NotYet(
            f"Your largest number is {np.abs(means).max():.3g}: the mean ab of a photo in Lab "
            "units is smaller. Did you take L, or values in 0..255?"
        )
    if len(np.unique(means.round(2), axis=0)) < len(means):
        raise NotYet(
            "Two rows are alike: the photo's own mood comes first, then those of four *different* "
            "photos."
        )
    if np.linalg.norm(means[1:] - means[0], axis=1).max() < 1:
        raise NotYet(
            "None of your moods moves the mean colour by as much as 1 Lab unit: choose photos that "
            "differ more from yours, or a larger strength."
        )
    expect_figure(figure, photos=5)
    return f"four moods, and {expect_text(text, words=80)}"


def whole_lend(student, draw):
    """The way from a photo's own whole toward another's, and beyond."""
    own, other = draw.normal(0.5, 1, (2, 1, 1, 1, 6))
    strength = float(draw.choice([1.3, 1.7, 2.4]))
    way = other - own
    expect(
        student,
        own,
        other,
        strength,
        right=own + strength * way,
        mistakes={
            "You went the other way: from the other's whole toward the own.": (
                other - strength * way
            ),
            "You gave the way alone: it begins at the photo's own whole.": strength * way,
            "You added the other's whole itself: add the difference of the two.": (
                own + strength * other
            ),
            "Your way begins at the other's whole: it begins at the photo's own.": (
                other + strength * way
            ),
            "You stopped at the other's whole: a strength above 1 leads beyond it.": (other),
        },
    )
    with naming("strength 0"):
        expect(student, own, other, 0.0, right=own, mistakes={})


def whole_strangers(student, draw):
    """An order in which nobody keeps its own place."""
    for count in [*draw.integers(3, 30, 14).tolist(), 2, 7]:  # chance would keep the order once
        with naming(f"{count} photos"):
            answer = call(student, count)
            order = guarded(np.asarray, answer)
            if order.dtype.kind not in "iu":
                raise NotYet(f"whole numbers were asked for, but it is {describe(answer)}.")
            if order.shape != (count,):
                raise NotYet(f"the shape should be `({count},)`, but it is `{order.shape}`.")
            if order.min() < 0 or order.max() >= count:
                raise NotYet(
                    f"Your numbers go from {order.min()} to {order.max()}: the first photo is 0, "
                    f"the last one is {count - 1}."
                )
            own = np.flatnonzero(order == np.arange(count))
            if len(own):
                raise NotYet(
                    f"Photo {own[0]} is told its own whole. A shuffled order mostly leaves some "
                    "photo in its place, and the reverse of an odd number the one in the middle."
                )
            often = np.bincount(order, minlength=count)
            if often.max() > 1:
                raise NotYet(
                    f"The whole of photo {often.argmax()} is lent {often.max()} times: "
                    "each comes once."
                )


def whole_nearer(student, draw):
    """The share of pairs that came nearer."""
    for _ in range(3):  # by chance two shares are the same
        while True:
            count = int(draw.integers(150, 250))
            target, before = draw.normal(0, 9, (2, count, 2))
            far = draw.uniform(-0.5, 2.8, (count, 1))
            after = before + far * (target - before) + draw.normal(0, 5, (count, 2))
            start, end, way = before - target, after - target, after - before
            toward = abs(end) < abs(start)  # in a, in b
            right = np.mean(np.linalg.norm(end, axis=1) < np.linalg.norm(start, axis=1))
            mistakes = {
                "You gave the share that went away.": 1 - right,
                "You looked at a and b one by one: each pair has one distance.": toward.mean(),
                "With you both a and b must come nearer: one may do enough for both.": (
                    toward.all(axis=1).mean()
                ),
                "With you it is enough if a or b comes nearer: it may go away in the other.": (
                    toward.any(axis=1).mean()
                ),
                "You asked whether it set out toward the other: beyond it, one may be farther away "
                "than before.": np.mean(np.sum(way * -start, axis=1) > 0),
                "You compared how far it moved with how far the other was: compare the distances "
                "from the other, before and after.": (
                    np.mean(np.linalg.norm(way, axis=1) < np.linalg.norm(start, axis=1))
                ),
                "You compared how strong the colours are.": (
                    np.mean(np.linalg.norm(after, axis=1) < np.linalg.norm(before, axis=1))
                ),
                "You added the distances in a and b: one distance is the root of a sum of "
                "squares.": (np.mean(abs(end).sum(axis=1) < abs(start).sum(axis=1))),
            }
            if (
                np.diff(np.sort([right, *mistakes.values()])).min() > 0.002
            ):  # else two look the same
                break
        mistakes |= {
            "You compared one distance of all pairs together: each pair has its own (`axis=1`).": (
                np.mean(np.linalg.norm(end) < np.linalg.norm(start))
            ),
            "You gave their number: divide by how many there are.": right * count,
            "You gave percent: a share is at most 1.": 100 * right,
        }
        expect(student, before, after, target, right=right, mistakes=mistakes)
