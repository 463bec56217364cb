def variation(rgb):
    """A photo, varied: uint8 (H, W, 3) -> uint8 (H, W, 3)."""
    fog = 0.6 * rgb.astype("float32") + 0.4 * 200
    return np.clip(fog, 0, 255).astype("uint8")


before = photos.photos[[3, 12, 81, 203]]
after = np.stack([variation(photo) for photo in before])
figure = figures.photo_grid([before, after], labels=("before", "after"))
answer = """
My variation is fog: each pixel is mixed with 40 % of a light grey. The input L becomes lighter
and loses contrast; the answer a and b shrinks towards grey at the same pixels. In my four photos
the mean chroma falls to about 60 %, from 22.7 to 13.1 in the first. The answer stays true,
because it is computed from the foggy photo: a camera in real fog would have taken just these pale
colours, and low contrast in L tells that there is fog. So I would train with it, but seldom. A
network that sees much fog learns to paint pale, and for scans of faded photos, which also lack
contrast, the owner wants the old colours back; there the foggy answer would be the wrong lesson.
"""
