"""Wrong answers to the exercises of chapter 04, each with words that the check must say of it."""

LAYER = "def layer(side, channels, filters, kernel, stride):\n    out = -(-side // stride)\n    "
RIGHT_LAYER = {
    "out": "out",
    "parameters": "kernel**2 * channels * filters + filters",
    "flop": "2 * kernel**2 * channels * filters * out**2",
}


def layer(**changed):
    numbers = RIGHT_LAYER | changed
    return LAYER + f"return {', '.join(numbers.values())}"


COVER = """\
def overlaps(places, kernel, stride):
    covered = np.zeros({length}, int)
    for place in range({places}):
        covered[place * {step} : place * {step} + {reach}] {add}
    return covered{cut}
"""


def cover(**changed):
    usual = {"length": "(places - 1) * stride + kernel", "places": "places", "step": "stride"}
    return COVER.format(**usual | {"reach": "kernel", "add": "+= 1", "cut": ""} | changed)


FIELDS = """\
def fields(kernels, strides):
    seen, apart, found = {start}, 1, []
    for k, s in zip(kernels, strides):
        {first}
        {second}
        found.append(seen)
    return found{what}
"""
SEE, STEP = "seen += (k - 1) * apart", "apart *= s"


def fields(start=1, first=SEE, second=STEP, what=""):
    return FIELDS.format(start=start, first=first, second=second, what=what)


FUSE = """\
def fuse(features, scores, kernel, bias):
    f = features.shape[-1]
    local = features @ kernel[0, 0, :f]
    whole = (scores @ kernel[0, 0, f:])[:, None, None]
    return """

COPIES = """\
def fuse(features, scores, kernel, bias):
    b, h, w, _ = features.shape
    copied = np.broadcast_to(scores[:, None, None], (b, h, w, scores.shape[-1]))
    joined = np.concatenate([features, copied], axis=-1)
    return np.maximum(joined @ kernel[0, 0] + bias, 0)
"""

CEILINGS = """\
coarse = [baselines.BASELINES["true ab at 4x4"].function(lab, None) for lab in true_lab]
away = np.array(coarse) - true_lab[..., 1:]
errors = {errors}
figure = figures.photo_grid([some[:4], some[4:8]], {titles})
text = "{text}"
"""
TEXT = "Small things in strong colours are hard, grey ones easy; 512 numbers can draw edges. " * 5


def ceilings(errors="np.linalg.norm(away, axis=-1).mean((1, 2))", titles="['one']", text=TEXT):
    return CEILINGS.format(errors=errors, titles=titles, text=text)


ENLARGED = """\
def enlarged(x):
    convolve = layers.Conv2D(1, 3, padding="{padding}", use_bias=False, kernel_initializer="ones")
    grow = layers.UpSampling2D(2)
    transpose = layers.Conv2DTranspose(
        1, 3, 2, "same", use_bias=False, kernel_initializer="ones"
    )
    return {answer}
"""


def enlarged(answer="convolve(grow(x))", padding="same"):
    return ENLARGED.format(answer=answer, padding=padding)


def halved(called="(x)", filters="filters", kernel=3, **changed):
    how = {"strides": "2", "padding": "'same'", "activation": "'relu'"} | changed
    options = ", ".join(f"{name}={value}" for name, value in how.items())
    return (
        f"def halved(x, filters):\n    return layers.Conv2D({filters}, {kernel}, {options}){called}"
    )


def rows_of(answer="np.concatenate([places, copied], axis=1)", **changed):
    parts = {
        "width": "features.shape[-1]",
        "places": "features.reshape(-1, width)",
        "copied": "np.repeat(scores, len(places), axis=0)",
    } | changed
    lines = "".join(f"    {name} = {value}\n" for name, value in parts.items())
    return f"def rows_of(features, scores):\n{lines}    return {answer}"


def wider(answer):
    return f"def one_layer_on(seen, apart, kernel, stride):\n    return {answer}"


def squares(answer, cut="n, side, n, side, 2"):
    steps = f"    side = ab.shape[1] // n\n    cut = ab.reshape(len(ab), {cut})\n"
    return f"def in_squares(ab, n):\n{steps}    return {answer}"


def hand_out(
    length="2 * {n} + 1",
    place="2 * {i} : 2 * {i} + 3",
    add="+=",
    value="picture[i, j] * stencil",
    result="laid",
):
    height, width = (length.format(n=f"picture.shape[{axis}]") for axis in (0, 1))
    rows, columns = (place.format(i=axis) for axis in "ij")
    return (
        "def hand_out(picture, stencil):\n"
        f"    laid = np.zeros(({height}, {width}))\n"
        "    for i, j in np.ndindex(picture.shape):\n"
        f"        laid[{rows}, {columns}] {add} {value}\n"
        f"    return {result}"
    )


