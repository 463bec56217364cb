def soft_encode(ab, centres):
    """Shares of the five nearest bins: (N, 2), (Q, 2) -> (N, Q)."""
    squared = np.square(ab[:, None] - centres).sum(axis=-1)  # (N, Q)
    near = np.argsort(squared, axis=1)[:, :5]
    parts = np.exp(-np.take_along_axis(squared, near, axis=1) / (2 * 5**2))
    shares = np.zeros(squared.shape)
    np.put_along_axis(shares, near, parts / parts.sum(axis=1, keepdims=True), axis=1)
    return shares
