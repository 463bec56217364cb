import keras
import numpy as np
import pytest
from keras import ops
from skimage.filters import gaussian

from colorlib.designs import baldassarre2017, build_network, paper
from colorlib.losses import equation_1

pytestmark = pytest.mark.core


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return paper.build()


def outputs(model, size):
    """Name and output shape of each convolution for photos of `size`."""
    return {
        layer.name: tuple(layer.compute_output_shape(layer_input))
        for layer, layer_input in _walk(model, size)
    }


def _walk(model, size):
    shape = (None, size, size, 1)
    for layer in model.layers:
        if "coder" in layer.name and "relu" not in layer.name and "norm" not in layer.name:
            if layer.name == "decoder_1":
                shape = (None, size // 64, size // 64, paper.FUSION_FILTERS)
            yield layer, shape
            shape = layer.compute_output_shape(shape)


def test_parameters(model):
    assert model.count_params() == 7_727_906


@pytest.mark.parametrize("size", [64, 256])
def test_shapes_are_those_of_the_papers_tables(model, size):
    shapes = outputs(model, size)
    filters = (64, 128, 128, 256, 256, 512)
    for number, width in enumerate(filters, start=1):  # section 3.3: each halves the photo
        side = size // 2**number
        assert shapes[f"encoder_{number}"] == (None, side, side, width)
    table_3 = [(512, 64), (256, 32), (256, 16), (128, 8), (128, 4), (64, 2), (32, 1), (2, 1)]
    for number, (width, divisor) in enumerate(table_3, start=1):
        side = size // divisor
        assert shapes[f"decoder_{number}"] == (None, side, side, width)


def test_batchnorm_follows_third_convolution_and_fourth_transposed(model):
    names = [layer.name for layer in model.layers]
    assert [name for name in names if "norm" in name] == ["encoder_3_norm", "decoder_4_norm"]
    assert names.index("encoder_3_norm") < names.index("encoder_4")
    assert names.index("decoder_4_norm") < names.index("decoder_5")


def test_batchnorm_order_is_a_choice():
    first = paper.build(paper.Options(norm_after_relu=False))
    names = [layer.name for layer in first.layers]
    assert names.index("encoder_3_norm") < names.index("encoder_3_relu")


def test_any_multiple_of_64(model):
    for height, width in ((64, 64), (128, 64), (192, 320)):
        inputs = {
            "lightness": np.zeros((2, height, width, 1), "float32"),
            "class_scores": np.zeros((2, 1000), "float32"),
        }
        assert model(inputs).shape == (2, height, width, 2)


def test_output_is_in_range_even_for_absurd_input(model):
    inputs = {
        "lightness": np.full((1, 64, 64, 1), 1e4, "float32"),
        "class_scores": np.full((1, 1000), 1e4, "float32"),
    }
    ab = ops.convert_to_numpy(model(inputs))
    assert np.abs(ab).max() <= 128


def test_fusion_equals_concatenation():
    random = np.random.default_rng(0)
    features = random.normal(size=(3, 4, 4, 512)).astype("float32")
    scores = random.normal(size=(3, 1000)).astype("float32")
    inputs = [keras.Input((4, 4, 512)), keras.Input((1000,))]
    ours = keras.Model(inputs, paper.fusion(*inputs))
    papers = keras.Model(inputs, paper.fusion_by_concatenation(*inputs))
    assert ours.count_params() == papers.count_params() == 1512 * 512 + 512

    kernel, bias = papers.get_layer("fusion").get_weights()  # (1, 1, 1512, 512), (512,)
    bias = random.normal(size=bias.shape)
    papers.get_layer("fusion").set_weights([kernel, bias])
    ours.get_layer("fusion_features").set_weights([kernel[:, :, :512]])
    ours.get_layer("fusion_scores").set_weights([kernel[0, 0, 512:], bias])

    difference = ops.convert_to_numpy(ours([features, scores]) - papers([features, scores]))
    assert np.abs(difference).max() < 1e-4
    assert ops.convert_to_numpy(ours([features, scores])).std() > 0.1  # not trivially zero


def test_class_scores_and_lightness_both_matter(model):
    random = np.random.default_rng(0)
    light = random.uniform(0, 100, (1, 64, 64, 1)).astype("float32")
    scores = random.normal(size=(1, 1000)).astype("float32")
    ab = ops.convert_to_numpy(model({"lightness": light, "class_scores": scores}))
    other_scores = ops.convert_to_numpy(model({"lightness": light, "class_scores": -scores}))
    other_light = ops.convert_to_numpy(model({"lightness": 100 - light, "class_scores": scores}))
    # Untrained, the network is nearly grey: what counts is how much changes beside ab itself.
    assert np.abs(ab - other_scores).max() > 0.01 * ab.std()
    assert np.abs(ab - other_light).max() > 0.01 * ab.std()


def test_scales_are_layers_inside():
    light = np.array([0.0, 50.0, 100.0], "float32").reshape(1, 1, 3, 1)
    scaled = paper.build().get_layer("scaled_l")
    assert np.allclose(ops.convert_to_numpy(scaled(light)).ravel(), [-1, 0, 1])
    other = paper.build(paper.Options(l_range="0..100", class_scores="softmax", ab_divisor=110.0))
    assert "scaled_l" not in [layer.name for layer in other.layers]
    told = other.get_layer("probabilities")(np.array([[2.0] + [0.0] * 999], "float32"))
    assert np.isclose(ops.convert_to_numpy(told).sum(), 1)
    assert np.allclose(ops.convert_to_numpy(other.get_layer("ab")(ops.ones((1, 1, 1, 2)))), 110)


def test_alone_it_is_told_nothing(model):
    alone = build_network("paper_alone")
    assert set(alone.input) == {"lightness"}
    assert alone.count_params() == model.count_params() - 1000 * paper.FUSION_FILTERS


def test_smoothing_is_a_gaussian_blur_that_repeats_the_edge():
    ab = np.random.default_rng(0).normal(0, 40, (2, 64, 192, 2)).astype("float32")
    sigma = 64 * paper.BLUR
    expected = gaussian(ab, (0, sigma, sigma, 0), preserve_range=True)
    assert np.abs(ops.convert_to_numpy(paper.smooth(ab)) - expected).max() < 1e-3


def test_losses_of_other_divisors_compare():
    truth = {"ab": np.full((1, 64, 64, 2), 64.0)}
    assert float(equation_1(truth, 0 * truth["ab"])) == 0.25


def test_the_relative_of_2017():
    """Deep Koalarization: shrinks to an eighth, sees 1000 scores, answers at full size."""
    model = baldassarre2017.build()
    kernels = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    encoder, fused, decoder = kernels[:8], kernels[8], kernels[9:]
    assert [layer.filters for layer in encoder] == [64, 128, 128, 256, 256, 512, 512, 256]
    assert [layer.strides[0] for layer in encoder] == [2, 1, 2, 1, 2, 1, 1, 1]
    assert (fused.filters, fused.kernel_size) == (256, (1, 1))
    assert [layer.filters for layer in decoder] == [128, 64, 64, 32, 2]
    light = keras.random.uniform((2, 64, 128, 1), 0, 100, seed=0)
    for scores in (ops.zeros((2, 1000)), ops.ones((2, 1000))):
        ab = model({"lightness": light, "class_scores": scores})
        assert tuple(ab.shape) == (2, 64, 128, 2)
    other = model({"lightness": light, "class_scores": 2 * scores})
    assert float(ops.max(ops.abs(ab - other))) > 1e-6
    assert model.count_params() == 6_573_794
    assert model.get_layer("small_ab").scale == 127.0


@pytest.mark.parametrize(("joint", "limits"), [(True, (0.0630, 0.0630)), (False, (0.1083, 0.0691))])
def test_the_relatives_fusion_starts_as_one_layer_or_as_two(joint, limits):
    model = build_network("baldassarre2017", {"joint_start": joint})
    names = "fusion_features", "fusion_scores"
    parts = [ops.convert_to_numpy(model.get_layer(name).kernel) for name in names]
    assert [np.abs(part).max() for part in parts] == pytest.approx(limits, abs=1e-4)
    first, second = (part.ravel()[:10_000] for part in parts)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.1, "each with dice of its own"
