def adam(gradients, rate):
    """The weights after each step of Adam, from 0: (steps, ...) -> (steps, ...)."""
    m = v = weights = 0.0
    path = []
    for t, gradient in enumerate(np.asarray(gradients, float), start=1):
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * gradient**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        weights = weights - rate * m_hat / (np.sqrt(v_hat) + 1e-7)
        path.append(weights)
    return np.array(path)
