def joint(error, scores, teacher, alpha):
    """The two parts of the loss: (B, H, W, 2), (B, K), (B, K), a number -> (2,)."""

    def log_softmax(z):
        z = z - z.max(axis=1, keepdims=True)
        return z - np.log(np.exp(z).sum(axis=1, keepdims=True))

    likely = np.exp(log_softmax(teacher))  # (B, K)
    wrong = -np.sum(likely * log_softmax(scores), axis=1)  # (B,)
    return np.array([np.mean(error**2), alpha * wrong.mean()])
