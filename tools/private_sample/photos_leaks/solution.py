def leaks(authors, held_back):
    """Which photos leak: names (N,) and truth values (N,) -> truth values (N,)."""
    names = np.array([name.strip().casefold() for name in authors])
    held_back = np.asarray(held_back, bool)
    return held_back & np.isin(names, names[~held_back]) & (names != "")
