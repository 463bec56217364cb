"""The exercises of chapter 12_ask_people. Without Keras, so that grading starts quickly."""

import math

import numpy as np
from scipy import stats

from colorlib.checks.judging import (
    NotYet,
    attempted,
    call,
    compare,
    describe,
    expect,
    expect_text,
    naming,
)


def asking_alone(student, draw):
    """From the share of pairs that fool to the share taken for real alone."""
    for case, pairs in (("a weak system", 0.12), ("a strong one", 0.44)):
        pairs, real = pairs + float(draw.uniform(0, 0.04)), float(draw.uniform(0.6, 0.97))
        d, c = -math.sqrt(2) * stats.norm.ppf(pairs), stats.norm.ppf(real)
        with naming(case):
            expect(
                student,
                pairs,
                real,
                right=stats.norm.cdf(c - d),
                mistakes={
                    "You forgot the square root of 2: of a pair two photos feel odd.": (
                        stats.norm.cdf(c - d / math.sqrt(2))
                    ),
                    "You divided by the square root of 2: solved for d, it multiplies.": (
                        stats.norm.cdf(c - d / 2)
                    ),
                    "You have the sign of d wrong: what feels odder is taken for real *less* "
                    "often than a true photo.": stats.norm.cdf(c + d),
                    "You put the share itself in place of c: c is the limit, Φ(c) the share.": (
                        stats.norm.cdf(real - d)
                    ),
                    "You returned c - d: the share is Φ of it.": c - d,
                    "You returned the share that is *not* taken for real.": stats.norm.cdf(d - c),
                },
            )
    with naming("a perfect system"):
        expect(student, 0.5, 0.8, right=0.8, mistakes={})


def asking_bootstrap(student, draw):
    """The interval of a share, with people and photos drawn anew."""
    people_count, photo_count, draws = int(draw.integers(9, 13)), int(draw.integers(14, 19)), 400
    people = np.repeat(np.arange(people_count), 6)
    photos = np.concatenate([draw.permutation(photo_count)[:6] for _ in range(people_count)])
    easy = draw.normal(-0.3, 0.6, people_count)[people] + draw.normal(0, 0.6, photo_count)[photos]
    real = (draw.random(len(people)) < stats.norm.cdf(easy)).astype(int)
    drawn_people = draw.integers(people_count, size=(draws, people_count))
    drawn_photos = draw.integers(photo_count, size=(draws, photo_count))
    order = draw.permutation(len(people))
    people, photos, real = people[order], photos[order], real[order]
    by_people, by_photos = (
        np.array([np.bincount(row, minlength=drawn.shape[1]) for row in drawn])[:, of]
        for drawn, of in ((drawn_people, people), (drawn_photos, photos))
    )  # (D, N) each: how often an answer's person and photo were drawn

    def interval(weights, ends=(0.025, 0.975)):
        return np.quantile(weights @ real / weights.sum(axis=1), ends)

    both = by_people * by_photos
    expect(
        student,
        people,
        photos,
        real,
        drawn_people,
        drawn_photos,
        right=interval(both),
        mistakes={
            "You drew people alone: photos vary, too.": interval(by_people),
            "You drew photos alone: people vary, too.": interval(by_photos),
            "You added how often they were drawn: person *times* photo.": (
                interval(by_people + by_photos)
            ),
            "An answer whose person was drawn twice counts twice: you counted it once.": (
                interval((both > 0).astype(int))
            ),
            "You divided by N: divide by the sum of the weights.": (
                np.quantile(both @ real / len(real), [0.025, 0.975])
            ),
            "You took 5 % and 95 %: between these lie only 90 of 100.": interval(
                both, (0.05, 0.95)
            ),
            "You gave the higher end first.": interval(both)[::-1],
            "You returned all shares: their two quantiles are asked for.": (
                both @ real / both.sum(axis=1)
            ),
        },
    )


