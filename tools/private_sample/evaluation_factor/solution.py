def best_factor(true_ab, ab):
    """The factor for `ab` with the smallest squared error: 2 x (..., 2) -> float."""
    # d/ds sum (t - s g)^2 = -2 sum g (t - s g) = 0, so s = sum t g / sum g^2
    true_ab, ab = np.asarray(true_ab, float), np.asarray(ab, float)
    squares = np.sum(ab**2)
    return np.sum(true_ab * ab) / squares if squares else 1.0
