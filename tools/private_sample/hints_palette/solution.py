def palette(p, centres, start):
    """Weighted k-means: (Q,), (Q, 2), (K, 2) -> (K, 3)."""
    colors = start
    while True:
        apart = np.square(centres[:, None] - colors).sum(axis=-1)  # (Q, K)
        nearest = apart.argmin(axis=1)
        parts = p[:, None] * np.eye(len(start))[nearest]  # (Q, K)
        shares = parts.sum(axis=0)
        before, colors = colors, parts.T @ centres / shares[:, None]
        if np.allclose(before, colors):
            order = np.argsort(-shares)
            return np.c_[colors, shares][order]
