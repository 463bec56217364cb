plausible = np.array([[60, 40], [15, -50], [-5, 60]])  # a red, a blue and a yellow car
chances = np.array([0.45, 0.35, 0.2])
grid = np.stack(np.meshgrid(np.arange(-5, 61), np.arange(-50, 61)), axis=-1).reshape(-1, 1, 2)
distances = np.linalg.norm(grid - plausible, axis=-1)  # (points, 3)
by_distance = grid[(distances @ chances).argmin(), 0]
answers = np.array([chances @ plausible, by_distance, plausible[chances.argmax()]])
photo = unseen[37]
lab = to_lab(photo)
paint = lab[..., 1:2] > 25  # (256, 256, 1)
shown = [to_rgb(lab, np.where(paint, answer, lab[..., 1:])) for answer in answers]
costs = [np.sum((answer - plausible) ** 2, axis=-1) @ chances for answer in answers]
names = ("squared", "distance", "most probable")
titles = [f"{name}: {cost:.0f}" for name, cost in zip(names, costs, strict=True)]
figure = figures.photo_grid([[photo, *shown]], ["true", *titles])
text = """The squared distance answers with the mean of the three colours, a dull pink that no car
in the world has; it is cheapest by its own rule and nobody would take it for a true photo. The
distance is a median in the plane. It lies nearer to red, because one colour that is far away pulls
with the same force as one that is near, not with a larger one. The most probable colour is plainly
red and could be a true photo, although it is the most expensive answer. If the probabilities shift
a little, the mean slides along, the median slides more slowly or stays, and the most probable
colour stays until blue overtakes red; then it jumps."""