def asking_people(student, draw):
    """How many people bring an interval to a width."""
    for case, each in (("one answer each", 1), ("several answers each", int(draw.integers(8, 30)))):
        while True:
            share, half = float(draw.uniform(0.2, 0.5)), float(draw.uniform(0.02, 0.06))
            rho = float(draw.uniform(0.06, 0.12))  # more than 2 instead of 1.96 would add
            alone = (1.96 / half) ** 2 * share * (1 - share)
            answers = alone * (1 + (each - 1) * rho)
            right = math.ceil(answers / each)
            mistakes = {
                "You returned answers: people are asked for.": math.ceil(answers),
                "You left out the design effect.": math.ceil(alone / each),
                "The design effect has m - 1, not m.": math.ceil(alone * (1 + each * rho) / each),
                "You rounded down, or took another number than 1.96.": math.floor(answers / each),
                "You took the whole interval for half of it.": math.ceil(answers / each / 4),
                "You forgot to square 1.96 / half.": math.ceil(answers / each / (1.96 / half)),
                "You rounded twice: once, at the end.": (
                    math.ceil(math.ceil(alone) * answers / alone / each)
                ),
            }
            # Where each gives one answer, the nearest number is too few; else all mistakes differ
            apart = len({right, *mistakes.values()}) > len(mistakes) and math.ceil(answers) % each
            if answers % 1 < 0.5 if each == 1 else apart:
                break
        with naming(case):
            found = call(student, share, half, each, rho)
            compare(found, right, mistakes, 1e-9)
            if not float(found).is_integer():
                raise NotYet("people come whole: round up.")


def asking_rule(student, draw):
    """How many missed checks to forgive, decided before anybody is asked."""
    cases = (
        (8, 0.02, 0.05),
        (4, 0.005, 0.05),
        (20, 0.05, 0.01),
        (20, 0.2, 0.1),  # slips come in many numbers: each of them is less likely than `loss`
        (1, 0.25, 0.25),  # just as many are lost as may be
        (3, 0.5, 0.0),  # nobody may be lost: all is forgiven
        (
            int(draw.integers(10, 16)),
            float(draw.uniform(0.03, 0.09)),
            float(draw.choice([0.01, 0.05, 0.1])),
        ),
    )
    for checks, slip, loss in cases:
        missed = np.arange(checks + 1)
        kept = stats.binom.cdf(missed, checks, slip)
        allowed = int(np.argmax(1 - kept <= loss))

        def pair(allowed, checks=checks):
            return [allowed, stats.binom.cdf(allowed, checks, 0.5)]

        exactly = int(np.argmax(1 - kept + stats.binom.pmf(missed, checks, slip) <= loss))
        reached = stats.binom.cdf(missed, checks, 0.5)
        with naming(f"{checks} checks, a slip of {slip:.3g}, a loss of {loss:.3g}"):
            expect(
                student,
                checks,
                slip,
                loss,
                right=pair(allowed),
                mistakes={
                    "You forgave one too many: those with *more* misses than forgiven are lost.": (
                        pair(exactly)
                    ),
                    "You forgave one too few: those with just as many misses as forgiven stay.": (
                        pair(allowed - 1)
                    ),
                    "You returned the share of guessers who are caught: those who pass are asked "
                    "for.": [allowed, 1 - reached[allowed]],
                    "You returned the share of honest people who stay, in place of guessers.": (
                        [allowed, kept[allowed]]
                    ),
                    "You counted guessers with exactly so many misses: fewer pass, too.": (
                        [allowed, stats.binom.pmf(allowed, checks, 0.5)]
                    ),
                    "You chose the rule by the guessers: it is honest people of whom at most a "
                    "share is lost.": pair(int(np.argmax(1 - reached <= loss))),
                },
            )


def asking_plan(student, draw):
    """Whether a plan's numbers agree with each other."""
    numbers, text = student
    attempted(student)
    if np.shape(numbers) != (4,) or np.asarray(numbers).dtype.kind not in "iuf":
        raise NotYet(f"`numbers` should be four numbers, but it is {describe(numbers)}.")
    people, each, photos, half = (float(number) for number in numbers)
    if not 0 < half < 0.5:
        raise NotYet(f"Half of the interval is a share: 0.05 for ± 5 points, not {half:g}.")
    if min(people, each, photos) < 1 or any(n % 1 for n in (people, each, photos)):
        raise NotYet("People, pairs and photos are whole numbers, at least 1.")
    if photos < each:
        raise NotYet(f"{each:.0f} pairs of each person need as many photos: you have {photos:.0f}.")
    answers = (1.96 / half) ** 2 / 4 * (1 + (each - 1) * 0.05)
    if people < math.ceil(answers / each):
        raise NotYet(
            f"{people:.0f} people with {each:.0f} pairs each do not bring the interval to "
            f"± {half:g}: for that it takes {math.ceil(answers / each)}."
        )
    return expect_text(text, words=90)


