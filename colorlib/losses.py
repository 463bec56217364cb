"""What training minimises. Chapter: 05_training."""

from keras import ops


def paper_loss(true_ab, predicted_ab):
    """Equation (1) of the paper: the squared error of a and b, averaged over a photo.

    The sum over the H x W pixels and over a and b of (true - predicted) ** 2, divided by
    2HW; then the mean over the batch. Keras' `mse` gives the same number. Squared errors
    make the network answer "red or green?" with the grey-brown between: see 05_training.

    Parameters
    ----------
    true_ab, predicted_ab : array or tensor, shape (B, H, W, 2)
        a and b in the network's -1..1.

    Returns
    -------
    tensor of float32, shape ()
        0 is perfect; guessing grey costs about 0.02.

    Notes
    -----
    Pradhan, Gupta and Gaurav, "Image Colorization: A Convolutional Network Approach",
    equation (1). Chapter: 05_training.
    """
    error = ops.cast(true_ab, "float32") - ops.cast(predicted_ab, "float32")
    photo_losses = ops.mean(error**2, axis=(1, 2, 3))  # (B,): the sum over 2HW numbers / 2HW
    return ops.mean(photo_losses)
