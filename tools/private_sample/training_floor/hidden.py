from colorlib.checks.judging import call

two = np.array([[50, 12.8, 0], [50, -12.8, 0]])
assert np.isclose(floor_of_lightness(two), 0.005), "two pixels of one L: (0.1² + 0) / 2"
assert np.isclose(floor_of_lightness(two + np.array([0, 40, -30])), 0.005), (
    "a and b shifted alike cost the same: the best answer shifts along"
)
for end in (-50, 50):
    assert np.isclose(floor_of_lightness(two + np.array([end, 0, 0])), 0.005), (
        "black and white are lightnesses, too: L is in 0..100"
    )

uneven = np.array([[50, 0, 0], [50, 0, 0], [50, 38.4, 0]])
assert np.isclose(floor_of_lightness(uneven), 0.01), (
    "the best answer to squares is the mean; the median costs more"
)
assert np.isclose(floor_of_lightness(two + np.array([[0.3, 0, 0], [-0.4, 0, 0]])), 0.005), (
    "49.6 and 50.3 are one lightness: L is rounded"
)

lone = np.array([[0, 90, 0], [50, -12.8, 70], [51, 60, -20], [52, -40, 10], [100, 5, 5]])
assert np.isclose(floor_of_lightness(lone), 0), (
    "where every L occurs once, its own colour is the answer and costs nothing"
)
assert np.isclose(floor_of_lightness(np.vstack([two, [[20, 60, 60]]])), 0.005 * 2 / 3), (
    "the loss is a mean over pixels: a lightness of two counts twice"
)
whole = np.array([[50, 64, 0], [50, -64, 0]])
assert np.isclose(floor_of_lightness(whole), 0.125), (
    "whole numbers are numbers, too: do not compute with their type"
)

several = to_lab(unseen[:3, ::4, ::4]).reshape(-1, 3)
together = call(floor_of_lightness, several)
assert 0 < together < np.mean((several[:, 1:] / 128) ** 2), (
    "the floor lies above 0 and below the loss of answering with grey"
)
alone = np.mean([floor_of_lightness(part) for part in np.split(several, 3)])
assert alone < together, "tables of a photo's own are cheaper than one for all of them"