def asking_held(student, draw):
    """Which share of intervals holds the truth."""
    truth, count = float(draw.uniform(0.2, 0.4)), int(draw.integers(40, 51))
    below, above = int(draw.integers(2, 5)), int(draw.integers(5, 9))
    intervals = truth + np.sort(draw.uniform(0.01, 0.1, (count, 2)) * [-1, 1], axis=1)
    missed, barely = below + above, draw.uniform(0.003, 0.03, (below + above, 1))
    intervals[:below] -= intervals[:below, 1:] - truth + barely[:below]
    intervals[below:missed] += truth - intervals[below:missed, :1] + barely[below:]
    intervals = draw.permutation(intervals)
    mistakes = {
        "You looked at the lower ends alone: the truth may lie above an interval.": (
            1 - above / count
        ),
        "You looked at the upper ends alone: the truth may lie below an interval.": (
            1 - below / count
        ),
        "You gave the share that misses it.": missed / count,
        "One of the two is always so: the truth must lie above the lower end *and* below the "
        "upper one.": 1.0,
        "You gave their number: divide by how many there are.": count - missed,
        "You gave percent: a share lies between 0 and 1.": 100 * (1 - missed / count),
        "You divided by the numbers of both ends: an interval counts once.": (
            (count - missed) / count / 2
        ),
        "You counted both ends: an interval holds the truth or not.": 1 - missed / count / 2,
    }
    expect(student, intervals, truth, right=1 - missed / count, mistakes=mistakes)


def asking_guesses(student, draw):
    """The share fooled that one measures if some answers are guesses."""
    while True:
        fooled, guesses = float(draw.uniform(0.1, 0.4)), float(draw.uniform(0.15, 0.35))
        look = (1 - guesses) * fooled
        right = look + guesses / 2
        mistakes = {
            "You forgot that who guesses does not look: the others are fewer than all.": (
                fooled + guesses / 2
            ),
            "You left the guesses out: half of them is wrong.": look,
            "You took all guesses for wrong: half of them is.": look + guesses,
            "You exchanged those who look and those who guess.": (
                guesses * fooled + (1 - guesses) / 2
            ),
            "You added the two shares.": fooled + guesses,
            "You added a whole half: the guesses are only a share.": look + 0.5,
            "You took the middle: it is a mean weighed by how many guess.": (fooled + 0.5) / 2,
            "You returned what those who look are fooled by: the guesses count, too.": fooled,
            "You undid the guesses: asked for is what is measured with them.": (
                (fooled - guesses / 2) / (1 - guesses)
            ),
        }
        if np.diff(np.sort([right, *mistakes.values()])).min() > 0.002:  # else two look the same
            break
    expect(student, fooled, guesses, right=right, mistakes=mistakes)


def asking_two(student, draw):
    """The shares that are fooled by pairs, and by photos alone."""
    for _ in range(3):  # by chance two shares are the same
        while True:
            count, limit = int(draw.integers(150, 250)), float(draw.uniform(0.3, 1.3))
            true, invented = draw.normal(0, 1, count), draw.normal(0.8, 1, count)
            pairs, alone = np.mean(invented < true), np.mean(invented < limit)
            real, both = np.mean(true < limit), np.mean((invented < true) & (invented < limit))
            parts = pairs, 1 - pairs, alone, 1 - alone, real, both, (alone + real) / 2
            if np.diff(np.sort(parts)).min() > 0.002:  # else two look the same
                break
        right = np.array([pairs, alone])
        expect(student, true, invented, limit, right=right, mistakes={
            "Of a pair they call the odder one invented: it fools those who find the *true* photo "
            "odder.": np.array([1 - pairs, alone]),
            "Alone they call real what is *below* the limit.": np.array([pairs, 1 - alone]),
            "You gave the shares of those who are not fooled.": 1 - right,
            "Alone you asked about the true photos.": np.array([pairs, real]),
            "Alone you asked about both photos: only about the invented ones.": (
                np.array([pairs, (alone + real) / 2])
            ),
            "Alone nobody sees the true photo: only the limit counts.": np.array([pairs, both]),
            "In a pair there is no limit: only the two are compared.": np.array([both, alone]),
            "You exchanged the two shares: pairs come first.": right[::-1],
            "You gave numbers: divide by how many people there are.": right * count,
            "You gave percent: a share is at most 1.": 100 * right,
            "You compared the means: first compare, then take the mean.": (
                np.array([invented.mean() < true.mean(), invented.mean() < limit], float)
            ),
            "You compared each true photo with all invented ones: a person sees one pair.": (
                np.array([np.mean(invented < true[:, None]), alone])
            ),
        })  # fmt: skip


