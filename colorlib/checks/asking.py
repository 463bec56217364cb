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
            rho = float(draw.uniform(0.03, 0.12))
            alone = (1.96 / half) ** 2 * share * (1 - share)
            answers = alone * (1 + (each - 1) * rho)
            right = math.ceil(answers / each)
            mistakes = {
                "You returned answers: people are asked for.": math.ceil(answers),
                "You left out the design effect.": math.ceil(alone / each),
                "The design effect has m - 1, not m.": math.ceil(alone * (1 + each * rho) / each),
                "You rounded down: then the interval is too wide.": math.floor(answers / each),
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
    intervals[:below] -= 0.15
    intervals[below : below + above] += 0.15
    intervals = draw.permutation(intervals)
    missed = below + above
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
