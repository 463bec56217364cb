def interval_by_author(gain, authors, drawn):
    """Low and high end of the interval of the mean gain.

    gain: (N,) floats; authors: (N,) strings; drawn: (repetitions, authors) integers.
    """
    _, owner = np.unique(authors, return_inverse=True)  # (N,)
    photos, gains = np.bincount(owner), np.bincount(owner, weights=gain)  # (authors,) each
    means = gains[drawn].sum(axis=1) / photos[drawn].sum(axis=1)  # (repetitions,)
    return np.quantile(means, [0.025, 0.975])