def asking_alarms(student, draw):
    """How often the best of the first rules finds something."""
    shape = int(draw.integers(40, 60)), int(draw.integers(5, 9))
    while True:
        # Rules agree within a study, and not wholly.
        p = draw.uniform(0, 0.4, (shape[0], 1)) * draw.uniform(0.1, 1.9, shape)
        found = p < 0.05
        first = np.logical_or.accumulate(found, axis=1)
        right, each = first.mean(axis=0), found.mean(axis=0)
        if len(np.unique(right)) > 3 and 0 < each.min() < each.max() < right[-1] < 1:
            break
    mistakes = {
        "You looked at each rule alone: somebody reports the best of the first k.": each,
        "You asked that all of the first k rules find something: the best one is enough.": (
            np.logical_and.accumulate(found, axis=1).mean(axis=0)
        ),
        "You added the rules' shares up: a study in which two find something counts once.": (
            each.cumsum()
        ),
        "You took the smallest along the studies: within each study, along its rules.": (
            (np.minimum.accumulate(p, axis=0) < 0.05).mean(axis=0)
        ),
        "You took the best of all rules: asked for is k = 1, 2, and so on.": right[-1],
        "That holds if rules have nothing in common: count in `p`.": (
            1 - 0.95 ** np.arange(1, shape[1] + 1)
        ),
        "That holds if each finds new ones: count in `p`.": each.mean()
        * np.arange(1, shape[1] + 1),
        "You gave the mean of the smallest p-values: how often are they below 0.05?": (
            np.minimum.accumulate(p, axis=1).mean(axis=0)
        ),
        "You gave numbers: divide by how many studies there are.": first.sum(axis=0),
        "You began with the last rule.": (
            np.logical_or.accumulate(found[:, ::-1], axis=1).mean(axis=0)
        ),
        "You gave the share in which nothing is found.": 1 - right,
        "You gave one number a study: the mean is over studies.": first.mean(axis=1),
        "You have not taken the mean over studies.": first,
    }
    expect(student, p, right=right, mistakes=mistakes)


def asking_apart(student, draw):
    """By how much each person is fooled more often by one system than by another."""
    count = int(draw.integers(4, 8))
    each = draw.permutation(np.arange(4, 4 + 2 * count)).reshape(count, 2)  # answers about 1, 2
    while True:
        fooled = draw.integers(1, each)  # of these
        shares = fooled / each
        right = shares[:, 1] - shares[:, 0]
        if right.min() < -0.02 < 0.02 < right.max() and len(np.unique(right.round(3))) == count:
            break
    numbers = np.sort(draw.choice(50, count, False))
    parts = [
        (numbers[i], 1 + k, int(turn < fooled[i, k]))
        for i in range(count) for k in range(2) for turn in range(each[i, k])
    ]  # fmt: skip
    people, systems, real = draw.permutation(np.array(parts)).T
    sums = fooled[:, 1] - fooled[:, 0]
    expect(student, people, systems, real, right=right, mistakes={
        "You subtracted the wrong way round: system 2 minus system 1.": -right,
        "You subtracted numbers: who is asked more is fooled more, so take shares.": sums,
        "You divided by all answers of a person: each system has its own.": sums / each.sum(axis=1),
        "You gave the share of system 2: subtract that of system 1.": shares[:, 1],
        "You gave the share of system 1: subtract it from that of system 2.": shares[:, 0],
        "You gave a person's share of all answers.": fooled.sum(axis=1) / each.sum(axis=1),
        "You gave the mean: each person has a difference of their own.": right.mean(),
        "You gave the difference of all answers together: each person has one.": (
            fooled[:, 1].sum() / each[:, 1].sum() - fooled[:, 0].sum() / each[:, 0].sum()
        ),
        "You took away the sign: some are fooled less often.": abs(right),
        "You compared: by how much was asked for.": np.sign(right),
        "You exchanged the people: in the order of their numbers was asked for.": right[::-1],
    })  # fmt: skip
