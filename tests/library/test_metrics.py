import json
import math

import numpy as np
import pytest
from skimage import data, transform

from colorlib.baselines import BASELINES, fit_statistics
from colorlib.evaluation import bootstrap_interval, evaluate, format_table, summarize
from colorlib.lab import to_lab
from colorlib.metrics import (
    METRICS,
    as_seen,
    auc,
    ciede2000,
    colorfulness,
    count_bins,
    mean_chroma,
    psnr,
    rebalanced_weights,
    squared_error,
    ssim,
)

NAMES = ["astronaut", "coffee", "chelsea", "rocket"]


@pytest.fixture(scope="module")
def photos():
    """Four photos of scikit-image, squeezed to 256 x 256."""
    return np.stack(
        [
            np.rint(255 * transform.resize(getattr(data, name)(), (256, 256), anti_aliasing=True))
            for name in NAMES
        ]
    ).astype("uint8")


@pytest.fixture(scope="module")
def statistics(photos):
    return fit_statistics(photos, [2, 3])


@pytest.fixture(scope="module")
def results(photos, statistics):
    ab = to_lab(photos[:2])[..., 1:]
    return evaluate(photos[:2], {"half": ab / 2}, statistics)


@pytest.mark.parametrize(
    "name, expected_auc, expected_psnr, expected_ssim, expected_ciede2000",
    [
        ("astronaut", 0.863, 17.85, 0.905, 11.3),
        ("coffee", 0.714, 14.14, 0.754, 21.4),
        ("chelsea", 0.847, 19.41, 0.939, 15.9),
        ("rocket", 0.882, 22.60, 0.893, 12.5),
    ],
)
def test_grey_scores_as_computed_independently(
    photos, name, expected_auc, expected_psnr, expected_ssim, expected_ciede2000
):
    photo = photos[NAMES.index(name)]
    lab = to_lab(photo)
    grey = as_seen(lab, np.zeros_like(lab[..., 1:]))
    # To the digits given, and a little for versions of scikit-image that resize differently.
    assert auc(lab[..., 1:], grey.ab) == pytest.approx(expected_auc, abs=0.0006)
    assert psnr(photo, grey.rgb) == pytest.approx(expected_psnr, abs=0.006)
    assert ssim(photo, grey.rgb) == pytest.approx(expected_ssim, abs=0.0006)
    assert ciede2000(lab, grey.lab) == pytest.approx(expected_ciede2000, abs=0.06)


# ---------------------------------------------------------------- AuC


def test_auc_of_a_constant_offset():
    true_ab = np.zeros((8, 8, 2))
    for offset in [[10, 0], [0, -10], [6, 8]]:
        assert auc(true_ab, true_ab + offset) == pytest.approx(0.93667, abs=5e-6)
    assert auc(true_ab, true_ab) == 1
    assert auc(true_ab, true_ab + 1000) == 0


def test_auc_is_the_area_under_the_curve_and_nearly_one_minus_the_mean_error():
    generator = np.random.default_rng(0)
    true_ab, predicted_ab = generator.uniform(-100, 100, (2, 50, 50, 2))
    error = np.hypot(*np.moveaxis(true_ab - predicted_ab, -1, 0))
    curve = [np.mean(error <= t) for t in range(151)]
    assert auc(true_ab, predicted_ab) == pytest.approx(np.trapezoid(curve) / 150)
    shortcut = 1 - np.minimum(error, 150).mean() / 150
    assert auc(true_ab, predicted_ab) == pytest.approx(shortcut, abs=0.5 / 150)


def test_rebalancing_makes_rare_colors_count_as_much_as_common_ones():
    true_ab = np.zeros((1, 100, 2))
    true_ab[0, 0] = 60, 40  # one red pixel among 99 grey ones
    weights = rebalanced_weights(true_ab, count_bins(true_ab))
    assert weights[0, 0] == pytest.approx(99 * weights[0, 1])

    grey = np.zeros_like(true_ab)
    red_share = auc(true_ab[:, :1], grey[:, :1])
    assert auc(true_ab, grey) == pytest.approx(0.99 + 0.01 * red_share)
    assert auc(true_ab, grey, weights) == pytest.approx(0.5 + 0.5 * red_share)


def test_bins_lie_around_multiples_of_ten():
    ab = np.array([[0, 0], [4.9, -4.9], [5.1, 0], [0, 5.1], [-86.2, 94.5], [98.2, -107.9]])
    counts = count_bins(ab)
    assert counts.shape == (27 * 27,)
    assert sorted(counts[counts > 0]) == [1, 1, 1, 1, 2]


