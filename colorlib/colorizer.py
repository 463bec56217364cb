"""Using a trained network: a photo of any size in, the same photo in colour out.

The network sees the photo small, because it was trained on small photos, and that is
enough: the eye takes fine detail from lightness alone. So the small ab is enlarged and
joined with the *original* L, and the result is as sharp as the photo was.

Chapter: 00_quickstart.
"""

from pathlib import Path

import numpy as np
from keras import ops
from PIL import Image

from colorlib import designs, lab, weights
from colorlib.files import UserError
from colorlib.images import as_photo
from colorlib.inputs import INPUTS, shrink

WEIGHTS = Path(__file__).parent / "data" / "weights"
SHIPPED = {"paper": WEIGHTS / "colorizer"}  # by name; the first one is the default
STRIP = 1_000_000  # pixels converted at a time, so that memory does not grow with the photo


class Colorizer:
    """A trained network, with its design and all that its design needs.

    Attributes
    ----------
    network : keras.Model
        See `designs.Design`.
    card : dict
        What the weights file says of itself: design, extractor, size, how it was trained.
    design : designs.Design
    """

    def __init__(self, network, card):
        self.network, self.card = network, card
        self.design = designs.design_named(card["design"])

    @classmethod
    def load(cls, name=None):
        """Load a trained colourizer.

        Parameters
        ----------
        name : str or path-like, optional
            A network that comes with colorlib (a key of `SHIPPED`), a run folder, or weights
            saved with `save`. Default: the first of those that come with colorlib.

        Returns
        -------
        Colorizer

        Raises
        ------
        UserError
            If there are no such weights, or they are damaged or do not fit.
        """
        if name is None:
            name = next(iter(SHIPPED))
        known = isinstance(name, str) and name in SHIPPED and not Path(name).exists()
        return cls(*weights.load_network(SHIPPED[name] if known else name))

    def save(self, path, half=False):
        """Write `path`.weights.h5 and `path`.json, in float16 if `half`."""
        card = {name: value for name, value in self.card.items() if name != "sha256"}
        weights.save_network(self.network, path, half=half, **card)

    def inputs(self, photos, **given):
        """What the network is told about photos.

        Parameters
        ----------
        photos : uint8 array, (B, H, W, 3)
            RGB, of any size; only their lightness is used.
        **given
            Values of the design's needs to use in place of its own, one for each photo, such
            as `class_scores`, (B, 1000) logits.

        Returns
        -------
        dict of str to tensor
            "lightness", (B, h, w, 1) at the network's size, and each of the needs.

        Raises
        ------
        UserError
            If something is given that this design is not told.
        """
        if strange := set(given) - set(self.design.needs):
            raise UserError(f"{', '.join(strange)}: {self.card['design']} is told no such thing")
        small = shrink(photos, self.card["size"])  # (B, h, w, 3)
        told = {"lightness": lab.rgb_to_lab(small)[..., :1]}
        for name in self.design.needs:
            told[name] = INPUTS[name].asked(photos, self.card, given.get(name))
        return {name: ops.convert_to_tensor(value, "float32") for name, value in told.items()}

    def ab(self, photos, decode=None, **given):
        """Predict the colour channels of a batch of photos.

        Parameters
        ----------
        photos : uint8 array, (B, H, W, 3)
            RGB, of any size; only their lightness is used.
        decode : str, optional
            One of the design's `decodings`; the first by default.
        **given
            See `inputs`.

        Returns
        -------
        float32 array, (B, H, W, 2)
            a and b in Lab units.

        Raises
        ------
        UserError
            If the design has no such decoding.
        """
        decodings = self.design.decodings
        if decode is not None and decode not in decodings:
            raise UserError(
                f"decode is {decode!r}; {self.card['design']} can be decoded by "
                f"{', '.join(decodings)}"
            )
        answer = self.network(self.inputs(photos, **given), training=False)
        ab = decodings[decode or next(iter(decodings))](answer)  # (B, h, w, 2)
        height, width = photos.shape[1:3]
        return _enlarge(ops.convert_to_numpy(ab), width, height)

    def colorize(self, photo, saturation=1.0, decode=None, **given):
        """Colourize one photo of any size.

        Parameters
        ----------
        photo : uint8 array (H, W, 3) or PIL image
            Grey or in colour: its own colours are not looked at.
        saturation : float
            Factor for the predicted a and b; 0 is grey.
        decode : str, optional
            See `ab`.
        **given
            See `inputs`, for this one photo.

        Returns
        -------
        uint8 array (H, W, 3) or PIL image, as `photo`
            The lightness L is that of `photo`. An image is read as `read_photo` reads a file:
            upright, in sRGB; its transparency is kept, and its date, author and copyright. Where
            sRGB cannot show a colour at that lightness, its chroma is lowered.

        Raises
        ------
        UserError
            If `photo` is neither, or `saturation` is not a number of at least 0.
        """
        if not (isinstance(saturation, (int, float)) and 0 <= saturation < np.inf):
            raise UserError(
                f"saturation is {saturation!r}; it must be a number of at least 0, such as 1.2"
            )
        if isinstance(photo, Image.Image):
            whole = as_photo(photo)
            colored = Image.fromarray(
                self.colorize(np.asarray(whole.convert("RGB")), saturation, decode, **given)
            )
            if whole.mode == "RGBA":
                colored.putalpha(whole.getchannel("A"))
            colored.info = whole.info
            return colored
        if not (
            isinstance(photo, np.ndarray) and photo.dtype == np.uint8 and photo.shape[2:] == (3,)
        ):
            found = (
                f"{photo.dtype} {photo.shape}"
                if isinstance(photo, np.ndarray)
                else type(photo).__name__
            )
            raise UserError(f"a photo must be a PIL image or a uint8 array (H, W, 3), not {found}")

        height, width = photo.shape[:2]
        given = {name: [value] for name, value in given.items()}
        ab = self.ab(photo[None], decode, **given)[0]  # (H, W, 2)
        colored = np.empty_like(photo)
        rows = max(1, STRIP // width)
        for top in range(0, height, rows):
            strip = slice(top, top + rows)
            lightness = ops.convert_to_numpy(lab.rgb_to_lab(photo[strip]))[..., :1]
            shown = lab.fit_gamut(np.concatenate([lightness, saturation * ab[strip]], axis=-1))
            colored[strip] = np.round(255 * ops.convert_to_numpy(lab.lab_to_rgb(shown)))
        return colored


def _enlarge(ab, width, height):
    # Pillow resizes one float channel (mode F) at a time.
    large = np.empty((len(ab), height, width, 2), "float32")
    for photo, small in zip(large, ab, strict=True):
        for channel in range(2):
            image = Image.fromarray(np.ascontiguousarray(small[..., channel], "float32"))
            photo[..., channel] = image.resize((width, height), Image.BICUBIC)
    return large
