"""Wrong answers to the exercises of chapter 12, each with words that the check must say of it."""

ALONE = """\
def alone(pairs, real):
    d = {d}
    return {answer}
"""


def alone(
    d="-np.sqrt(2) * stats.norm.ppf(pairs)", answer="stats.norm.cdf(stats.norm.ppf(real) - d)"
):
    return ALONE.format(d=d, answer=answer)


BOOTSTRAP = """\
def bootstrap(people, photos, real, drawn_people, drawn_photos):
    shares = []
    for one, other in zip(drawn_people, drawn_photos):
        a = np.bincount(one, minlength=drawn_people.shape[1])[people]
        b = np.bincount(other, minlength=drawn_photos.shape[1])[photos]
        weights = {weights}
        shares.append(np.sum(weights * real) / {total})
    return {answer}
"""


def bootstrap(
    weights="a * b", total="np.sum(weights)", answer="np.quantile(shares, [0.025, 0.975])"
):
    return BOOTSTRAP.format(weights=weights, total=total, answer=answer)


PEOPLE = """\
def people_needed(share, half, each, rho):
    alone = {alone}
    effect = {effect}
    return {answer}
"""


def people(
    alone="(1.96 / half) ** 2 * share * (1 - share)",
    effect="1 + (each - 1) * rho",
    answer="int(np.ceil(alone * effect / each))",
):
    return PEOPLE.format(alone=alone, effect=effect, answer=answer)


RULE = """\
def rule(checks, slip, loss):
    k = 0
    while {lost} > loss:
        k += 1
    return {answer}
"""


def rule(lost="1 - stats.binom.cdf(k, checks, slip)", answer="k, stats.binom.cdf(k, checks, 0.5)"):
    return RULE.format(lost=lost, answer=answer)


PLAN = """\
numbers = {numbers}
text = "We ask people whom we meet, and leave out who misses more than one check. " * {times}
"""


def plan(numbers, times=12):
    return PLAN.format(numbers=numbers, times=times)


HELD = """\
def holding(intervals, truth):
    low, high = np.array(intervals).T
    return {answer}
"""
GUESSES = "def measured(fooled, guesses):\n    return "

TWO = "def shares_fooled(true, invented, limit):\n    return "
ALARMS = """\
def false_alarms(p):
    found = p < 0.05
    return {answer}
"""
APART = """\
def more_fooled(people, systems, real):
    def of(who, system):
        return real[(people == who) & (systems == system)]
    everybody = {everybody}
    return np.array([{answer} for who in everybody])
"""


def apart(answer="of(who, 2).mean() - of(who, 1).mean()", everybody="np.unique(people)"):
    return APART.format(answer=answer, everybody=everybody)