def test_rebalanced_auc_of_a_set_is_that_of_all_its_pixels(photos, results):
    lab = to_lab(photos[:2])
    weights = rebalanced_weights(lab[..., 1:], count_bins(lab[..., 1:]))
    pooled = auc(lab[..., 1:], lab[..., 1:] / 2, weights)
    assert summarize(results)["half"]["AuC rebalanced"]["mean"] == pytest.approx(pooled)


# ---------------------------------------------------------------- the other metrics


def test_squared_error_is_the_papers_loss():
    losses = pytest.importorskip("colorlib.losses")
    generator = np.random.default_rng(0)
    true_ab, predicted_ab = generator.uniform(-100, 100, (2, 3, 8, 6, 2)).astype("float32")
    loss = float(losses.equation_1({"ab": true_ab}, predicted_ab))
    assert squared_error(true_ab, predicted_ab) == pytest.approx(loss, rel=1e-5)
    assert squared_error(true_ab, true_ab + 12.8) == pytest.approx(0.01)


def test_psnr_is_averaged_in_db_and_never_infinite():
    black = np.zeros((2, 16, 16, 3), "uint8")
    other = black.copy()
    other[0] += 51  # a fifth of 255: 14 dB
    assert psnr(black[0], other[0]) == pytest.approx(20 * math.log10(5))
    assert psnr(black[1], other[1]) == 100
    assert psnr(black, other) == pytest.approx((20 * math.log10(5) + 100) / 2)
    assert psnr(black[0], black[0] + np.uint8(255)) == pytest.approx(0)


def test_ssim(photos):
    grey = np.repeat(photos.mean(axis=-1, keepdims=True), 3, axis=-1).astype("uint8")
    each = [ssim(photo, other) for photo, other in zip(photos, grey, strict=True)]
    assert all(0.5 < value < 0.99 for value in each)
    assert ssim(photos, grey) == pytest.approx(np.mean(each))
    assert ssim(photos[0], photos[0]) == pytest.approx(1)
    with pytest.raises(ValueError):
        ssim(photos, grey[:2])


# Sharma, Wu and Dalal (2005), table 1: two Lab colours and their difference.
SHARMA = """
    50.0000   2.6772 -79.7751  50.0000   0.0000 -82.7485   2.0425
    50.0000   3.1571 -77.2803  50.0000   0.0000 -82.7485   2.8615
    50.0000   2.8361 -74.0200  50.0000   0.0000 -82.7485   3.4412
    50.0000  -1.3802 -84.2814  50.0000   0.0000 -82.7485   1.0000
    50.0000  -1.1848 -84.8006  50.0000   0.0000 -82.7485   1.0000
    50.0000  -0.9009 -85.5211  50.0000   0.0000 -82.7485   1.0000
    50.0000   0.0000   0.0000  50.0000  -1.0000   2.0000   2.3669
    50.0000  -1.0000   2.0000  50.0000   0.0000   0.0000   2.3669
    50.0000   2.4900  -0.0010  50.0000  -2.4900   0.0009   7.1792
    50.0000   2.4900  -0.0010  50.0000  -2.4900   0.0010   7.1792
    50.0000   2.4900  -0.0010  50.0000  -2.4900   0.0011   7.2195
    50.0000   2.4900  -0.0010  50.0000  -2.4900   0.0012   7.2195
    50.0000  -0.0010   2.4900  50.0000   0.0009  -2.4900   4.8045
    50.0000  -0.0010   2.4900  50.0000   0.0010  -2.4900   4.8045
    50.0000  -0.0010   2.4900  50.0000   0.0011  -2.4900   4.7461
    50.0000   2.5000   0.0000  50.0000   0.0000  -2.5000   4.3065
    50.0000   2.5000   0.0000  73.0000  25.0000 -18.0000  27.1492
    50.0000   2.5000   0.0000  61.0000  -5.0000  29.0000  22.8977
    50.0000   2.5000   0.0000  56.0000 -27.0000  -3.0000  31.9030
    50.0000   2.5000   0.0000  58.0000  24.0000  15.0000  19.4535
    50.0000   2.5000   0.0000  50.0000   3.1736   0.5854   1.0000
    50.0000   2.5000   0.0000  50.0000   3.2972   0.0000   1.0000
    50.0000   2.5000   0.0000  50.0000   1.8634   0.5757   1.0000
    50.0000   2.5000   0.0000  50.0000   3.2592   0.3350   1.0000
    60.2574 -34.0099  36.2677  60.4626 -34.1751  39.4387   1.2644
    63.0109 -31.0961  -5.8663  62.8187 -29.7946  -4.0864   1.2630
    61.2901   3.7196  -5.3901  61.4292   2.2480  -4.9620   1.8731
    35.0831 -44.1164   3.7933  35.0232 -40.0716   1.5901   1.8645
    22.7233  20.0904 -46.6940  23.0331  14.9730 -42.5619   2.0373
    36.4612  47.8580  18.3852  36.2715  50.5065  21.2231   1.4146
    90.8027  -2.0831   1.4410  91.1528  -1.6435   0.0447   1.4441
    90.9257  -0.5406  -0.9208  88.6381  -0.8985  -0.7239   1.5381
     6.7747  -0.2908  -2.4247   5.8714  -0.0985  -2.2286   0.6377
     2.0776   0.0795  -1.1350   0.9033  -0.0636  -0.5514   0.9082
"""


