twins = ((23, 184, 184), (81, 76, 212))  # the parrot's breast, the sky over a beach
corners = [np.s_[n, y - 40 : y + 40, x - 40 : x + 40] for n, y, x in twins]
colored = [photos.photos[corner] for corner in corners]
grey = [to_lab(patch)[..., [0, 0, 0]] / 100 for patch in colored]
figure = figures.photo_grid([colored, grey], ("parrot", "sky"), ("colour", "L"))
for axis in figure.axes:
    axis.plot(40, 40, "+", color="black")
answer = """
From its L alone a pixel says nothing about its colour. The squared error is then least for the
mean of all pixels with L near 54, a dull brown, and the network would answer it for the orange
breast and for the blue sky alike. With the surroundings it can tell them apart: the sky is smooth
and lies above a horizon, and in the training photos such places are mostly blue. The texture around
the other pixel speaks for feathers, but feathers have many colours, so their mean stays pale. The
breast is the one that it will more likely get wrong.
"""
