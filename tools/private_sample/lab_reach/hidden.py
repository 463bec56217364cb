from colorlib.checks.judging import call, without

with without(lab.fit_gamut):
    blue = np.asarray(reach(32.30, np.array([306.29])))
assert blue.shape == (1,) and abs(blue[0] - 133.8) < 0.5, (
    f"no colour is as strong as full blue: 133.8, not {blue}"
)

assert np.max(reach(100, np.array([0.0, 90]))) < 0.6, "white has no room for colour"
assert np.max(reach(0, np.array([0.0, 90]))) < 0.95, "black has no room for colour"

turned = np.subtract(call(reach, 50, np.array([-30.0, 10])), reach(50, np.array([330.0, 370])))
assert np.abs(turned).max() < 0.2, "a full turn more does not change the hue"

red, opposite = reach(53.24, np.array([40.0, 220.0]))
assert abs(red - 104.57) < 0.52, f"full red has the chroma 104.6, not {red}"

assert abs(opposite - 31.1) < 0.5, (
    f"each hue has its own: the one opposite of red 31.1, not {opposite}"
)