def test_ciede2000_on_sharmas_published_pairs():
    table = np.array(SHARMA.split(), float).reshape(-1, 7)
    assert len(table) == 34
    for row in table:
        assert ciede2000(row[:3], row[3:6]) == pytest.approx(row[6], abs=1e-4)
        assert ciede2000(row[3:6], row[:3]) == pytest.approx(row[6], abs=1e-4)


def test_colorfulness():
    red_green_blue = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], "uint8")
    assert colorfulness(red_green_blue) == pytest.approx(275.43, abs=0.005)
    red = np.array([[[255, 0, 0]]], "uint8")  # no spread, only distance from grey
    assert colorfulness(red) == pytest.approx(0.3 * np.hypot(255, 127.5))
    grey = np.full((1, 3, 3), 90, "uint8")
    assert colorfulness(grey) == 0
    assert colorfulness(np.stack([red_green_blue, grey])) == pytest.approx(275.43 / 2, abs=0.005)


def test_mean_chroma():
    assert mean_chroma(np.array([[3.0, 4], [0, 0]])) == 2.5


# ---------------------------------------------------------------- baselines, evaluation


def test_show_gives_back_the_photo_from_its_own_colors(photos):
    for photo in photos:
        lab = to_lab(photo)
        np.testing.assert_array_equal(as_seen(lab, lab[..., 1:]).rgb, photo)


def test_statistics_are_those_of_the_training_photos(photos, statistics):
    lab = to_lab(photos[2:])[:, ::4, ::4]
    np.testing.assert_allclose(statistics.mean_ab, lab[..., 1:].mean(axis=(0, 1, 2)), atol=1e-3)
    level = np.rint(lab[..., 0]) == 50
    np.testing.assert_allclose(statistics.ab_of_l[50], lab[level][:, 1:].mean(axis=0), atol=1e-3)


def test_lightness_that_training_never_saw_gets_the_colors_of_its_neighbours():
    photos = np.zeros((2, 8, 8, 3), "uint8")
    photos[1] = 200, 100, 50
    table = fit_statistics(photos, [0, 1]).ab_of_l
    lightness, a, b = to_lab(photos[1])[0, 0]
    share = 25 / np.rint(lightness)
    np.testing.assert_allclose(table[25], [share * a, share * b], rtol=1e-4)
    np.testing.assert_allclose(table[100], [a, b], rtol=1e-4)


def test_baselines(photos, statistics):
    lab = to_lab(photos[0])
    true_ab = lab[..., 1:]
    ab = {name: rival.function(lab, statistics) for name, rival in BASELINES.items()}
    assert all(value.shape == (256, 256, 2) for value in ab.values())

    assert (ab["grey"] == 0).all()
    assert (ab["mean ab"] == statistics.mean_ab).all()
    dark = np.rint(lab[..., 0]) == 20
    assert (ab["mean ab for each L"][dark] == statistics.ab_of_l[20]).all()
    others = [to_lab(photo)[..., 1:] for photo in photos[2:]]
    assert any((ab["another photo's ab"] == other).all() for other in others)
    again = BASELINES["another photo's ab"].function(lab, statistics)
    np.testing.assert_array_equal(ab["another photo's ab"], again)
    np.testing.assert_allclose(ab["true ab x 1.2"], 1.2 * true_ab)

    # A bottleneck loses detail and keeps the mean of what it sees.
    errors = [squared_error(true_ab, ab[f"true ab at {size}"]) for size in ["64x64", "4x4"]]
    assert 0 < errors[0] < errors[1] < squared_error(true_ab, ab["grey"])
    block = true_ab[64:128, 128:192].mean(axis=(0, 1))  # its centre is the bilinear node
    np.testing.assert_allclose(
        ab["true ab at 4x4"][95:97, 159:161].mean(axis=(0, 1)), block, atol=1
    )

    without_peeking = {name for name, rival in BASELINES.items() if not rival.peeks}
    assert without_peeking == {"grey", "mean ab", "mean ab for each L", "another photo's ab"}


