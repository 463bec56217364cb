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
from skimage.filters import gaussian

from colorlib import extractors, lab, network, weights
from colorlib.files import UserError

SHIPPED = Path(__file__).parent / "data" / "weights" / "colorizer"
STRIP = 1_000_000  # pixels converted at a time, so that memory does not grow with the photo
# Transposed convolutions of stride 2 leave a faint checkerboard in ab (04_network). A blur of
# this share of the photo's side takes it away, and nothing else: ab holds no finer detail.
BLUR = 1 / 80
WIDEST = 4  # the network sees longer photos squeezed to this ratio of the sides


class Colorizer:
    """A trained network with the extractor it was trained with.

    Attributes
    ----------
    network : keras.Model
        See `network.colorizer`.
    config : network.NetworkConfig
    card : dict
        What the weights file says of itself: extractor, size, how it was trained.
    """

    def __init__(self, model, config, card):
        self.network, self.config, self.card = model, config, card
        self._extractor = None

    @classmethod
    def load(cls, path=None):
        """Load a trained colourizer.

        Parameters
        ----------
        path : path-like, optional
            A run folder, or weights saved with `save`. Default: the weights that come
            with colorlib.

        Returns
        -------
        Colorizer

        Raises
        ------
        UserError
            If there are no such weights, or they are damaged or do not fit.
        """
        path = Path(path or SHIPPED)
        return cls(*weights.load_network(path / "model" if path.is_dir() else path))

    def save(self, path, half=False):
        """Write `path`.weights.h5 and `path`.json, in float16 if `half`."""
        card = {
            name: value for name, value in self.card.items() if name not in ("network", "sha256")
        }
        weights.save_network(self.network, path, self.config, half, **card)

    @property
    def extractor(self):
        """The classifier whose scores the network listens to, loaded when first needed."""
        if self._extractor is None:
            name, trained_with = self.card["extractor"], self.card["extractor_weights"]
            if extractors.weights_hash(name) != trained_with:
                raise UserError(
                    f"{name}: these weights are not those ({trained_with}) that the colourizer was "
                    "trained with; unset COLORLIB_..._WEIGHTS or name the right file there"
                )
            self._extractor = extractors.load_extractor(name)
        return self._extractor

    def ab(self, photos, class_scores=None):
        """Predict the colour channels of a batch of photos.

        Parameters
        ----------
        photos : uint8 array, (B, H, W, 3)
            RGB, of any size; only their lightness is used.
        class_scores : array, (B, 1000), optional
            Logits to use in place of the extractor's.

        Returns
        -------
        float32 array, (B, H, W, 2)
            a and b in Lab units, lightly blurred against checkerboards.
        """
        height, width = photos.shape[1:3]
        small = _shrink(photos, self.card["size"])  # (B, h, w, 3)
        if class_scores is None:
            # As in training, it looks at photos of 256 pixels, whatever the network's size.
            seen = small if self.card["size"] == 256 else _shrink(photos, 256)
            class_scores = self.extractor(seen, training=False)  # (B, 1000)
        lightness = lab.rgb_to_lab(small)[..., :1]  # (B, h, w, 1)
        inputs = network.scale_inputs(lightness, class_scores, self.config)
        predicted = self.network(inputs, training=False)  # (B, h, w, 2)
        small_ab = ops.convert_to_numpy(lab.unscale_ab(predicted, self.config.ab_divisor))
        blur = self.card["size"] * BLUR
        small_ab = gaussian(small_ab, (0, blur, blur, 0), preserve_range=True)
        return _enlarge(small_ab, width, height)

    def colorize(self, photo, saturation=1.0):
        """Colourize one photo of any size.

        Parameters
        ----------
        photo : uint8 array (H, W, 3) or PIL image
            Grey or in colour: its own colours are not looked at.
        saturation : float
            Factor for the predicted a and b; 0 is grey.

        Returns
        -------
        uint8 array (H, W, 3) or PIL image, as `photo`
            The lightness L is that of `photo`; an image's transparency is kept. Where
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
            transparent = photo.mode in ("RGBA", "LA", "PA") or "transparency" in photo.info
            whole = photo.convert("RGBA") if transparent else photo.convert("RGB")
            colored = Image.fromarray(self.colorize(np.asarray(whole.convert("RGB")), saturation))
            if transparent:
                colored.putalpha(whole.getchannel("A"))
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
        ab = self.ab(photo[None])[0]  # (H, W, 2)
        colored = np.empty_like(photo)
        rows = max(1, STRIP // width)
        for top in range(0, height, rows):
            strip = slice(top, top + rows)
            lightness = ops.convert_to_numpy(lab.rgb_to_lab(photo[strip]))[..., :1]
            shown = lab.fit_gamut(np.concatenate([lightness, saturation * ab[strip]], axis=-1))
            colored[strip] = np.round(255 * ops.convert_to_numpy(lab.lab_to_rgb(shown)))
        return colored


def _shrink(photos, short):
    """Photos with a shorter side of `short`; both sides multiples of 64, nearly in their shape."""
    height, width = photos.shape[1:3]

    def side(length):
        ratio = min(WIDEST, length / min(width, height))
        return round(short * ratio / 64) * 64

    size = side(width), side(height)
    return np.stack([Image.fromarray(photo).resize(size, Image.LANCZOS) for photo in photos])


def _enlarge(ab, width, height):
    # Pillow resizes one float channel (mode F) at a time.
    large = np.empty((len(ab), height, width, 2), "float32")
    for photo, small in zip(large, ab, strict=True):
        for channel in range(2):
            image = Image.fromarray(np.ascontiguousarray(small[..., channel], "float32"))
            photo[..., channel] = image.resize((width, height), Image.BICUBIC)
    return large
