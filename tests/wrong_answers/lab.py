"""Wrong answers to the exercises of chapter 01, each with words that the check must say of it."""

JOIN = "def join(l, ab):\n    return np.concatenate([{}, {}], axis=-1)"
LIGHT = "def lightness(rgb):\n    c = rgb / 255\n    "
EXACT = (
    LIGHT
    + """c = np.where(c > 0.04045, ((c + 0.055) / 1.055) ** 2.4, c / 12.92)
    y = c @ [0.212671, 0.715160, 0.072169]
    return 116 * np.where(y > 0.008856, np.cbrt(y), 7.787 * y + 16 / 116) - 16"""
)
REACH = """def reach(lightness, hues):
    answers = []
    for hue in hues:
        step = np.array([0, {}, {}])
        many = np.array([{}, 0, 0]) + np.arange(0, 140, 0.1)[:, None] * step
        answers.append(0.1 * lab.in_gamut(many).sum())
    return np.array(answers)
"""
COS, SIN = "np.cos(np.radians(hue))", "np.sin(np.radians(hue))"
TWINS = "twins = ((23, 184, 184), {})\nfigure = {}\nanswer = {!r}"
SKY, LEAF = (81, 76, 212), (23, 184, 188)
GRID = "figures.photo_grid([photos.photos[[23, 81]]] * 2, ('one', 'other'))"
TWO = "figures.photo_grid([photos.photos[[23, 81]]], ('one', 'other'))"
TEXT = "From L alone the network would answer with the mean of all such pixels, a dull brown. " * 5

LOSE = "def without(pixels, channel):\n    x = pixels.astype(float)\n    {}\n    return x"
ROOT = "def root(t):\n    return np.where(t > 0.008856, {}, {})"
STRAIGHT = "7.787 * t + 16 / 116"
OBSERVED = "def observed(light):\n    return "
LUMINANCE = "def luminance(lightness):\n    return "
BOUND = "def bound(values, share):\n    return "
SHARES = "def shares(shown):\n    return "
GUESS = "def guess(colors, level):\n    return colors[{}].mean(axis=0)"
NEAR = "np.abs(colors[:, 0] - level) < 1"
UNITS = "def lab_units(loss):\n    return "

