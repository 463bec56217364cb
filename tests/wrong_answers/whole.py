"""Wrong answers to the exercises of chapter 09, each with words that the check must say of it."""

AVERAGE = """\
def whole_of(maps, inside):
    if not inside.any():
        return {none}
    return {answer}
"""


def average(answer="maps[inside].mean(axis=0)", none="np.zeros(maps.shape[2])"):
    return AVERAGE.format(answer=answer, none=none)


TOWARD = """\
def share_of_the_way(before, after, target):
    way, moved = {way}, after - before
    along, squared = np.sum(moved * way, axis=1), np.sum(way**2, axis=1)
    length = np.sqrt(squared)
    left = np.linalg.norm(after - target, axis=1)
    none = {none}
    return {answer}
"""


def toward(answer="np.where(none, 0, along / squared)", way="target - before",
           none="squared == 0"):  # fmt: skip
    return TOWARD.format(answer=answer, way=way, none=none)


JOINT = """\
def joint(error, scores, teacher, alpha):
    def log_softmax(z):
        z = {shift}
        return z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    log_q, log_p = log_softmax(scores), log_softmax(teacher)
    p, q = np.exp(log_p), np.exp(log_q)
    wrong = {wrong}
    color = {color}
    return {answer}
"""


def joint(
    wrong="-np.sum(p * log_q, axis=1).mean()", color="np.mean(error**2)",
    answer="np.array([color, alpha * wrong])", shift="z - z.max(axis=1, keepdims=True)",
):  # fmt: skip
    return JOINT.format(wrong=wrong, color=color, answer=answer, shift=shift)


CROSSING = """\
def crossing(counts, one, other):
    ahead = {ahead}
    if not ahead[-1]:
        return {never}
    behind = np.flatnonzero(~ahead)
    if not len(behind):
        return {always}
    i = {i}
    gap = one - other
    share = gap[i] / (gap[i] - gap[i + 1])
    return {answer}
"""


def crossing(
    ahead="one < other", never="0", always="counts[0]", i="behind[-1]",
    answer="counts[i] * (counts[i + 1] / counts[i]) ** share",
):  # fmt: skip
    return CROSSING.format(ahead=ahead, never=never, always=always, i=i, answer=answer)


LEND = """\
def lend(own, other, strength):
    return {answer}
"""


MOODS = """\
results = {results}
figure = figures.photo_grid([[photo] * 5], {titles})
text = {text}
"""
WORDS = '"The hall makes it brown because halls are lit by lamps. " * 10'


def moods(
    results="np.outer(np.arange(5), [2.0, 1.0])", titles='("own", "a", "b", "c", "d")', text=WORDS
):
    return MOODS.format(results=results, titles=titles, text=text)


STRANGERS = "def strangers(count):\n    return "
NEARER = """\
def nearer(before, after, target):
    old, new = before - target, after - target
    way, size = after - before, lambda each: np.linalg.norm(each, axis=1)
    return {answer}
"""

