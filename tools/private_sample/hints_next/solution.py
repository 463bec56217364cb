def next_place(logits, told):
    """The most doubtful place away from hints: (h, w, Q), (h, w) -> (row, column)."""
    z = logits - logits.max(axis=-1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
    entropy = -np.sum(p * np.log(p + 1e-300), axis=-1)  # (h, w)
    for row, column in np.argwhere(told):
        entropy[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = -1
    return np.array(np.unravel_index(entropy.argmax(), entropy.shape))
