z = logits - logits.max(axis=-1, keepdims=True)
p = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
entropy = -np.sum(p * np.log2(p + 1e-12), axis=-1)  # (14, 48, 48)
error = np.linalg.norm(p @ bins.centres() - true_ab, axis=-1)
groups = np.array_split(np.argsort(entropy.ravel()), 5)
results = np.array([[one.ravel()[group].mean() for one in (entropy, error)] for group in groups])
figure, (photo, map_, plot) = figures.axes(1, 3)
photo.imshow(some[4])
photo.set_title("a photo")
map_.imshow(entropy[4], cmap="magma")
map_.set_title("its entropy")
plot.plot(*results.T, "o-")
plot.set(xlabel="entropy (bits)", ylabel="error (Lab units)")
text = """The error grows with the entropy, so the network's doubt is worth something: where it is
surest its colours are nearest to the truth. But a part of this is cheap. Black and white places
have little colour whatever they are, so they are sure and nearly right without any knowledge. Sure
and wrong are the cream of the old sign, which it takes for white, and the blue shirts of the
players, which it takes for grey: pale or dark things that do have a colour. The doubt is learned
from photos. What none of them made it doubt, it cannot doubt, and it does not know how unlike them
a new photo is."""
