"""Wrong answers to the exercises of chapter 05, each with words that the check must say of it."""

RATE = """def rate_at(step, total, warm, peak):
    return np.where(step < warm, peak * step / warm, """

ADAM = """def adam(gradients, rate):
    m, v, w = 0, 0, np.zeros(gradients.shape[1:])
    path = []
    for t, g in enumerate(gradients, 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
"""

STEP = """        w = w - rate * m / (1 - 0.9**t) / {}
        path.append(w)
    return np.stack(path)"""

FLOOR = """def floor_of_lightness(pixels):
    level, ab = np.rint(pixels[:, 0]), pixels[:, 1:] / 128
    groups = [ab[level == each] for each in np.unique(level)]
"""

ANSWERS = """
plausible = np.array([[60, 40], [15, -50], [-5, 60]])
chances = np.array([0.6, 0.2, 0.2])
answers = np.array([chances @ plausible, [60, 40], [60, 40]])
figure = figures.photo_grid([unseen[:4]], ("true", "cost 1", "cost 2", "cost 3"))
text = "The mean lies between, the most probable colour jumps when the chances change. " * 7
"""

FORWARD = """\
def loss_of(network, photos, scores, training):
    colors = lab.rgb_to_lab(photos)
    inputs = {{"lightness": {lightness}, "class_scores": scores}}
    return equation_1({{"ab": {ab}}}, network(inputs, training={training}))
"""


def forward(lightness="colors[..., :1]", ab="colors[..., 1:]", training="training"):
    return FORWARD.format(lightness=lightness, ab=ab, training=training)


DOWN = "step_down(weights, gradient, rate)"
APART = "apart(ours, theirs)"
KEPT = "averaged(kept, new)"
ORDER = "order_of(seed, epoch, count)"
MEAN = "def mean_loss(losses, sizes):\n    return "


def line(head, answer):
    return f"def {head}:\n    return {answer}"


