def fuse(features, scores, kernel, bias):
    """The fusion as a sum: -> (B, h, w, K).

    features: (B, h, w, F); scores: (B, S); kernel: (1, 1, F + S, K); bias: (K,).
    """
    matrix, count = kernel[0, 0], features.shape[-1]
    whole = scores @ matrix[count:] + bias  # (B, K), once for each photo
    return np.maximum(features @ matrix[:count] + whole[:, None, None], 0)