WRONG = {
    "lab_without": [
        ("all three channels", LOSE.format("x[..., channel] = x.mean()")),
        ("at each pixel", LOSE.format("x[..., channel] = x.mean(axis=-1)")),
        ("lost its decimals", LOSE.format("x[..., channel] = int(x[..., channel].mean())")),
        ("lost its decimals", "def without(pixels, channel):\n    x = pixels.copy()\n"
         "    x[..., channel] = x[..., channel].mean()\n    return x"),
        ("You put 0", LOSE.format("x[..., channel] = 0")),
        ("each column", LOSE.format("x[..., channel] = x[..., channel].mean(axis=0)")),
        ("each row", LOSE.format("x[..., channel] = x[..., channel].mean(axis=1)[:, None]")),
        ("all three:", LOSE.format("x[:] = x.mean(axis=(0, 1))")),
        ("a row of the photo", LOSE.format("x[channel] = x[channel].mean()")),
        ("the channel alone", "def without(pixels, channel):\n"
         "    return np.full(pixels.shape[:2], pixels[..., channel].mean())"),
        ("changes its argument", "def without(pixels, channel):\n"
         "    pixels[..., channel] = pixels[..., channel].mean()\n    return pixels"),
        ("b of a photo in Lab", LOSE.format(
            "x = x.clip(0, 255)\n    x[..., channel] = x[..., channel].mean()")),
    ],
    "lab_observed": [
        ("left out white", OBSERVED + "lab.XYZ_FROM_RGB @ light"),
        ("divide by them", OBSERVED + "lab.XYZ_FROM_RGB @ light * lab.WHITE"),
        ("divided the lights", OBSERVED + "lab.XYZ_FROM_RGB @ (light / lab.WHITE)"),
        ("down the columns", OBSERVED + "light @ lab.XYZ_FROM_RGB / lab.WHITE"),
        ("and left out white", OBSERVED + "light @ lab.XYZ_FROM_RGB"),
        ("only multiplies", OBSERVED + "lab.XYZ_FROM_RGB * light / lab.WHITE"),
        ("Y alone", OBSERVED + "lab.XYZ_FROM_RGB[1] @ light"),
        ("by their sum", "def observed(light):\n"
         "    x = lab.XYZ_FROM_RGB @ light\n    return x / x.sum()"),
        ("largest response", "def observed(light):\n"
         "    x = lab.XYZ_FROM_RGB @ light\n    return x / x.max()"),
        ("the way back", OBSERVED + "lab.RGB_FROM_XYZ @ light / lab.WHITE"),
        ("in step 3", OBSERVED + "np.cbrt(lab.XYZ_FROM_RGB @ light / lab.WHITE)"),
    ],
    "lab_root": [
        ("near black is missing", "def root(t):\n    return np.cbrt(t)"),
        ("straight piece everywhere", "def root(t):\n    return " + STRAIGHT),
        ("swapped the two", ROOT.format(STRAIGHT, "np.cbrt(t)")),
        ("knee of step 1", "def root(t):\n"
         "    return np.where(t <= lab.SRGB_KNEE, 7.787 * t + 16 / 116, np.cbrt(t))"),
        ("a square root", ROOT.format("np.sqrt(t)", STRAIGHT)),
        ("needs brackets", ROOT.format("t ** 1 / 3", STRAIGHT)),
        ("You cubed", ROOT.format("t**3", STRAIGHT)),
        ("lacks its 16/116", ROOT.format("np.cbrt(t)", "7.787 * t")),
        ("adds 16", ROOT.format("np.cbrt(t)", "7.787 * t + 16")),
        ("You give L", ROOT.format("116 * np.cbrt(t) - 16", "903.292 * t")),
        ("np.where", "def root(t):\n    return np.cbrt(t) if t > 0.008856 else " + STRAIGHT),
        ("one colour alone", "def root(t):\n    t = t.reshape(-1, 4)\n"
         "    return np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)"),
    ],
    "lab_luminance": [
        ("stopped at", LUMINANCE + "(lightness + 16) / 116"),
        ("to undo one", LUMINANCE + "np.cbrt((lightness + 16) / 116)"),
        ("You squared", LUMINANCE + "((lightness + 16) / 116) ** 2"),
        ("forgot the 16", LUMINANCE + "(lightness / 116) ** 3"),
        ("subtracted 16", LUMINANCE + "((lightness - 16) / 116) ** 3"),
        ("after the division", LUMINANCE + "(lightness / 116 + 16) ** 3"),
        ("under the cube", LUMINANCE + "(lightness + 16) ** 3 / 116"),
        ("Y for a hundredth", LUMINANCE + "lightness / 100"),
        ("You cubed a hundredth", LUMINANCE + "(lightness / 100) ** 3"),
        ("per cent", LUMINANCE + "100 * ((lightness + 16) / 116) ** 3"),
        ("from Y to L", LUMINANCE + "116 * np.cbrt(lightness) - 16"),
        ("straight piece", LUMINANCE + "((lightness + 16) / 116 - 16 / 116) / 7.787"),
        ("one number", LUMINANCE + "np.array([((x + 16) / 116) ** 3 for x in lightness])"),
    ],
    "lab_shares": [
        ("You counted", SHARES + "shown.sum(axis=(1, 2))"),
        ("256²", SHARES + "shown.sum(axis=(1, 2)) / 256**2"),
        ("the whole box: each", SHARES + "shown.mean()"),
        ("over the lightnesses", SHARES + "shown.mean(axis=0)"),
        ("b alone", SHARES + "shown.mean(axis=1)"),
        ("a alone", SHARES + "shown.mean(axis=-1)"),
        ("per cent", SHARES + "100 * shown.mean(axis=(1, 2))"),
        ("in the whole box", SHARES + "shown.sum(axis=(1, 2)) / shown.size"),
        ("*not*", SHARES + "(~shown).mean(axis=(1, 2))"),
        ("any colour", SHARES + "shown.any(axis=(1, 2))"),
    ],
    "lab_guess": [
        ("of all colours", GUESS.format(":, 1:")),
        ("L as well", GUESS.format(NEAR)),
        ("L and a", GUESS.format(NEAR + ", :2")),
        ("into one mean", GUESS.format(NEAR + ", 1:").replace("axis=0", "")),
        ("average over the colours", GUESS.format(NEAR + ", 1:").replace("axis=0", "axis=-1")),
        ("the median", "def guess(colors, level):\n"
         "    return np.median(colors[np.abs(colors[:, 0] - level) < 1, 1:], axis=0)"),
        ("darker came along", GUESS.format("colors[:, 0] - level < 1, 1:")),
        ("always look", GUESS.format(NEAR.replace("level", "50") + ", 1:")),
        ("half a unit", GUESS.format("np.rint(colors[:, 0]) == level, 1:")),
        ("lighter side alone", GUESS.format("colors[:, 0].astype(int) == level, 1:")),
        ("You took the others", GUESS.format("np.abs(colors[:, 0] - level) > 1, 1:")),
        ("how many there are", GUESS.format(NEAR + ", 1:").replace(".mean", ".sum")),
    ],
    "lab_units": [
        ("forgot the root", UNITS + "128**2 * 2 * loss"),
        ("forgot the 2", UNITS + "128 * np.sqrt(loss)"),
        ("halved once more", UNITS + "128 * np.sqrt(loss / 2)"),
        ("forgot the 128", UNITS + "np.sqrt(2 * loss)"),
        ("2 belongs under", UNITS + "2 * 128 * np.sqrt(loss)"),
        ("its root is 128", UNITS + "128**2 * np.sqrt(2 * loss)"),
        ("divided by 128", UNITS + "np.sqrt(2 * loss) / 128"),
        ("root of 128", UNITS + "np.sqrt(2 * 128 * loss)"),
        ("256 for 2", UNITS + "2 * 128 * loss"),
    ],
    "lab_bound": [
        ("with their signs", BOUND + "np.quantile(values, share)"),
        ("the rest lies", BOUND + "np.quantile(np.abs(values), 1 - share)"),
        ("takes per cent", BOUND + "np.percentile(np.abs(values), share)"),
        ("from the mean", BOUND + "np.quantile(np.abs(values - values.mean()), share)"),
        ("the share for t", BOUND + "np.mean(np.abs(values) < share)"),
        ("both sides for alike", BOUND + "np.quantile(values, (1 + share) / 2)"),
        ("two ends", BOUND + "np.quantile(values, [(1 - share) / 2, (1 + share) / 2])"),
        ("the width", BOUND + "2 * np.quantile(np.abs(values), share)"),
        ("share of the largest", BOUND + "share * np.abs(values).max()"),
        ("has all values", BOUND + "np.abs(values).max()"),
        ("all values together", BOUND + "np.quantile(np.abs(values), share, axis=0)"),
        ("single values", BOUND + "np.quantile(np.linalg.norm(values, axis=-1), share)"),
        ("always take 99 %", BOUND + "np.quantile(np.abs(values), 0.99)"),
        ("always take half", BOUND + "np.median(np.abs(values))"),
    ],
    "lab_chroma": [
        ("included L", "def chroma(c):\n    return np.linalg.norm(c, axis=-1)"),
        ("cancel each other", "def chroma(c):\n    return c[..., 1] + c[..., 2]"),
        ("square root", "def chroma(c):\n    return c[..., 1] ** 2 + c[..., 2] ** 2"),
        ("round a corner", "def chroma(c):\n    return np.abs(c[..., 1:]).sum(axis=-1)"),
        ("one colour alone", "def chroma(c):\n    return np.hypot(c[:, :, 1], c[:, :, 2])"),
        ("`(4, 5)`", "def chroma(c):\n    return np.hypot(c[..., 1], c[..., 2]).max()"),
    ],
    "lab_unscaled": [
        ("without a shift", JOIN.format("50 * l[..., None]", "128 * ab")),
        ("after the factor", JOIN.format("50 * l[..., None] + 1", "128 * ab")),
        ("for 0..1", JOIN.format("50 * l[..., None] + 50", "255 * ab - 128")),
        ("L by 100", JOIN.format("100 * l[..., None]", "128 * ab")),
        ("factor is too large", JOIN.format("100 * (l[..., None] + 1)", "128 * ab")),
        ("like a and b", "def join(l, ab):\n    return 128 * np.dstack([l, ab])"),
        ("a and b by 100", JOIN.format("50 * l[..., None] + 50", "100 * ab")),
        ("by 127", JOIN.format("50 * l[..., None] + 50", "127 * ab")),
        ("by 110", JOIN.format("50 * l[..., None] + 50", "110 * ab")),
        ("shifted a and b", JOIN.format("50 * l[..., None] + 50", "64 * (ab + 1)")),
        ("no Lab units", JOIN.format("50 * l[..., None] + 50", "ab")),
        ("swapped", JOIN.format("50 * l[..., None] + 50", "128 * ab[..., ::-1]")),
        ("L last", JOIN.format("128 * ab", "50 * l[..., None] + 50")),
        ("unscale_ab`", "def join(l, ab):\n"
         "    return np.concatenate([lab.unscale_l(l)[..., None], lab.unscale_ab(ab)], axis=-1)"),
        ("unscale_l`", "from colorlib.lab import unscale_l as mine\n"
         + JOIN.format("mine(l)[..., None]", "128 * ab")),
        ("ValueError", JOIN.format("50 * l + 50", "128 * ab")),
    ],
    "lab_lightness": [
        ("codes of the file", LIGHT + "f = np.cbrt(c @ lab.XYZ_FROM_RGB[1])\n    "
         "return np.where(f > 0.2069, 116 * f - 16, 903.3 * f**3)"),
        ("cube root is missing", "from skimage import color\n"
         "def lightness(rgb):\n    return 100 * color.rgb2xyz(rgb)[..., 1]"),
        ("black should have L = 0", "from skimage import color\n"
         "def lightness(rgb):\n    return 116 * np.cbrt(color.rgb2xyz(rgb)[..., 1])"),
        ("rough substitute", LIGHT + "y = c**2.2 @ [0.212671, 0.715160, 0.072169]\n    "
         "return 116 * np.where(y > 0.008856, np.cbrt(y), 7.787 * y + 16 / 116) - 16"),
        ("of HSL", LIGHT + "return 50 * (c.max(axis=-1) + c.min(axis=-1))"),
        ("averaged", LIGHT + "return 100 * c.mean(axis=-1)"),
        ("television", LIGHT + "return 100 * (c @ [0.299, 0.587, 0.114])"),
        ("divide by 255", "def lightness(c):\n    light = ((c + 0.055) / 1.055) ** 2.4\n    "
         "return 116 * np.cbrt(light @ lab.XYZ_FROM_RGB[1]) - 16"),
        ("both straight pieces", LIGHT + "light = ((c + 0.055) / 1.055) ** 2.4\n    "
         "return 116 * np.cbrt(light @ lab.XYZ_FROM_RGB[1]) - 16"),
        ("below 0", LIGHT + "light = np.where(c > 0.04045, ((c + 0.055) / 1.055) ** 2.4, c / 12.92)"
         "\n    return 116 * np.cbrt(light @ lab.XYZ_FROM_RGB[1]) - 16"),
        ("column of the matrix", LIGHT
         + "light = np.where(c > 0.04045, ((c + 0.055) / 1.055) ** 2.4, c / 12.92)\n    "
         "y = light @ lab.XYZ_FROM_RGB[:, 1]\n    "
         "return 116 * np.where(y > 0.008856, np.cbrt(y), 7.787 * y + 16 / 116) - 16"),
        ("of each light", LIGHT
         + "y = np.where(c > 0.04045, ((c + 0.055) / 1.055) ** 2.4, c / 12.92)\n    "
         "f = np.where(y > 0.008856, np.cbrt(y), 7.787 * y + 16 / 116)\n    "
         "return 116 * f @ lab.XYZ_FROM_RGB[1] - 16"),
        ("L in 0..1", LIGHT
         + "c = np.where(c > 0.04045, ((c + 0.055) / 1.055) ** 2.4, c / 12.92)\n    "
         "y = c @ [0.212671, 0.715160, 0.072169]\n    "
         "return 1.16 * np.where(y > 0.008856, np.cbrt(y), 7.787 * y + 16 / 116) - 0.16"),
        ("once more", LIGHT
         + "c = np.where(c > 0.0031308, 1.055 * c ** (1 / 2.4) - 0.055, 12.92 * c)\n    "
         "y = c @ [0.212671, 0.715160, 0.072169]\n    "
         "return 116 * np.where(y > 0.008856, np.cbrt(y), 7.787 * y + 16 / 116) - 16"),
        ("first step", LIGHT
         + "return np.where(c > 0.04045, ((c + 0.055) / 1.055) ** 2.4, c / 12.92)"),
        ("np.where", LIGHT + "return c / 12.92 if c <= 0.04045 else c"),
        ("one colour alone", LIGHT
         + "c = np.where(c > 0.04045, ((c + 0.055) / 1.055) ** 2.4, c / 12.92)\n    "
         "y = 0.212671 * c[:, :, 0] + 0.715160 * c[:, :, 1] + 0.072169 * c[:, :, 2]\n    "
         "return 116 * np.where(y > 0.008856, np.cbrt(y), 7.787 * y + 16 / 116) - 16"),
        ("ready `rgb2xyz`", "from skimage.color import rgb2xyz\n"
         "def lightness(c):\n    y = rgb2xyz(c)[..., 1]\n    "
         "return 116 * np.where(y > 0.008856, np.cbrt(y), 7.787 * y + 16 / 116) - 16"),
        ("called the ready", "def lightness(c):\n    return to_lab(c)[..., 0]"),
        ("called the ready", "def lightness(c):\n    return lab.rgb_to_lab(c)[..., 0]"),
        ("called the ready", "from skimage.color import rgb2lab as mine\n"
         "def lightness(c):\n    return mine(c)[..., 0]"),
        ("channels backwards", EXACT.replace("rgb / 255", "rgb[..., ::-1] / 255")),
        ("the darkest violet", EXACT.replace("rgb / 255", "rgb / 255 if rgb.max() > 1 else rgb")),
        ("numbers differ", EXACT.replace("return ", "return np.round(") + ", 1)"),
    ],
    "lab_reach": [
        ("degrees for radians", REACH.format("np.cos(hue)", "np.sin(hue)", "lightness")),
        ("swapped a and b", REACH.format(SIN, COS, "lightness")),
        ("wrong way", REACH.format(COS, "-" + SIN, "lightness")),
        ("L = 50", REACH.format(COS, SIN, 50)),
        ("smallest of the answers", REACH.format(COS, SIN, "lightness")
         + "right = reach\ndef reach(l, h):\n    return np.full(len(h), right(l, h).min())"),
        ("a factor", REACH.format(COS, SIN, "lightness")
         + "right = reach\ndef reach(l, h):\n    return right(l, h) / 140"),
        ("steps of a tenth", REACH.format(COS, SIN, "lightness").replace("0.1 * lab", "lab")),
        ("dark colours", REACH.format(COS, SIN, "lightness").replace("140", "120")),
        ("called the ready `fit_gamut`", """def reach(lightness, hues):
    a, b = 134 * np.cos(np.radians(hues)), 134 * np.sin(np.radians(hues))
    shown = lab.fit_gamut(np.stack([lightness + 0 * a, a, b], axis=-1))
    return np.hypot(shown[:, 1], shown[:, 2]) + 0.2"""),
        ("after clipping", """def reach(lightness, hues):
    a, b = 140 * np.cos(np.radians(hues)), 140 * np.sin(np.radians(hues))
    rgb = np.array(lab.lab_to_rgb(np.stack([lightness + 0 * a, a, b], axis=-1)))
    return np.hypot(*np.array(lab.rgb_to_lab(rgb))[:, 1:].T)"""),
        ("numbers differ", REACH.format(COS, SIN, "lightness").replace("0.1", "1.0")),
    ],
    "lab_twins": [
        ("`(photo, row, column)`", TWINS.format((81, 76), GRID, TEXT)),
        ("no such pixel", TWINS.format((81, 76, 256), GRID, TEXT)),
        ("in one photo", TWINS.format(LEAF, GRID, TEXT)),
        ("tells these two apart", TWINS.format((81, 10, 10), GRID, TEXT)),
        ("units apart", TWINS.format((645, 2, 66), GRID, TEXT)),
        ("Matplotlib figure", TWINS.format(SKY, "photos.photos[23]", TEXT)),
        ("shows 2 photos", TWINS.format(SKY, TWO, TEXT)),
        ("explain a little more", TWINS.format(SKY, GRID, "A dull brown, the mean.")),
    ],
}  # fmt: skip
