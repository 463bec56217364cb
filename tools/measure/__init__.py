"""Measuring: speed, memory, quality; the results page is made from what these write."""

from colorlib import training
from colorlib.batches import TrainingSet
from colorlib.recipes import recipe_from


def prepared(**parameters):
    """Photos and a new trainer, as a run with these parameters begins with them."""
    recipe, hardware = recipe_from(parameters)
    data = TrainingSet(recipe, hardware)
    return data, training.Trainer(recipe, data, hardware)
