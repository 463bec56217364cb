def decode_hues(likely, chroma):
    """Hue and faded chroma: (N, K), (N,) -> (2, N)."""
    likely = np.asarray(likely, float)
    turns = (np.arange(likely.shape[1]) + 0.5) / likely.shape[1]
    z = (likely * np.exp(2j * np.pi * turns)).mean(axis=1)  # a sum divided by K
    hue = np.angle(z) / (2 * np.pi) % 1
    return np.stack([hue, chroma * np.minimum(np.abs(z) / 0.03, 1)])
