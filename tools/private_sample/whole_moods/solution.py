places = [18, 20, 24, 31]  # two hours out of doors, two places within
ways = [paint(photo)] + [
    paint(photo, whole(photo) + 1.5 * (whole(unseen[i]) - whole(photo))) for i in places
]
results = np.array([to_lab(shown)[..., 1:].mean(axis=(0, 1)) for shown in ways])
figure = figures.photo_grid([ways], ("own", *(f"photo {i}" for i in places)), side=1.4)
text = """Before I ran it I wrote down: the sea will make it blue, the meadow green, the church and
the still life brown. Blue and brown came as I thought; the meadow gave less green than I had
expected, since the trees of my photo were green already and had no room to move. What moved is what
the places leave open: the sky, the road, pale walls. What the places know stayed: leaves. I think
that the whole says which kind of picture this is, indoors or outdoors, and how much blue such
pictures have; it does not say where. With a strength of 1.5 the vector is none that any photo has,
so this is the network pushed beyond what it learned, and no evidence of how such a day looked."""
