"""Point at a photo and say which colour it has there: the network does the rest.

Chapter: 10_a_hint.
"""

import functools

import ipywidgets
import numpy as np
from keras import ops
from PIL import Image, ImageColor, ImageDraw

from colorlib.bins import suggested
from colorlib.lab import fit_gamut, to_lab, to_rgb
from colorlib.widgets import jpeg

SUGGESTIONS = 6
NARROW = ipywidgets.Layout(width="62px")


def hints(photos: dict, colorizer) -> ipywidgets.VBox:
    """A photo that is colourized anew with each hint, and what the network would suggest.

    Parameters
    ----------
    photos : dict of str to uint8 array (H, W, 3)
        By the name that the menu shows. Only their lightness is used.
    colorizer : colorizer.Colorizer
        One that is told hints and says how likely each colour is, such as "unet_hints".

    Returns
    -------
    ipywidgets.VBox
        The menu; sliders x and y, which move a cross over the photo; the photo as the network
        paints it, with a ring for each hint; six buttons in the colours that the network finds
        likely at the cross, each with its share, and one press on them is a hint; a colour of
        one's own with its button *add*, then *take back* and *clear*; the hints, ready for
        `Colorizer.colorize(photo, hints=...)`. Chapter: 10_a_hint.
    """
    menu = ipywidgets.Dropdown(options=list(photos), description="photo")
    across = ipywidgets.IntSlider(description="x", max=0)
    down = ipywidgets.IntSlider(description="y", max=0)
    view = ipywidgets.Image(format="jpeg", width=420)
    swatches = [ipywidgets.Button(layout=NARROW) for _ in range(SUGGESTIONS)]
    shares = [ipywidgets.HTML(layout=NARROW) for _ in swatches]
    picker = ipywidgets.ColorPicker(value="#c02020", description="my own")
    add, back, clear = (
        ipywidgets.Button(description=name, layout=ipywidgets.Layout(width="90px"))
        for name in ("add", "take back", "clear")
    )
    note = ipywidgets.HTML()
    given = {name: [] for name in photos}
    now = {}  # the picture, the likelihoods and the suggestions that are shown

    @functools.cache
    def seen(name):
        """What the network is told of a photo but hints: the extractor looks once."""
        return colorizer.inputs(photos[name][None])

    def paint():
        batch, its = photos[menu.value][None], given[menu.value]
        told = colorizer.inputs(batch, seen(menu.value), hints=[its])
        answer = colorizer.network(told, training=False)
        lab = to_lab(batch[0])
        lab[..., 1:] = colorizer.large(batch, *colorizer.decoded(told, answer))[0]
        now["picture"] = to_rgb(fit_gamut(lab))
        now["logits"] = ops.convert_to_numpy(answer.get("rebalanced", answer["logits"]))[0]
        note.value = f"hints = {its}"
        point()

    def point(change=None):
        if not now:  # the sliders are being set for another photo
            return
        (height, width), (rows, columns) = now["picture"].shape[:2], now["logits"].shape[:2]
        x, y = across.value, down.value
        image = Image.fromarray(now["picture"])
        draw = ImageDraw.Draw(image)
        for thick, ink in ((4, "white"), (2, "black")):  # seen on light and on dark
            for place in given[menu.value]:
                box = [place[0] - 5, place[1] - 5, place[0] + 5, place[1] + 5]
                draw.ellipse(box, outline=ink, width=thick)
            draw.line((x - 9, y, x + 9, y), fill=ink, width=thick - 1)
            draw.line((x, y - 9, x, y + 9), fill=ink, width=thick - 1)
        view.value = jpeg(np.asarray(image))
        lightness = float(to_lab(photos[menu.value])[y, x, 0])
        likely = now["logits"][y * rows // height, x * columns // width]
        now["colors"], found = suggested(likely, lightness, SUGGESTIONS)
        for number, swatch in enumerate(swatches):
            there = number < len(found)
            swatch.layout.visibility = "visible" if there else "hidden"
            shares[number].value = f"{found[number]:.0%}" if there else ""
            if there:
                a, b = now["colors"][number]
                red, green, blue = to_rgb(fit_gamut(np.float32([[[lightness, a, b]]])))[0, 0]
                swatch.style.button_color = f"#{red:02x}{green:02x}{blue:02x}"
                swatch.tooltip = f"a = {a:.0f}, b = {b:.0f}"

    def told(color):
        """Add a hint at the cross, in place of one that was there."""
        x, y = across.value, down.value
        others = [hint for hint in given[menu.value] if hint[:2] != (x, y)]
        given[menu.value] = [*others, (x, y, color)]
        paint()

    def choose(change=None):
        now.clear()
        down.max, across.max = (length - 1 for length in photos[menu.value].shape[:2])
        down.value, across.value = down.max // 2, across.max // 2
        paint()

    def take(button):
        given[menu.value] = given[menu.value][:-1] if button is back else []
        paint()

    choose()
    menu.observe(choose, "value")
    for slider in (across, down):
        slider.observe(point, "value")
    for number, swatch in enumerate(swatches):
        swatch.on_click(
            lambda button, number=number: told(
                tuple(now["colors"][number].round().astype(int).tolist())
            )
        )
    add.on_click(lambda button: told("#" + bytes(ImageColor.getrgb(picker.value)[:3]).hex()))
    back.on_click(take)
    clear.on_click(take)
    choices = [ipywidgets.VBox(pair) for pair in zip(swatches, shares, strict=True)]
    rows = (ipywidgets.HBox(choices), ipywidgets.HBox([picker, add, back, clear]))
    return ipywidgets.VBox([menu, across, down, view, *rows, note])
