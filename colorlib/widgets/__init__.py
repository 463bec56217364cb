"""What a chapter lets you move by hand: ipywidgets, one module each.

A widget's callback puts JPEG bytes into an `ipywidgets.Image`; so the last state is kept in the
notebook and shown on the site, where no kernel listens.
"""

import io

from PIL import Image


def jpeg(photo) -> bytes:
    """Encode a photo for an `ipywidgets.Image`; colours keep their full resolution.

    Parameters
    ----------
    photo : uint8 array (H, W, 3)

    Returns
    -------
    bytes
    """
    file = io.BytesIO()
    Image.fromarray(photo).save(file, "JPEG", quality=85, subsampling="4:4:4")
    return file.getvalue()
