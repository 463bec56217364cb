import keras
import numpy as np
import pytest

from colorlib.losses import equation_1

pytestmark = pytest.mark.core


def loss_of(true_ab, predicted_ab):
    """Of values in -1..1, as the paper writes it; equation_1 takes Lab units."""
    return equation_1({"ab": 128 * true_ab}, 128 * predicted_ab)


def two_batches(seed=0):
    generator = np.random.default_rng(seed)
    return generator.uniform(-1, 1, (2, 3, 8, 6, 2)).astype("float32")


def test_is_equation_1_of_the_paper():
    true_ab, predicted_ab = two_batches()
    height, width = 8, 6
    losses = []
    for true, predicted in zip(true_ab, predicted_ab, strict=True):
        total = 0.0
        for channel in range(2):
            for i in range(height):
                for j in range(width):
                    total += (float(true[i, j, channel]) - float(predicted[i, j, channel])) ** 2
        losses.append(total / (2 * height * width))
    assert float(loss_of(true_ab, predicted_ab)) == pytest.approx(np.mean(losses), rel=1e-5)


def test_is_the_mean_squared_error_of_keras():
    true_ab, predicted_ab = two_batches()
    mse = keras.losses.MeanSquaredError()(true_ab, predicted_ab)
    assert float(loss_of(true_ab, predicted_ab)) == pytest.approx(float(mse), rel=1e-6)


def test_known_values():
    grey = np.zeros((2, 4, 4, 2), "float32")
    assert float(loss_of(grey, grey)) == 0
    assert float(loss_of(grey + 0.1, grey)) == pytest.approx(0.01)
    only_a = grey + np.array([0.2, 0], "float32")
    assert float(loss_of(only_a, grey)) == pytest.approx(0.02)


def test_half_precision_predictions_are_compared_in_float32():
    true_ab, predicted_ab = two_batches()
    loss = loss_of(true_ab, keras.ops.cast(predicted_ab, "bfloat16"))
    assert keras.backend.standardize_dtype(loss.dtype) == "float32"
    assert float(loss) == pytest.approx(float(loss_of(true_ab, predicted_ab)), rel=1e-2)


def test_a_model_can_be_compiled_with_it():
    model = keras.Sequential([keras.Input((None, None, 1)), keras.layers.Conv2D(2, 1)])
    model.compile(optimizer="sgd", loss=loss_of, metrics=["mse"])
    lightness = np.zeros((3, 8, 6, 1), "float32")
    loss, mse = model.evaluate(lightness, two_batches()[0], batch_size=3, verbose=0)
    assert loss == pytest.approx(mse, rel=1e-5)