WRONG = {
    "training_forward": [
        ("all of Lab", forward(lightness="colors")),
        ("they are the answer", forward(lightness="colors[..., 1:]")),
        ("last axis is gone", forward(lightness="colors[..., 0]")),
        ("You scaled L", forward(lightness="colors[..., :1] / 50 - 1")),
        ("divided L by 100", forward(lightness="colors[..., :1] / 100")),
        ("with L and a", forward(ab="colors[..., :2]")),
        ("by 128", forward(ab="colors[..., 1:] / 128")),
        ("with a alone", forward(ab="colors[..., 1:2]")),
        ("is `true_ab` a and b", forward(ab="colors")),
        ("is `true_ab` a and b", forward(ab="...")),
        ("hand `training` on", forward(training="False")),
        (
            "does not ask the network",
            "def loss_of(network, photos, scores, training):\n    return 0.0",
        ),
    ],
    "training_mean": [
        ("mean of the batches", MEAN + "np.mean(losses)"),
        ("number of photos", MEAN + "np.dot(losses, sizes)"),
        ("number of batches", MEAN + "np.dot(losses, sizes) / len(sizes)"),
        ("is a mean already", MEAN + "np.sum(losses / sizes)"),
        ("first weigh each mean", MEAN + "np.sum(losses) / np.sum(sizes)"),
    ],
    "training_cost": [
        ("128 again", line("cost_of(true, guess)", "np.mean(((true - guess) / 128)**2)")),
        ("HW alone", line("cost_of(true, guess)", "np.sum((true - guess)**2) / true[..., 0].size")),
        ("did not divide", line("cost_of(true, guess)", "np.sum((true - guess)**2)")),
        ("did not square", line("cost_of(true, guess)", "np.mean(true - guess)")),
        ("size of each difference", line("cost_of(true, guess)", "np.mean(abs(true - guess))")),
        ("took the root", line("cost_of(true, guess)", "np.sqrt(np.mean((true - guess)**2))")),
        ("each channel", line("cost_of(true, guess)", "((true - guess)**2).mean(axis=(0, 1))")),
        ("each pixel", line("cost_of(true, guess)", "((true - guess)**2).mean(axis=-1)")),
    ],
    "training_hedge": [
        ("same weight", line("hedge(colors, likely)", "colors.mean(axis=0)")),
        ("likeliest colour", line("hedge(colors, likely)", "colors[likely.argmax()]")),
        ("number of cases, too", line("hedge(colors, likely)",
                                      "np.tensordot(likely, colors, 1) / len(colors)")),
        ("squared the prob", line("hedge(colors, likely)", "np.tensordot(likely**2, colors, 1)")),
        ("added the colours", line("hedge(colors, likely)", "colors.sum(axis=0)")),
        ("the median", line("hedge(colors, likely)", "np.median(colors, axis=0)")),
        ("two single colours", line("hedge(colors, likely)",
                                    "np.einsum('k,khwc->hwc', likely, colors)")),
    ],
    "training_distance": [
        ("averaged first", line("distance(ab, color)",
                                "np.linalg.norm((ab - color).mean(axis=(0, 1, 2)))")),
        ("root is missing", line("distance(ab, color)", "((ab - color)**2).sum(axis=-1).mean()")),
        ("root of the mean square", line("distance(ab, color)",
                                         "((ab - color)**2).sum(axis=-1).mean()**0.5")),
        ("around a corner", line("distance(ab, color)", "abs(ab - color).sum(axis=-1).mean()")),
        ("has a square root", line("distance(ab, color)", "abs(ab - color).mean()")),
        ("forgot the colour", line("distance(ab, color)", "np.linalg.norm(ab, axis=-1).mean()")),
        ("added the distances", line("distance(ab, color)",
                                     "np.linalg.norm(ab - color, axis=-1).sum()")),
        ("for each pixel", line("distance(ab, color)", "np.linalg.norm(ab - color, axis=-1)")),
    ],
    "training_roof": [
        ("the quicker one", line("seconds(flop, moved, rate, bandwidth)",
                                 "min(flop / rate, moved / bandwidth)")),
        ("added both", line("seconds(flop, moved, rate, bandwidth)",
                            "flop / rate + moved / bandwidth")),
        ("slow memory", line("seconds(flop, moved, rate, bandwidth)", "flop / rate")),
        ("slow arithmetic", line("seconds(flop, moved, rate, bandwidth)", "moved / bandwidth")),
        ("turned the fraction", line("seconds(flop, moved, rate, bandwidth)",
                                     "max(rate / flop, bandwidth / moved)")),
    ],
    "training_cosine": [
        ("forgot to halve", line("cosine(share, start)", "start * (1 + np.cos(np.pi * share))")),
        ("forgot the 1", line("cosine(share, start)", "start * np.cos(np.pi * share) / 2")),
        ("forgot pi", line("cosine(share, start)", "start * (1 + np.cos(share)) / 2")),
        ("a whole wave", line("cosine(share, start)",
                              "start * (1 + np.cos(2 * np.pi * share)) / 2")),
        ("begins with", line("cosine(share, start)", "(1 + np.cos(np.pi * share)) / 2")),
        ("took a sine", line("cosine(share, start)", "start * (1 + np.sin(np.pi * share)) / 2")),
        ("one share, a number", line("cosine(share, start)",
                                     "start * (1 + np.cos(np.pi * share[:])) / 2")),
    ],
    "training_rate": [
        ("from step 0", RATE + "peak * (1 + np.cos(np.pi * step / total)) / 2)"),
        ("forgot to halve", RATE + "peak * (1 + np.cos(np.pi * (step - warm) / (total - warm))))"),
        ("forgot pi", RATE + "peak * (1 + np.cos((step - warm) / (total - warm))) / 2)"),
        ("quarter of a wave",
         RATE + "peak * np.cos(np.pi / 2 * (step - warm) / (total - warm)))"),
        ("all of `total`", RATE + "peak * (1 + np.cos(np.pi * (step - warm) / total)) / 2)"),
        ("a whole wave",
         RATE + "peak * (1 + np.cos(2 * np.pi * (step - warm) / (total - warm))) / 2)"),
        ("forgot the peak", RATE.replace("peak * ", "")
         + "(1 + np.cos(np.pi * (step - warm) / (total - warm))) / 2)"),
        ("whole numbers", "def rate_at(step, total, warm, peak):\n    rates = 0 * step\n"
         "    rates[step < warm] = peak * step[step < warm] / warm\n    return rates"),
        ("forgot the warm-up", "def rate_at(step, total, warm, peak):\n"
         "    return peak * (1 + np.cos(np.pi * step / total)) / 2"),
        ("one step, a number", RATE.replace("return ", "return np.zeros(len(step)) + ")
         + "peak * (1 + np.cos(np.pi * (step - warm) / (total - warm))) / 2)"),
        ("np.where", "def rate_at(step, total, warm, peak):\n"
         "    if step < warm:\n        return peak * step / warm\n    return peak"),
        ("numbers differ", RATE.replace("peak * step", "peak * (step + 1)")
         + "peak * (1 + np.cos(np.pi * (step - warm) / (total - warm))) / 2)"),
        ("fall in a straight line", RATE + "peak * (total - step) / (total - warm))"),
    ],
    "training_push": [
        ("the sign", "def push(x, z):\n    p = np.tanh(z)\n"
         "    return (x - p) * (1 - p**2) / p[..., 0].size"),
        ("the 2 of the square", "def push(x, z):\n    p = np.tanh(z)\n"
         "    return (p - x) * (1 - p**2) / p.size"),
        ("the sign of the step, and", "def push(x, z):\n    p = np.tanh(z)\n"
         "    return (x - p) * (1 - p**2) / p.size"),
        ("by the rows alone", "def push(x, z):\n    p = np.tanh(z)\n"
         "    return (p - x) * (1 - p**2) / len(p)"),
        ("forgot the mean", "def push(x, z):\n    p = np.tanh(z)\n"
         "    return 2 * (p - x) * (1 - p**2)"),
        ("forgot tanh", "def push(x, z):\n    p = np.tanh(z)\n    return 2 * (p - x) / p.size"),
        ("the prediction again", "def push(x, z):\n    p = np.tanh(z)\n"
         "    return 2 * (p - x) * (1 - np.tanh(p)**2) / p.size"),
        ("added up the push", "def push(x, z):\n    p = np.tanh(z)\n"
         "    return np.sum(2 * (p - x) * (1 - p**2) / p.size)"),
    ],
    "training_floor": [
        ("one answer", "def floor_of_lightness(pixels):\n"
         "    return np.mean((pixels[:, 1:] / 128).var(axis=0))"),
        ("averaged the lightnesses", FLOOR
         + "    return np.mean([group.var(axis=0).mean() for group in groups])"),
        ("mean of both", FLOOR
         + "    return sum(group.var(axis=0).sum() * len(group) for group in groups) / len(ab)"),
        ("a mean of its own", FLOOR
         + "    return sum(group.var() * len(group) for group in groups) / len(ab)"),
        ("with the median", FLOOR
         + "    errors = [(group - np.median(group, axis=0)) ** 2 for group in groups]\n"
         "    return np.mean(np.concatenate(errors))"),
        ("one less than the number", FLOOR
         + "    costs = [group.var(axis=0, ddof=len(group) > 1).mean() for group in groups]\n"
         "    return np.average(costs, weights=[len(group) for group in groups])"),
        ("cut L off", FLOOR.replace("np.rint(pixels[:, 0])", "pixels[:, 0].astype(int)")
         + "    return sum(group.var(axis=0).mean() * len(group) for group in groups) / len(ab)"),
        ("steps of 5", FLOOR.replace("pixels[:, 0])", "pixels[:, 0] / 5)")
         + "    return sum(group.var(axis=0).mean() * len(group) for group in groups) / len(ab)"),
        ("steps of 2", FLOOR.replace("pixels[:, 0])", "pixels[:, 0] / 2)")
         + "    return sum(group.var(axis=0).mean() * len(group) for group in groups) / len(ab)"),
        ("number of pixels", FLOOR
         + "    return sum(group.var(axis=0).sum() * len(group) for group in groups)"),
        ("did not round", FLOOR.replace("np.rint(pixels[:, 0])", "pixels[:, 0]")
         + "    return sum(group.var(axis=0).mean() * len(group) for group in groups) / len(ab)"),
        ("squared Lab units", FLOOR.replace(" / 128", "")
         + "    return sum(group.var(axis=0).mean() * len(group) for group in groups) / len(ab)"),
        ("numbers differ", FLOOR.replace(" / 128", "")
         + "    errors = [(group - np.rint(group.mean(axis=0))) ** 2 for group in groups]\n"
         "    return np.mean(np.concatenate(errors)) / 128**2"),
        ("whole numbers", FLOOR.replace("pixels[:, 1:] / 128", "pixels[:, 1:].copy()")
         + "    ab /= 128\n"
         "    return sum(ab[level == each].var(axis=0).mean() * np.sum(level == each)\n"
         "               for each in np.unique(level)) / len(ab)"),
        ("numbers differ", FLOOR.replace("np.unique(level)]", "range(100) if each in level]")
         + "    return sum(group.var(axis=0).mean() * len(group) for group in groups) / len(ab)"),
    ],
    "training_adam": [
        ("both hats", ADAM + "        w = w - rate * m / (np.sqrt(v) + 1e-7)\n"
         "        path.append(w)\n    return np.stack(path)"),
        ("back", ADAM + "        m, v = m / (1 - 0.9**t), v / (1 - 0.999**t)\n"
         "        w = w - rate * m / (np.sqrt(v) + 1e-7)\n"
         "        path.append(w)\n    return np.stack(path)"),
        ("again and again", ADAM
         + "        w -= rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)\n"
         "        path.append(w)\n    return np.stack(path)"),
        ("only the last", ADAM
         + "        w = w - rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)\n"
         "    return w"),
        ("NaN", ADAM.replace("gradients, 1", "gradients")
         + "        w = w - rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)\n"
         "        path.append(w)\n    return np.stack(path)"),
        ("or as small as epsilon", ADAM + STEP.format("np.sqrt(v / (1 - 0.999**t))")),
        ("left epsilon out", ADAM + STEP.format("(np.sqrt(v / (1 - 0.999**t)) + (v == 0))")),
        ("another epsilon", ADAM + STEP.format("(np.sqrt(v / (1 - 0.999**t)) + 1e-8)")),
        ("factors 0.1 and 0.001", ADAM.replace("0.1 * g", "g").replace("0.001 * g", "g")
         + STEP.format("(np.sqrt(v / (1 - 0.999**t)) + 1e-7)")),
        ("under the root", ADAM + STEP.format("np.sqrt(v / (1 - 0.999**t) + 1e-7)")),
        ("of the corrected v", ADAM
         + STEP.format("(np.sqrt(v) + 1e-7) * np.sqrt(1 - 0.999**t)")),
        ("of the corrected v", """def adam(gradients, rate):
    import keras
    w = keras.Variable(np.zeros(np.shape(gradients)[1:]), dtype="float32")
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build([w])
    path = []
    for g in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(g, "float32")], [w])
        path.append(np.array(w.value))
    return np.stack(path)"""),
        ("uphill", ADAM
         + "        w = w + rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)\n"
         "        path.append(w)\n    return np.stack(path)"),
        ("one weight", ADAM.replace("gradients.shape[1:]", "gradients.shape[1]")
         + STEP.format("(np.sqrt(v / (1 - 0.999**t)) + 1e-7)")),
        ("numbers differ", ADAM.replace("m, v, w = 0, 0,", "m, v, w = gradients[0], 0,")
         + STEP.format("(np.sqrt(v / (1 - 0.999**t)) + 1e-7)")),
        ("the start, too", ADAM.replace("path = []", "path = [w]")
         + STEP.format("(np.sqrt(v / (1 - 0.999**t)) + 1e-7)")),
    ],
    "training_answers": [
        ("Matplotlib figure", ANSWERS + "figure = None"),
        ("Matplotlib figure", ANSWERS + "import matplotlib.pyplot as plt\n"
         "_, figure = plt.subplots(1, 4)"),
        ("for the squared distance", ANSWERS + "answers = answers[[2, 1, 2]]"),
        ("for the distance", ANSWERS + "answers = answers[[0, 0, 2]]"),
        ("most probable", ANSWERS + "answers = answers * [[1], [1], [0]]"),
        ("add up to 1", ANSWERS + "chances = np.array([60, 20, 20])"),
        ("three colours", ANSWERS + "plausible = plausible[:2]"),
        ("4 or more", ANSWERS + "figure = figures.photo_grid([unseen[:3]])"),
        ("above or beside", ANSWERS + "figure = figures.photo_grid([unseen[:4]])"),
        ("the costs", ANSWERS + "figure = figures.photo_grid([unseen[:4]], ('true', *'abc'))"),
    ],
    "training_descent": [
        ("uphill", line(DOWN, "weights + rate * gradient")),
        ("forgot the rate", line(DOWN, "weights - gradient")),
        ("where the weights are", line(DOWN, "-rate * gradient")),
        ("That is the step", line(DOWN, "rate * gradient")),
        ("rate alone", line(DOWN, "weights - rate")),
        ("which way is down", line(DOWN, "weights - rate * np.abs(gradient)")),
        ("sign of the gradient", line(DOWN, "weights - rate * np.sign(gradient)")),
        ("divided by the rate", line(DOWN, "weights - gradient / rate")),
        ("all weights smaller", line(DOWN, "weights - rate * weights")),
        ("by the weights, too", line(DOWN, "weights * (1 - rate * gradient)")),
        ("to the gradient alone", line(DOWN, "rate * (weights - gradient)")),
        ("changes its argument",
         "def step_down(weights, gradient, rate):\n    weights -= rate * gradient\n"
         "    return weights"),
        ("a single weight", line(DOWN, "[w - rate * g for w, g in zip(weights, gradient)]")),
    ],
    "training_apart": [
        ("ours may lie below", line(APART, "((ours - theirs) / theirs).max()")),
        ("lowest of the differences", line(APART, "((ours - theirs) / theirs).min()")),
        ("divided by ours", line(APART, "np.abs((ours - theirs) / ours).max()")),
        ("did not divide", line(APART, "np.abs(ours - theirs).max()")),
        ("largest loss", line(APART, "np.abs(ours - theirs).max() / theirs.max()")),
        ("largest ratio", line(APART, "(ours / theirs).max()")),
        ("You averaged:", line(APART, "np.mean(np.abs(ours - theirs) / theirs)")),
        ("up and down cancel", line(APART, "np.mean((ours - theirs) / theirs)")),
        ("per cent", line(APART, "100 * np.max(np.abs(ours - theirs) / theirs)")),
        ("gave the step", line(APART, "np.argmax(np.abs(ours - theirs) / theirs)")),
        ("all steps", line(APART, "np.abs(ours - theirs) / theirs")),
        ("largest losses", line(APART, "abs(ours.max() - theirs.max()) / theirs.max()")),
        ("last step", line(APART, "abs(ours[-1] - theirs[-1]) / theirs[-1]")),
    ],
    "training_patience": [
        ("place of the smallest", line("waited(losses)", "np.argmin(losses)")),
        ("too many", line("waited(losses)", "len(losses) - np.argmin(losses)")),
        ("too few", line("waited(losses)", "len(losses) - 2 - np.argmin(losses)")),
        ("in a row", line("waited(losses)",
                          "np.argmin(np.append(np.diff(losses)[::-1] > 0, False))")),
        ("largest loss", line("waited(losses)", "len(losses) - 1 - np.argmax(losses)")),
        ("smallest loss", line("waited(losses)", "min(losses)")),
        ("last epoch is the best",
         line("waited(losses)", "max(1, len(losses) - 1 - losses.argmin())")),
    ],
    "training_average": [
        ("exchanged", line(KEPT, "0.01 * kept + 0.99 * new")),
        ("plain mean", line(KEPT, "(kept + new) / 2")),
        ("forgot the new", line(KEPT, "0.99 * kept")),
        ("all of the old", line(KEPT, "kept + 0.01 * new")),
        ("new weights alone", line(KEPT, "new")),
        ("changed nothing", line(KEPT, "kept")),
        ("went away", line(KEPT, "0.99 * kept - 0.01 * new")),
        ("not per cent", line(KEPT, "99 * kept + 1 * new")),
        ("90 %", line(KEPT, "0.9 * kept + 0.1 * new")),
        ("99.9 %", line(KEPT, "0.999 * kept + 0.001 * new")),
    ],
    "training_order": [
        ("no mix", line(ORDER, "np.arange(count)")),
        ("no mix", line(ORDER, "np.roll(np.arange(count), 7 * seed + epoch)")),
        ("no mix", line(ORDER, "np.arange(count)[::-1]")),
        ("two orders", line(ORDER, "np.random.permutation(count)")),
        ("two orders", line(ORDER, "np.random.default_rng().permutation(count)")),
        ("mix the epoch", line(ORDER, "np.random.default_rng(seed).permutation(count)")),
        ("mix the seed", line(ORDER, "np.random.default_rng(epoch).permutation(count)")),
        ("are added", line(ORDER, "np.random.default_rng(seed + epoch).permutation(count)")),
        ("exchanged", line(ORDER, "np.random.default_rng(seed * epoch).permutation(count)")),
        ("come once", line(
            ORDER, "np.random.default_rng([seed, epoch]).integers(count, size=count)")),
        ("come once",
         line(ORDER, "1 + np.random.default_rng([seed, epoch]).permutation(count)")),
        ("shape", line(ORDER, "np.random.default_rng([seed, epoch]).random()")),
        ("the seed 0", line(ORDER, "np.random.default_rng(seed ** epoch).permutation(count)")),
        ("made into one", line(
            ORDER, "np.random.default_rng(2 * seed + epoch).permutation(count)")),
        ("made into one", line(
            ORDER, "np.random.default_rng(seed + 2 * epoch).permutation(count)")),
        ("made into one", line(
            ORDER, "np.random.default_rng(1000 * seed + epoch).permutation(count)")),
    ],
}  # fmt: skip
