def softmax(logits, temperature=1.0):
    """Probabilities, each row's sum is 1: (..., C) -> (..., C)."""
    scaled = np.asarray(logits, dtype=float) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
