coarse = np.stack([baselines.BASELINES["true ab at 4x4"].function(lab, None) for lab in true_lab])
errors = np.linalg.norm(coarse - true_lab[..., 1:], axis=-1).mean(axis=(1, 2))  # (14,)
grey = np.linalg.norm(true_lab[..., 1:], axis=-1).mean(axis=(1, 2))
order = np.argsort(errors)
chosen = [*order[-2:], *order[:2]]
shown = [to_rgb(true_lab[index], coarse[index]) for index in chosen]
titles = [f"{errors[index]:.1f} (grey {grey[index]:.1f})" for index in chosen]
figure = figures.photo_grid([some[chosen], shown], titles, ("true", "4×4"), side=1.6)
text = """
The tent (19.0) and the parrot (19.5) suffer most: sharply bounded things in strong colours.
Where red meets green within a tile, the mean of both is neither. The tank (4.7) and the ship (5.9)
are large and soft in their colours, so a mean says almost all. A small error alone does not mean
that the colours look right: three photos have errors near 10, and grey would cost 10 or 11 there,
so little colour was there and nearly all of it is lost. The network can do better, because a place
of the middle holds 512 numbers and not one colour: they may say where in the tile a red stripe
lies, and the decoder can draw it.
"""
