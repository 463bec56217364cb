coarse = np.stack([opponents.OPPONENTS["true ab at 4x4"].function(lab, None) for lab in true_lab])
errors = np.linalg.norm(coarse - true_lab[..., 1:], axis=-1).mean(axis=(1, 2))  # (21,)
grey = np.linalg.norm(true_lab[..., 1:], axis=-1).mean(axis=(1, 2))
order = np.argsort(errors)
chosen = [*order[-2:], *order[:2]]
shown = [metrics.show(true_lab[index], coarse[index]).rgb for index in chosen]
titles = [f"{errors[index]:.1f} (grey {grey[index]:.1f})" for index in chosen]
figure = figures.photo_grid([some[chosen], shown], titles, ("true", "4×4"), side=1.6)
text = """
The photos that suffer most hold small things in strong colours with sharp edges: within a tile
several colours meet, and the mean of them is none. Large soft areas, such as a sky, lose little.
But the least errors belong to photos that are nearly grey: there grey itself costs hardly more, so
the small number says that little colour was there, not that it looks right. The network can do
better, because a place of the middle holds 512 numbers and not one colour: they may say where in
the tile a red stripe lies, and the decoder can draw it.
"""
