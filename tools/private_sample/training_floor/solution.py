def floor_of_lightness(pixels):
    """The smallest loss for whoever knows only L, rounded: (N, 3) Lab -> float."""
    pixels = np.asarray(pixels, float)
    level = np.rint(pixels[:, 0]).astype(int)  # (N,), 0..100
    ab = pixels[:, 1:] / 128
    sums = np.stack([np.bincount(level, channel) for channel in ab.T], axis=-1)  # (levels, 2)
    means = sums / np.maximum(np.bincount(level), 1)[:, None]
    return np.mean((ab - means[level]) ** 2)