def test_baselines_that_do_not_peek_get_the_same_result_without_the_colors(photos, statistics):
    lab = to_lab(photos[0])
    colorless = lab * [1, 0, 0]
    for name, rival in BASELINES.items():
        same = np.array_equal(
            rival.function(lab, statistics), rival.function(colorless.astype("float32"), statistics)
        )
        assert same != rival.peeks, name


def test_evaluate_measures_each_photo(photos, results):
    assert list(results.values) == ["half", *BASELINES]
    for row in results.values.values():
        assert list(row) == list(METRICS)
        assert all(values.shape == (2,) and np.isfinite(values).all() for values in row.values())

    lab = to_lab(photos[1])
    half = as_seen(lab, lab[..., 1:] / 2)
    row = {name: values[1] for name, values in results.values["half"].items()}
    assert row["loss"] == pytest.approx(squared_error(lab[..., 1:], lab[..., 1:] / 2))
    assert row["PSNR"] == pytest.approx(psnr(photos[1], half.rgb))
    assert row["CIEDE2000"] == pytest.approx(ciede2000(lab, half.lab))
    assert row["colourfulness"] == pytest.approx(colorfulness(half.rgb))


def test_the_photo_itself_beats_everything(results):
    summary = summarize(results)
    best = summary["the photo itself"]
    assert best["loss"]["mean"] == best["CIEDE2000"]["mean"] == 0
    assert best["AuC"]["mean"] == best["AuC rebalanced"]["mean"] == 1
    assert best["PSNR"]["mean"] == 100
    for row in results.values:
        for name, metric in METRICS.items():
            sign = {"↑": 1, "↓": -1, "": 0}[metric.better]
            assert sign * summary[row][name]["mean"] <= sign * best[name]["mean"]


def test_predictions_that_do_not_fit_are_refused_by_name(photos):
    with pytest.raises(ValueError, match=r"'mine'.*\(1, 256, 256, 2\)"):
        evaluate(photos[:1], {"mine": np.zeros((1, 256, 256, 3))})
    with pytest.raises(ValueError, match=r"'mine'.*not finite"):
        evaluate(photos[:1], {"mine": np.full((1, 256, 256, 2), np.nan)})


def test_half_precision_predictions_are_fine(photos):
    ab = to_lab(photos[:1])[..., 1:].astype("float16")
    results = evaluate(photos[:1], {"mine": ab})
    assert list(results.values) == ["mine"]
    assert results.values["mine"]["PSNR"][0] > 50


def test_bootstrap_interval_covers_the_mean_about_95_times_in_100():
    generator = np.random.default_rng(0)
    hits = 0
    for _ in range(200):
        low, high = bootstrap_interval(generator.normal(5, 2, size=60))
        hits += low <= 5 <= high
    assert 0.88 <= hits / 200 <= 0.99


def test_bootstrap_of_paired_differences_sees_what_two_intervals_hide():
    generator = np.random.default_rng(0)
    theirs = generator.normal(20, 3, size=50)
    ours = theirs + generator.normal(0.5, 0.2, size=50)
    assert bootstrap_interval(ours)[0] < bootstrap_interval(theirs)[1]
    assert bootstrap_interval(ours - theirs)[0] > 0
    assert bootstrap_interval(ours, seed=1) == bootstrap_interval(ours, seed=1)
    assert bootstrap_interval(ours, seed=1) != bootstrap_interval(ours, seed=2)


def test_bootstrap_weights_count_photos_as_often_as_they_say():
    values, weights = np.array([0.0, 1.0, 1.0, 0.0]), np.array([1.0, 1e6, 1e6, 1.0])
    low, high = bootstrap_interval(np.tile(values, 5), np.tile(weights, 5))
    assert low > 0.99 and high <= 1
    assert bootstrap_interval([2.0, 2.0], [1, 3]) == pytest.approx((2, 2))


def test_table_is_markdown_with_arrows_and_marks_those_that_peek(results):
    summary = summarize(results)
    lines = format_table(json.loads(json.dumps(summary))).splitlines()
    assert len(lines) == 2 + 1 + len(BASELINES)
    assert len({line.count("|") for line in lines}) == 1
    assert "PSNR dB ↑" in lines[0] and "CIEDE2000 ↓" in lines[0]
    assert lines[2].startswith("| half |")
    assert f"{summary['half']['PSNR']['mean']:.2f} ± " in lines[2]
    assert any(line.startswith("| grey |") for line in lines)
    assert any(line.startswith("| true ab at 4x4 * |") for line in lines)
