"""Adam as a recipe wants it: with a learning rate that may fall, and an average of the weights.

Chapter: 05_training.
"""

import contextlib

import keras
from keras import ops


class AveragingAdam(keras.optimizers.Adam):
    """Adam that keeps a moving average of the weights, and leaves the weights alone.

    Keras' own would put the average in the weights' place whenever `fit` ends, that is, after
    each of our epochs.
    """

    def finalize_variable_values(self, variables):
        """Do not do what Keras would do now."""

    def put_average(self, variables):
        """Overwrite `variables` with their moving averages."""
        super().finalize_variable_values(variables)


def optimizer_for(recipe, steps: int) -> keras.optimizers.Adam:
    """Adam as the recipe wants it, for a run of so many steps."""
    rate = recipe.learning_rate
    if recipe.schedule == "cosine":
        rising = min(round(recipe.warmup * steps), steps - 1)
        rate = keras.optimizers.schedules.CosineDecay(
            0.0 if rising else rate,
            steps - rising,
            warmup_target=rate if rising else None,
            warmup_steps=rising,
        )
    decay = {"weight_decay": recipe.weight_decay or None, "name": "adam"}
    if recipe.ema:
        return AveragingAdam(rate, use_ema=True, ema_momentum=recipe.ema, **decay)
    return keras.optimizers.Adam(rate, **decay)


def inner(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    """The optimizer itself, which half precision wraps in another that scales the loss."""
    return getattr(optimizer, "inner_optimizer", optimizer)


@contextlib.contextmanager
def averaged(network: keras.Model, optimizer: keras.optimizers.Optimizer):
    """Give the network the weights that the run will keep, for as long as the block lasts."""
    adam = inner(optimizer)
    if not adam.use_ema or not int(adam.iterations):  # before the first step the average is 0
        yield
        return
    learned = network.trainable_variables
    values = [ops.convert_to_numpy(variable) for variable in learned]
    adam.put_average(learned)
    try:
        yield
    finally:
        for variable, value in zip(learned, values, strict=True):
            variable.assign(value)
