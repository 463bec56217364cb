two = np.array([[50, 12.8, 0], [50, -12.8, 0]])
assert np.isclose(floor_of_lightness(two), 0.005), "two pixels"
assert np.isclose(floor_of_lightness(two + np.array([0, 40, -30])), 0.005), "the same, elsewhere"
assert np.isclose(floor_of_lightness(two + np.array([[0.3, 0, 0], [-0.4, 0, 0]])), 0.005), (
    "L is rounded"
)
lone = np.array([[0, 90, 0], [50, -12.8, 70], [100, 5, 5]])
assert np.isclose(floor_of_lightness(lone), 0), "every L once, black and white too"
assert np.isclose(floor_of_lightness(np.vstack([two, [[20, 60, 60]]])), 0.005 * 2 / 3), "weights"
whole = np.array([[50, 64, 0], [50, -64, 0]])
assert np.isclose(floor_of_lightness(whole), 0.125), "whole numbers"
several = to_lab(unseen[:3, ::4, ::4]).reshape(-1, 3)
together = floor_of_lightness(several)
assert 0 < together < np.mean((several[:, 1:] / 128) ** 2), "not better than grey"
alone = np.mean([floor_of_lightness(part) for part in np.split(several, 3)])
assert alone < together, "who knows the photo, too, is better off"
