import keras
import numpy as np
import pytest
from running import prepared

from colorlib import monitor


def test_first_step_tells_the_true_gradient(commons):
    """Plain gradient descent with a rate of 1 moves each weight by its gradient."""
    keras.utils.set_random_seed(0)
    data, trainer = prepared({"tier": "smoke", "on_device": False})
    (batch,) = data.training(0)[0]
    sizes = monitor.first_step(trainer, batch)
    assert len(sizes) == 16
    assert max(step for _, step in sizes.values()) <= 1.001 * data.recipe.learning_rate

    keras.utils.set_random_seed(0)
    _, task = prepared({"tier": "smoke", "on_device": False})
    task.compile(optimizer=keras.optimizers.SGD(1.0))
    layers = [task.network.get_layer(name) for name in sizes]
    before = [layer.get_weights()[0] for layer in layers]
    task.train_on_batch(batch)
    for layer, old, (gradient, _) in zip(layers, before, sizes.values(), strict=True):
        moved = np.sqrt(np.mean((layer.get_weights()[0] - old) ** 2))
        # The encoder's gradients are so small that float32 weights hide most of their digits.
        assert moved == pytest.approx(gradient, rel=0.01, abs=1e-8), layer.name
