import keras
import numpy as np
import pytest
from keras import layers

from colorlib import anatomy
from colorlib.designs import build_network


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return build_network("paper")


@pytest.fixture(scope="module")
def table(model):
    return {row.name: row for row in anatomy.layer_table(model)}


@pytest.mark.core
def test_cost_of_the_colorizer(model, table):
    assert sum(row.parameters for row in table.values()) == model.count_params() == 7_727_906
    # The paper's fusion multiplies 1512 numbers at each of 16 places; ours 512, and 1000 once.
    saved = 2 * 512 * (16 * 1512 - (16 * 512 + 1000))
    flop = sum(row.flop for row in table.values())
    assert round(flop / 1e9, 3) == 3.057
    assert round((flop + saved) / 1e9, 2) == 3.07


@pytest.mark.core
def test_rows_of_the_colorizer(table):
    assert table["encoder_2"] == ("encoder_2", "Conv2D", (64, 64, 128), 73_856, 603_979_776, 7)
    assert table["fusion_scores"].receptive_field is None
    assert table["fusion_scores"].output == (512,)
    # By hand: 3x3x64x32 numbers, each handed out by each of 128x128 places.
    assert table["decoder_7"].flop == 2 * 3 * 3 * 64 * 32 * 128 * 128
    assert [table[f"encoder_{n}"].receptive_field for n in range(1, 7)] == [3, 7, 15, 31, 63, 127]


@pytest.mark.parametrize("size", [64, 512])
def test_size_changes_shapes_and_cost_but_not_parameters(model, table, size):
    other = {row.name: row for row in anatomy.layer_table(model, size)}
    for name, row in table.items():
        assert other[name].parameters == row.parameters
        assert other[name].receptive_field == row.receptive_field
    assert other["ab"].output == (size, size, 2)
    assert other["decoder_7"].flop * 256**2 == table["decoder_7"].flop * size**2


def test_vgg16():
    rows = anatomy.layer_table(keras.applications.VGG16(weights=None))
    assert sum(row.parameters for row in rows) == 138_357_544
    assert round(sum(row.flop for row in rows) / 1e9, 1) == 30.9
    (last_pool,) = [row for row in rows if row.name == "block5_pool"]
    assert last_pool.receptive_field == 212  # Araujo, Norris and Sim (2019), table 1
    assert last_pool.output == (7, 7, 512)


def nonzero(function, size, row, column):
    """First and last row of pixels, and of columns, with a gradient."""
    photo = np.random.default_rng(0).uniform(-1, 1, (1, size, size, 1)).astype("float32")
    gradient = np.abs(anatomy.input_gradient(function, photo, row, column))[..., 0]
    rows, columns = np.flatnonzero(gradient.any(1)), np.flatnonzero(gradient.any(0))
    return (rows[0], rows[-1]), (columns[0], columns[-1])


@pytest.mark.core
def test_the_gradient_sees_what_the_table_says(model, table):
    encoder = keras.Model(model.get_layer("encoder_1").input, model.get_layer("encoder_6").output)
    down, across = nonzero(lambda photo: encoder(photo, training=False), 256, 1, 3)
    assert down == anatomy.seen_by(model, "encoder_6", 1) == (64, 190)
    assert down[1] - down[0] + 1 == table["encoder_6"].receptive_field
    assert anatomy.seen_by(model, "encoder_6", 3) == (192, 318)
    assert across == (192, 255)  # the photo ends there


def test_the_gradient_sees_as_far_through_the_decoder(model, table):
    scores = keras.ops.zeros((1, 1000))

    def colorize(photo):
        return model({"lightness": photo, "class_scores": scores}, training=False)

    widths = []
    for place in (192, 193):  # an even and an odd place
        down, across = nonzero(colorize, 448, place, place)
        assert down == across == anatomy.seen_by(model, "ab", place, 448)
        widths.append(down[1] - down[0] + 1)
    assert max(widths) == table["ab"].receptive_field == 319


def test_dilation_padding_and_vectors():
    x = photos = keras.Input((32, 32, 3))
    x = layers.ZeroPadding2D(2)(x)  # 36x36
    x = layers.DepthwiseConv2D(3, dilation_rate=2, name="wide")(x)  # 32x32
    x = layers.AveragePooling2D(2, name="pool")(x)  # 16x16
    whole = layers.GlobalAveragePooling2D(keepdims=True, name="whole")(x)
    x = layers.Multiply(name="gated")([x, whole])
    model = keras.Model(photos, layers.UpSampling2D(name="unknown")(x))
    table = {row.name: row for row in anatomy.layer_table(model)}
    assert table["wide"].flop == 2 * 3 * 3 * 3 * 32 * 32
    assert table["wide"].receptive_field == 5
    assert table["pool"].receptive_field == 6
    assert anatomy.seen_by(model, "pool", 3) == (4, 9)
    assert table["whole"].receptive_field == 36  # the padding included
    assert table["gated"].receptive_field >= 36
    assert table["unknown"].receptive_field is None


def test_errors(model):
    with pytest.raises(ValueError, match="does not look at a photo"):
        anatomy.seen_by(model, "fusion_scores", 0)
    photos = keras.Input((64, 64, 1))
    inner = keras.Model(photos, layers.Conv2D(2, 3)(photos))
    outer = keras.Input((64, 64, 1))
    with pytest.raises(ValueError, match="model within the model"):
        anatomy.layer_table(keras.Model(outer, inner(outer)))


def test_deep_koalarization_does_six_times_the_arithmetic(model):
    """The results page says so."""
    other = build_network("baldassarre2017")
    ours, theirs = (sum(row.flop for row in anatomy.layer_table(each)) for each in (model, other))
    assert round(theirs / ours, 1) == 6.3