def window(answer="seen", start="0 * picture", outside="-1", value="picture[inside]", **changed):
    parts = {"end": " + 1", "rows": "0", "columns": "1"} | changed
    bounds = (
        f"slice(first[{n}], last[{n}]{parts['end']})" for n in (parts["rows"], parts["columns"])
    )
    return (
        "def through_window(picture, first, last):\n"
        f"    seen = {start} + {outside}\n    inside = (slice(None), {', '.join(bounds)})\n"
        f"    seen[inside] = {value}\n    return {answer}"
    )


def damping(exponent):
    return f"def damping(frequency, sigma):\n    return np.exp({exponent})"


COLLECT = """def collect(picture, stencil):
    H, W = picture.shape[0] // 2, picture.shape[1] // 2
    found = np.zeros((H, W))
    for i in range(H):
        for j in range(W):
            window = picture[2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
            found[i, j] = {}
    return found"""
SIDES = "def sides_after(start, strides):\n    return {}".format


WRONG = {
    "network_halved": [
        ("stride of 2 is missing", halved(strides="1")),
        ('padding="same"', halved(padding="'valid'")),
        ("64 filters whatever", halved(filters="64")),
        ("ReLU is missing", halved(activation="None")),
        ("call the layer", halved(called="")),
        ("before anything is learned", halved(activation="'sigmoid'")),
        ("weights should have", halved(kernel=5)),
        ("weights should have", halved(use_bias="False")),
        ("the numbers differ", halved("(layers.MaxPooling2D()(x))", strides="1")),
    ],
    "network_rows": [
        ("scores first", rows_of("np.concatenate([copied, places], axis=1)")),
        ("left out the scores", rows_of("places")),
        ("scores alone", rows_of("copied")),
        ("down the columns", rows_of(places="features[0].swapaxes(0, 1).reshape(-1, width)")),
        (
            "rows are not places",
            rows_of(places="np.moveaxis(features[0], -1, 0).reshape(-1, width)"),
        ),
        ("the shape should be", rows_of("np.concatenate([places, places], axis=0)")),
    ],
    "network_wider": [
        ("by the kernel", wider("seen + kernel * apart, stride * apart")),
        ("the new distance", wider("seen + (kernel - 1) * apart * stride, stride * apart")),
        ("left out the distance", wider("seen + kernel - 1, stride * apart")),
        ("so one counts backwards", wider("stride * seen + kernel - 1, stride * apart")),
        ("grows by a factor", wider("seen + (kernel - 1) * apart, stride + apart")),
        ("stayed as it was", wider("seen + (kernel - 1) * apart, apart")),
        ("seen already: add", wider("(kernel - 1) * apart, stride * apart")),
        ("exchanged the two", wider("stride * apart, seen + (kernel - 1) * apart")),
    ],
    "network_squares": [
        ("added up", squares("cut.sum(axis=(2, 4))")),
        ("single pixels", squares("ab[:, ::side, ::side]")),
        ("n pixels wide", squares("cut.mean(axis=(2, 4))", cut="side, n, side, n, 2")),
        ("over the squares", squares("cut.mean(axis=(1, 3))")),
        ("a and b together", squares("cut.mean(axis=(2, 4, 5))")),
        ("all photos into one", squares("cut.mean(axis=(0, 2, 4))")),
        ("it raised", squares("cut.mean(axis=(2, 4))", cut="n, 64, n, 64, 2")),
    ],
    "network_laid": [
        ("wrote over", hand_out(add="=")),
        ("forgot the value", hand_out(value="stencil")),
        ("one step apart", hand_out(length="{n} + 2", place="{i} : {i} + 3")),
        ("three steps apart", hand_out(length="3 * {n}", place="3 * {i} : 3 * {i} + 3")),
        ("turned the stencil", hand_out(value="picture[i, j] * stencil[::-1, ::-1]")),
        ("rows and columns", hand_out(value="picture[i, j] * stencil.T")),
        ("cut off the last", hand_out(result="laid[:-1, :-1]")),
    ],
    "network_window": [
        ("lost the last", window(end="")),
        ("exchanged rows", window(rows="1", columns="0")),
        ("a middle grey", window(outside="0")),
        ("blackened the window", window(start="picture", outside="0", value="-1")),
        ("cut the window out", window("picture[inside]")),
        ("changes its argument", window("picture.sort(axis=1) or picture")),
    ],
    "network_damping": [
        ("forgot the 2", damping("-((np.pi * sigma * frequency) ** 2)")),
        ("forgot the minus", damping("2 * (np.pi * sigma * frequency) ** 2")),
        ("square pi", damping("-2 * np.pi * (sigma * frequency) ** 2")),
        ("square sigma", damping("-2 * sigma * (np.pi * frequency) ** 2")),
        ("square the frequency", damping("-2 * frequency * (np.pi * sigma) ** 2")),
        ("squared nothing", damping("-2 * np.pi * sigma * frequency")),
        ("squared the 2", damping("-((2 * np.pi * sigma * frequency) ** 2)")),
        ("one frequency", damping("-2 * (np.pi * sigma * frequency[:]) ** 2")),
    ],
    "network_enlarged": [
        ("only enlarged", enlarged("grow(x)")),
        ("convolved first", enlarged("grow(convolve(x))")),
        ("did not enlarge", enlarged("convolve(x)")),
        ("That is the transposed", enlarged("transpose(x)")),
        ("stays within", enlarged(padding="valid")),
        ("took the mean", enlarged("convolve(grow(x)) / 9")),
        ("return a picture", enlarged("convolve(grow(x))[0, ..., 0]")),
    ],
    "network_layer": [
        (
            "k // 2 zeros",
            layer().replace(
                "-(-side // stride)", "(side + 2 * (kernel // 2) - kernel) // stride + 1"
            ),
        ),
        ("added 1 in any case", layer().replace("-(-side // stride)", "side // stride + 1")),
        ("rounded the side down", layer(out="side // stride")),
        ('padding="valid"', layer(out="(side - kernel) // stride + 1")),
        ("forgot the stride", layer(out="side")),
        ("forgot the biases", layer(parameters="kernel**2 * channels * filters")),
        ("each input channel a bias", layer(parameters="channels * (kernel**2 * filters + 1)")),
        ("one bias for the whole", layer(parameters="kernel**2 * channels * filters + 1")),
        ("square", layer(parameters="kernel * channels * filters + filters")),
        ("forgot the input channels", layer(parameters="filters * (kernel**2 + 1)")),
        (
            "once for each place",
            layer(parameters="filters * (kernel**2 * channels * out**2 + 1)"),
        ),
        (
            "places of the input",
            layer(flop="2 * kernel**2 * channels * filters * side**2"),
        ),
        ("multiplications only", layer(flop="kernel**2 * channels * filters * out**2")),
        ("along one side", layer(flop="2 * kernel**2 * channels * filters * out")),
        ("biases, too", layer(flop="2 * filters * (kernel**2 * channels + 1) * out**2")),
        ("forgot the filters", layer(flop="2 * kernel**2 * channels * out**2")),
        (
            "three numbers",
            "def layer(side, channels, filters, kernel, stride):\n    return side // stride",
        ),
    ],
    "network_overlaps": [
        ("set the count to 1", cover(add="= 1")),
        ("cut off", cover(cut="[: places * stride]")),
        ("side by side", cover(length="places + kernel - 1", step="1")),
        (
            "exchanged kernel and stride",
            cover(length="(places - 1) * kernel + stride", step="kernel", reach="stride"),
        ),
        ("as long as the steps", cover(length="places * stride", reach="stride")),
        (
            "forgot a stencil",
            cover(length="(places - 2) * stride + kernel", places="places - 1"),
        ),
        ("should be an array", "def overlaps(places, kernel, stride):\n    return 'two'"),
    ],
    "network_field": [
        ("forgot the strides", fields(first="seen += k - 1")),
        ("own stride widen", fields(first=STEP, second=SEE)),
        ("a layer's own stride: ", fields(first="seen += (k - 1) * s")),
        ("added up the kernels", fields(start=0, first="seen += k")),
        ("layer before only", fields(second="apart = s")),
        ("k in place of k - 1", fields(first="seen += k * apart")),
        ("began with 0", fields(start=0)),
        ("multiplied the kernels", fields(first="seen *= k")),
        ("distance of neighbours", fields(first=STEP, second="seen = apart")),
        ("last layer only", fields(what="[-1]")),
        (
            "numbers differ",
            fields().replace("zip(kernels, strides)", "zip(kernels[::-1], strides[::-1])"),
        ),
    ],
    "network_fusion": [
        (
            "features come first",
            "def fuse(features, scores, kernel, bias):\n"
            "    s = scores.shape[-1]\n"
            "    whole = (scores @ kernel[0, 0, :s])[:, None, None]\n"
            "    return np.maximum(features @ kernel[0, 0, s:] + whole + bias, 0)",
        ),
        (
            "aligned the batch",
            FUSE.replace("[:, None, None]", "") + "np.maximum(local + whole + bias, 0)",
        ),
        ("left out the ReLU", FUSE + "local + whole + bias"),
        ("forgot the bias", FUSE + "np.maximum(local + whole, 0)"),
        ("bias to both terms", FUSE + "np.maximum((local + bias) + (whole + bias), 0)"),
        ("after the ReLU", FUSE + "np.maximum(local + whole, 0) + bias"),
        ("ReLU to each term", FUSE + "np.maximum(local, 0) + np.maximum(whole + bias, 0)"),
        ("forgot the scores", FUSE + "np.maximum(local + bias, 0)"),
        ("copied the scores", COPIES),
        (
            "ValueError",  # as many features as in the paper
            FUSE.replace("features.shape[-1]", "256") + "np.maximum(local + whole + bias, 0)",
        ),
        ("numbers differ", FUSE + "np.maximum(local + whole[:1] + bias, 0)"),
    ],
    "network_ceilings": [
        ("measured grey", ceilings("np.linalg.norm(true_lab[..., 1:], axis=-1).mean((1, 2))")),
        ("squared the distances", ceilings("(away**2).sum(-1).mean((1, 2))")),
        ("root of the mean square", ceilings("np.sqrt((away**2).sum(-1).mean((1, 2)))")),
        ("a and b apart", ceilings("np.abs(away).mean((1, 2, 3))")),
        ("divided by 128", ceilings("np.linalg.norm(away / 128, axis=-1).mean((1, 2))")),
        ("added the distances", ceilings("np.abs(away).sum(-1).mean((1, 2))")),
        ("over all photos", ceilings("np.linalg.norm(away, axis=-1).mean()")),
        ("sorted the errors", ceilings("np.sort(np.linalg.norm(away, axis=-1).mean((1, 2)))")),
        ("above or beside", ceilings(titles="[]")),
    ],
    "network_grown": [
        ("multiply on", SIDES("start * np.array(strides)")),
        ("forgot the side", SIDES("np.cumprod(strides)")),
        ("doubled", SIDES("[start * 2 ** (k + 1) for k in range(len(strides))]")),
        ("a layer multiplies", SIDES("start + np.cumsum(strides)")),
        ("a layer multiplies", SIDES("start * np.cumsum(strides)")),
        ("what does it put out", SIDES("start * np.cumprod([1, *strides[:-1]])")),
        ("Leave out", SIDES("start * np.cumprod([1, *strides])")),
        ("last side alone", SIDES("start * np.prod(strides)")),
        ("You divided", SIDES("start / np.cumprod(strides)")),
        ("began with the last", SIDES("start * np.cumprod(strides[::-1])")),
        ("a single layer", SIDES("start * np.cumprod(strides) + (len(strides) == 1)")),
    ],
    "network_collected": [
        *(
            (words, COLLECT.format(each))
            for words, each in {
                "forgot the stencil": "window.sum()",
                "You turned": "np.sum(window * stencil[::-1, ::-1])",
                "rows and columns": "np.sum(window * stencil.T)",
                "the mean": "np.mean(window * stencil)",
                "largest product": "np.max(window * stencil)",
                "product of matrices": "np.sum(window @ stencil)",
            }.items()
        ),
        (
            "one step",
            COLLECT.format("np.sum(window * stencil)")
            .replace("2 * i", "i")
            .replace("2 * j", "j")
            .replace("// 2", "- 2"),
        ),
        (
            "too near",
            COLLECT.format("np.sum(window * stencil)").replace("2 * i", "i").replace("2 * j", "j"),
        ),
        ("last row", COLLECT.format("np.sum(window * stencil)").replace("// 2", "// 2 - 1")),
        ("did not add up", COLLECT.format("window * stencil").replace("(H, W)", "(H, W, 3, 3)")),
        (
            "rows alone",
            COLLECT.format("np.sum(window * stencil, axis=1)").replace("(H, W)", "(H, W, 3)"),
        ),
        (
            "zeros around",
            COLLECT.format("np.sum(window * stencil)").replace(
                "    H", "    picture = np.pad(picture, 1)\n    H", 1
            ),
        ),
    ],
}