WRONG = {
    "asking_held": [
        ("lower ends alone", HELD.format(answer="np.mean(low <= truth)")),
        ("upper ends alone", HELD.format(answer="np.mean(truth <= high)")),
        ("that misses it", HELD.format(answer="np.mean((low > truth) | (truth > high))")),
        ("always so", HELD.format(answer="np.mean((low <= truth) | (truth <= high))")),
        ("their number", HELD.format(answer="np.sum((low <= truth) & (truth <= high))")),
        ("percent", HELD.format(answer="100 * np.mean((low <= truth) & (truth <= high))")),
        (
            "numbers of both ends",
            HELD.format(answer="np.sum((low <= truth) & (truth <= high)) / intervals.size"),
        ),
        ("counted both ends", HELD.format(answer="np.mean([low <= truth, truth <= high])")),
        ("it raised", HELD.format(answer="np.mean(low <= truth <= high)")),
        ("the shape should be", HELD.format(answer="(low <= truth) & (truth <= high)")),
    ],
    "asking_guesses": [
        ("does not look", GUESSES + "fooled + guesses / 2"),
        ("left the guesses out", GUESSES + "(1 - guesses) * fooled"),
        ("all guesses for wrong", GUESSES + "(1 - guesses) * fooled + guesses"),
        ("exchanged", GUESSES + "guesses * fooled + (1 - guesses) / 2"),
        ("added the two", GUESSES + "fooled + guesses"),
        ("a whole half", GUESSES + "(1 - guesses) * fooled + 0.5"),
        ("the middle", GUESSES + "(fooled + 0.5) / 2"),
        ("guesses count, too", GUESSES + "fooled"),
        ("undid the guesses", GUESSES + "(fooled - guesses / 2) / (1 - guesses)"),
    ],
    "asking_alone": [
        ("forgot the square root", alone(d="-stats.norm.ppf(pairs)")),
        ("divided by the square root", alone(d="-stats.norm.ppf(pairs) / np.sqrt(2)")),
        ("sign of d", alone(d="np.sqrt(2) * stats.norm.ppf(pairs)")),
        ("in place of c", alone(answer="stats.norm.cdf(real - d)")),
        ("Φ of it", alone(answer="stats.norm.ppf(real) - d")),
        ("*not* taken for real", alone(answer="stats.norm.sf(stats.norm.ppf(real) - d)")),
        ("numbers differ", alone(answer="pairs")),
    ],
    "asking_bootstrap": [
        ("people alone", bootstrap(weights="a")),
        ("photos alone", bootstrap(weights="b")),
        ("person *times* photo", bootstrap(weights="a + b")),
        ("counts twice", bootstrap(weights="np.minimum(a * b, 1)")),
        ("sum of the weights", bootstrap(total="len(real)")),
        ("90 of 100", bootstrap(answer="np.quantile(shares, [0.05, 0.95])")),
        ("higher end first", bootstrap(answer="np.quantile(shares, [0.975, 0.025])")),
        ("returned all shares", bootstrap(answer="np.array(shares)")),
        ("shape", bootstrap(answer="np.mean(shares)")),
        ("numbers differ", bootstrap(answer="np.array([np.min(shares), np.max(shares)])")),
        ("numbers differ", bootstrap(answer="np.quantile(shares[:100], [0.025, 0.975])")),
        ("IndexError", bootstrap().replace(", minlength=drawn_people.shape[1]", "")),
        ("numbers differ", bootstrap().replace("[people]", "[people - 1]")),
    ],
    "asking_people": [
        ("people are asked for", people(answer="int(np.ceil(alone * effect))")),
        ("design effect", people(effect="1")),
        ("m - 1", people(effect="1 + each * rho")),
        ("rounded down", people(answer="int(alone * effect / each)")),
        ("rounded down", people(answer="int(np.ceil(alone * effect)) // each")),
        ("rounded down", people(answer="round(alone * effect / each)")),
        ("rounded twice", people(answer="int(np.ceil(np.ceil(alone) * effect / each))")),
        ("whole interval", people(alone="(1.96 / half / 2) ** 2 * share * (1 - share)")),
        ("forgot to square", people(alone="1.96 / half * share * (1 - share)")),
        ("numbers differ", people(answer="alone * effect / each")),
        ("numbers differ", people(alone="(2 / half) ** 2 * share * (1 - share)")),
    ],
    "asking_rule": [
        ("one too many", rule(lost="1 - stats.binom.cdf(k - 1, checks, slip)")),
        ("one too few", rule(answer="k - 1, stats.binom.cdf(k - 1, checks, 0.5)")),
        ("who are caught", rule(answer="k, stats.binom.sf(k, checks, 0.5)")),
        ("honest people who stay", rule(answer="k, stats.binom.cdf(k, checks, slip)")),
        ("exactly so many", rule(answer="k, stats.binom.pmf(k, checks, 0.5)")),
        ("by the guessers", rule(lost="1 - stats.binom.cdf(k, checks, 0.5)")),
        ("20 checks, a slip of 0.2", rule(lost="stats.poisson.sf(k, checks * slip)")),
        ("20 checks, a slip of 0.2", rule(lost="stats.binom.pmf(k + 1, checks, slip)")),
        ("1 checks", rule(lost="k < checks and 1e-9 + stats.binom.sf(k, checks, slip)")),
        ("3 checks", rule(lost="k < checks - 1 and stats.binom.sf(k, checks, slip)")),
        ("shape", rule(answer="k")),
    ],
    "asking_plan": [
        ("four numbers", plan((40, 20, 200))),
        ("is a share", plan((40, 20, 200, 5))),
        ("whole numbers", plan((40.5, 20, 200, 0.05))),
        ("as many photos", plan((40, 20, 10, 0.05))),
        ("it takes 38", plan((25, 20, 200, 0.05))),
        ("explain a little more", plan((40, 20, 200, 0.05), times=3)),
    ],
    "asking_two": [
        ("the odder one", TWO + "np.mean(invented > true), np.mean(invented < limit)"),
        ("*below* the limit", TWO + "np.mean(invented < true), np.mean(invented > limit)"),
        ("not fooled", TWO + "np.mean(invented > true), np.mean(invented > limit)"),
        ("about the true photos", TWO + "np.mean(invented < true), np.mean(true < limit)"),
        (
            "about both photos",
            TWO + "np.mean(invented < true), np.mean(np.r_[true, invented] < limit)",
        ),
        (
            "nobody sees",
            TWO + "np.mean(invented < true), np.mean(invented < np.minimum(true, limit))",
        ),
        (
            "no limit",
            TWO + "np.mean(invented < np.minimum(true, limit)), np.mean(invented < limit)",
        ),
        ("exchanged", TWO + "np.mean(invented < limit), np.mean(invented < true)"),
        ("gave numbers", TWO + "np.sum(invented < true), np.sum(invented < limit)"),
        ("the means", TWO + "np.mean(invented) < np.mean(true), np.mean(invented) < limit"),
        (
            "with all invented",
            TWO + "np.mean(invented < true[:, None]), np.mean(invented < limit)",
        ),
        ("shape", TWO + "np.mean(invented < true)"),
    ],
    "asking_alarms": [
        ("each rule alone", ALARMS.format(answer="found.mean(axis=0)")),
        ("all of the first k", ALARMS.format(answer="np.cumprod(found, axis=1).mean(axis=0)")),
        ("counts once", ALARMS.format(answer="np.cumsum(found, axis=1).mean(axis=0)")),
        (
            "along the studies",
            ALARMS.format(answer="(np.minimum.accumulate(p) < 0.05).mean(axis=0)"),
        ),
        ("best of all", ALARMS.format(answer="found.any(axis=1).mean()")),
        (
            "nothing in common",
            ALARMS.format(answer="1 - 0.95 ** np.arange(1, p.shape[1] + 1)"),
        ),
        (
            "smallest p-values",
            ALARMS.format(answer="np.minimum.accumulate(p, axis=1).mean(axis=0)"),
        ),
        (
            "how many studies",
            ALARMS.format(answer="(np.minimum.accumulate(p, axis=1) < 0.05).sum(axis=0)"),
        ),
        (
            "nothing is found",
            ALARMS.format(answer="(np.minimum.accumulate(p, axis=1) > 0.05).mean(axis=0)"),
        ),
        (
            "one number a study",
            ALARMS.format(answer="(np.minimum.accumulate(p, axis=1) < 0.05).mean(axis=1)"),
        ),
        (
            "not taken the mean",
            ALARMS.format(answer="np.minimum.accumulate(p, axis=1) < 0.05"),
        ),
    ],
    "asking_apart": [
        ("wrong way round", apart("of(who, 1).mean() - of(who, 2).mean()")),
        ("take shares", apart("of(who, 2).sum() - of(who, 1).sum()")),
        (
            "all answers of a person",
            apart("(of(who, 2).sum() - of(who, 1).sum()) / (people == who).sum()"),
        ),
        ("subtract that of system 1", apart("of(who, 2).mean()")),
        ("subtract it from", apart("of(who, 1).mean()")),
        ("a person's share", apart("real[people == who].mean()")),
        ("the sign", apart("abs(of(who, 2).mean() - of(who, 1).mean())")),
        ("the mean", apart().rstrip() + ".mean()"),
        (
            "all answers together",
            "def more_fooled(people, systems, real):\n"
            "    return real[systems == 2].mean() - real[systems == 1].mean()",
        ),
        ("the shape", apart(everybody="range(people.max() + 1)")),
        ("the shape", apart(everybody="people")),
        ("exchanged the people", apart(everybody="np.unique(people)[::-1]")),
    ],
}
