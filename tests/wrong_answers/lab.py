"""Wrong answers to the exercises of chapter 01, each with words that the check must say of it."""

WRONG = {
    "lab_chroma": [
        ("included L", "def chroma(c):\n    return np.linalg.norm(c, axis=-1)"),
        ("cancel each other", "def chroma(c):\n    return c[..., 1] + c[..., 2]"),
        ("square root", "def chroma(c):\n    return c[..., 1] ** 2 + c[..., 2] ** 2"),
        ("`(4, 5)`", "def chroma(c):\n    return np.hypot(c[..., 1], c[..., 2]).max()"),
    ],
}
