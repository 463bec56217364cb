"""What training minimises. Chapter: 05_training."""

from keras import ops

from colorlib.lab import AB_DIVISOR


def equation_1(truth: dict, ab):
    """Equation (1) of the paper: the squared error of a and b, averaged over a photo.

    The sum over the H x W pixels and over a and b of (true - predicted) ** 2, divided by
    2HW; then the mean over the batch. Squared errors make the network answer "red or green?"
    with the grey-brown between: see 05_training.

    Parameters
    ----------
    truth : dict
        With "ab", array or tensor (B, H, W, 2) in Lab units.
    ab : array or tensor, (B, H, W, 2) or smaller
        What was predicted, in Lab units; enlarged (bilinear) to the size of the truth.

    Returns
    -------
    tensor of float32, shape ()
        In units of 128, whatever a network scales its ab by, so that losses compare: 0 is
        perfect; guessing grey costs about 0.02.

    Notes
    -----
    Pradhan, Gupta and Gaurav, "Image Colorization: A Convolutional Network Approach",
    equation (1).
    """
    true, ab = ops.cast(truth["ab"], "float32"), ops.cast(ab, "float32")
    if ab.shape[1:3] != true.shape[1:3]:
        ab = ops.image.resize(ab, true.shape[1:3], "bilinear")
    error = (true - ab) / AB_DIVISOR
    photo_losses = ops.mean(error**2, axis=(1, 2, 3))  # (B,): the sum over 2HW numbers / 2HW
    return ops.mean(photo_losses)
