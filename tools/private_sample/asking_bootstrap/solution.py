def bootstrap(people, photos, real, drawn_people, drawn_photos):
    """The 95 % interval: (N,), (N,), (N,), (D, P), (D, Q) -> (2,)."""
    shares = []
    for persons, pictures in zip(drawn_people, drawn_photos, strict=True):
        times = np.bincount(persons, minlength=len(persons))[people]  # (N,)
        weights = times * np.bincount(pictures, minlength=len(pictures))[photos]
        shares.append(np.sum(weights * real) / np.sum(weights))
    return np.quantile(shares, [0.025, 0.975])
