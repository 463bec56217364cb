lenders = {18: "ship", 16: "wood", 13: "pasta", 41: "concert"}
own = whole(photo)
ways = [paint(photo)] + [paint(photo, own + 1.5 * (whole(unseen[i]) - own)) for i in lenders]
results = np.array([to_lab(shown)[..., 1:].mean(axis=(0, 1)) for shown in ways])
figure = figures.photo_grid([ways], ("own", *(f"{name}, 1.5" for name in lenders.values())))
text = """Before I ran it I wrote down: the ship will make it blue, the wood greener, the pasta
brown and the concert dark red. The pasta came as I thought, only more orange. The ship did not
make it blue but nearly grey, since nothing in my photo is a sky. The wood changed next to
nothing: mine is a park with trees already, so the two wholes are much the same. The concert
made it a little duller, not red; I was wrong. What moved are the pavement and the wall, which
the places leave open; the dark trees stayed. I think that the whole says which kind of picture
this is and which tint such pictures have, not where. At a strength of 1.5 the vector belongs
to no photo at all, so this is no evidence of any real day."""