WRONG = {
    "whole_lend": [
        ("went the other way", LEND.format(answer="other + strength * (own - other)")),
        ("way alone", LEND.format(answer="strength * (other - own)")),
        ("difference of the two", LEND.format(answer="own + strength * other")),
        ("begins at the other's", LEND.format(answer="other + strength * (other - own)")),
        ("leads beyond", LEND.format(answer="other")),
        ("leads beyond", LEND.format(answer="own + min(1, strength) * (other - own)")),
        ("You", LEND.format(answer="own + int(strength) * (other - own)")),
        ("strength 0", LEND.format(answer="own + (strength or 1) * (other - own)")),
    ],
    "whole_average": [
        ("mean of all places", average("maps.mean(axis=(0, 1))")),
        ("number of all places", average("maps[inside].sum(axis=0) / inside.size")),
        ("added the places up", average("maps[inside].sum(axis=0)")),
        ("largest value", average("maps[inside].max(axis=0)")),
        ("places outside", average("maps[~inside].mean(axis=0)")),
        ("one mean of everything", average("maps[inside].mean()")),
        (
            "the rows' means",
            average(
                "np.mean([r[i].mean(axis=0) for r, i in zip(maps, inside) if i.any()], axis=0)"
            ),
        ),
        (
            "rectangle around",
            average("maps[inside.any(axis=1)][:, inside.any(axis=0)].mean(axis=(0, 1))"),
        ),
        ("should be `(5,)`", average("maps[inside]")),
        ("no place inside", average(none="maps[inside].mean(axis=0)")),
        ("no place inside", average(none="maps.mean(axis=(0, 1))")),
    ],
    "whole_toward": [
        ("whatever the direction", toward("np.linalg.norm(moved, axis=1) / length")),
        ("distance shrank", toward("1 - left / length")),
        ("gave Lab units", toward("along / length")),
        ("did not divide", toward("along")),
        ("cosine of the angle", toward("along / length / np.linalg.norm(moved, axis=1)")),
        ("what is left of the way", toward("1 - along / squared")),
        ("one number for all", toward("np.mean(along / squared)")),
        ("stopped at 0 or at 1", toward("np.clip(along / squared, 0, 1)")),
        ("numbers differ", toward("np.maximum(along / squared, 0)")),
        ("numbers differ", toward(way="target - after")),
        ("without a way to go", toward("along / squared")),
        ("without a way to go", toward("np.where(none, 1, along / squared)")),
    ],
    "whole_joint": [
        (
            "likeliest class alone",
            joint("-log_q[np.arange(len(q)), teacher.argmax(axis=1)].mean()"),
        ),
        ("become likelihoods by softmax", joint("-np.sum(teacher * log_q, axis=1).mean()")),
        ("subtracted the teacher's entropy", joint("np.sum(p * (log_p - log_q), axis=1).mean()")),
        ("the logarithm is of the network's", joint("-np.sum(p * log_p, axis=1).mean()")),
        ("exchanged network and teacher", joint("-np.sum(q * log_p, axis=1).mean()")),
        ("added the photos up", joint("-np.sum(p * log_q)")),
        ("mean over the classes", joint("-np.mean(p * log_q)")),
        ("forgot alpha", joint(answer="np.array([color, wrong])")),
        ("base 2", joint("-np.sum(p * log_q, axis=1).mean() / np.log(2)")),
        ("did not square", joint(color="np.mean(error)")),
        ("size of the error", joint(color="np.mean(abs(error))")),
        ("added the squares up", joint(color="np.sum(error**2)")),
        ("added the parts", joint(answer="color + alpha * wrong")),
        ("exchanged the parts", joint(answer="np.array([alpha * wrong, color])")),
        ("loud scores", joint(shift="z")),
        ("loud scores", joint(shift="z - z.max()")),
        ("loud scores", joint("-np.sum(p * np.log(q + 1e-12), axis=1).mean()")),
        ("numbers differ", joint(color="np.sum(error**2) / (error.size - 1)")),
        ("numbers differ", joint(answer="np.array([color, wrong / 300])")),
        ("numbers differ", joint(color="np.mean((error / 128) ** 2)")),
    ],
    "whole_crossing": [
        ("first crossing", crossing(i="np.flatnonzero(ahead[:-1] != ahead[1:])[0]")),
        ("falls behind", crossing(i="np.flatnonzero(ahead[:-1] & ~ahead[1:])[0]")),
        ("axis is linear", crossing(answer="counts[i] + (counts[i + 1] - counts[i]) * share")),
        (
            "logarithm of the number",
            crossing(answer="np.log(counts[i] * (counts[i + 1] / counts[i]) ** share)"),
        ),
        ("next count that was measured", crossing(answer="counts[i + 1]")),
        ("last count before", crossing(answer="counts[i]")),
        ("place in the list", crossing(answer="i + 1")),
        ("wrong way round", crossing(ahead="one > other")),
        ("ahead all along", crossing(always="0")),
        ("not ahead at the end", crossing(never="counts[-1]")),
        ("infinity", crossing(never="np.inf")),
        ("You rounded", crossing(answer="round(counts[i] * (counts[i + 1] / counts[i]) ** share)")),
        ("err the same", crossing(ahead="one <= other")),
        (
            "ahead all along: it raised",  # five counts or more
            crossing().replace("if not ahead[-1]", "if not ahead[4]"),
        ),
        (
            "not ahead at the end",  # the last change of places, whoever wins
            crossing(i="np.flatnonzero(np.diff(ahead))[-1]").replace(
                "if not ahead[-1]", "if not ahead.any()"
            ),
        ),
        (
            "numbers differ",  # one curve comes down to where the other was
            crossing(
                answer="np.exp(np.interp(other[i], one[[i + 1, i]], np.log(counts[[i + 1, i]])))"
            ),
        ),
    ],
    "whole_moods": [
        ("with the shape `(5, 2)`", moods("np.zeros((4, 2))")),
        ("is smaller", moods("100 * np.outer(np.arange(5), [2.0, 1.0])")),
        ("Two rows are alike", moods("np.ones((5, 2))")),
        ("as much as 1 Lab unit", moods("np.outer(np.arange(5), [0.1, 0.1])")),
        ("above or beside the photos", moods(titles="()")),
        ("words; explain", moods(text='"It is brown."')),
        ("should be a Matplotlib figure", moods() + "figure = 5"),
    ],
    "whole_strangers": [
        ("its own whole", STRANGERS + "np.arange(count)"),
        ("A shuffled order", STRANGERS + "np.random.permutation(count)"),
        ("its own whole", STRANGERS + "np.arange(count)[::-1]"),
        ("each comes once", STRANGERS + "[1] + [0] * (count - 1)"),
        ("the first photo is 0", STRANGERS + "np.arange(count) + 1"),
        ("the first photo is 0", STRANGERS + "np.arange(count) - 1"),
        ("the shape", STRANGERS + "np.arange(1, count)"),
        ("whole numbers were", STRANGERS + "np.roll(np.linspace(0, count - 1, count), 1)"),
        ("whole numbers were", STRANGERS + "None or {}"),
        ("2 photos", STRANGERS + "[(i + 2) % count for i in range(count)]"),
    ],
    "whole_nearer": [
        ("went away", NEARER.format(answer="np.mean(size(new) > size(old))")),
        ("one by one", NEARER.format(answer="np.mean(abs(new) < abs(old))")),
        ("both a and b", NEARER.format(answer="np.mean((abs(new) < abs(old)).all(axis=1))")),
        ("a or b comes", NEARER.format(answer="np.mean((abs(new) < abs(old)).any(axis=1))")),
        ("set out toward", NEARER.format(answer="np.mean((way * old).sum(axis=1) < 0)")),
        ("how far it moved", NEARER.format(answer="np.mean(size(way) < size(old))")),
        ("how strong", NEARER.format(answer="np.mean(size(after) < size(before))")),
        (
            "added the distances",
            NEARER.format(answer="np.mean(abs(new).sum(axis=1) < abs(old).sum(axis=1))"),
        ),
        ("their number", NEARER.format(answer="np.sum(size(new) < size(old))")),
        ("percent", NEARER.format(answer="100 * np.mean(size(new) < size(old))")),
        ("shape", NEARER.format(answer="size(new) < size(old)")),
    ],
}
