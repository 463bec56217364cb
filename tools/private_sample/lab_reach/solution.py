def reach(lightness, hues):
    """Largest chroma a screen can show: one L, and hues in degrees (N,) -> (N,)."""
    turn = np.radians(hues)
    inside, outside = np.zeros(len(turn)), np.full(len(turn), 140.0)
    for _ in range(12):
        middle = (inside + outside) / 2
        a, b = middle * np.cos(turn), middle * np.sin(turn)
        shown = lab.in_gamut(np.stack([np.full(len(turn), lightness), a, b], axis=-1))
        inside, outside = np.where(shown, middle, inside), np.where(shown, outside, middle)
    return inside
