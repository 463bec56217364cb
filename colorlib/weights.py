"""A trained network on disk: the weights, and beside them what they mean.

`NAME.weights.h5` holds numbers only. `NAME.json`, the card, says which design they fit and with
which options, what extractor the network listened to and how large the photos were that each of
them saw, how it was made, and the hash of the weights. One without the other is not loaded.

Chapter: 05_training.
"""

import dataclasses
import os
import re
from pathlib import Path

import h5py
import numpy as np
from keras import Model, ops

from colorlib import designs
from colorlib.files import UserError, atomic_write, hash_of, in_words, read_json, said, write_json
from colorlib.images import LARGEST_SIDE


def save_network(network: Model, path, design: str, options: dict, half: bool = False, **card):
    """Write a network as `path`.weights.h5 and `path`.json.

    Parameters
    ----------
    network : keras.Model
        What `designs.build_network(design, options)` made.
    path : path-like
        File name without suffix.
    design : str
        Row of `designs.DESIGNS`.
    options : dict
        What was chosen of the design's options.
    half : bool
        Store the weights as float16: half the size, and no difference that can be seen.
    **card
        What else to remember, as JSON values: `extractor`, `extractor_weights`, `size`, ...

    Raises
    ------
    UserError
        If the files cannot be written. Files that were there before are then unchanged.
    """
    weights, description = _names(path)
    if half:
        small = designs.build_network(design, options, "float16")
        small.set_weights(network.get_weights())
        network = small
    chosen = dataclasses.asdict(designs.options_of(design, options))
    with atomic_write(weights) as temporary:
        network.save_weights(temporary)
        card = {"design": design, "options": chosen, **card, "sha256": hash_of(temporary)}
    write_json(description, card)


def load_network(path: str | os.PathLike) -> tuple[Model, dict]:
    """Read what `save_network` wrote.

    Parameters
    ----------
    path : path-like
        A run's folder, a file name without suffix, or either of the two files.

    Returns
    -------
    network : keras.Model
    card : dict
        All that the JSON file says.

    Raises
    ------
    UserError
        If a file is missing, damaged, of another network, holds what are no finite numbers, or is
        not the one that the JSON describes.
    """
    weights, description = _names(path)
    card = read_card(path)
    if hash_of(weights) != card["sha256"]:
        raise UserError(
            f"{weights}: is not the file that {description.name} describes; get both anew"
        )
    try:
        _look_through(weights)
        network = designs.build_network(card["design"], card["options"])
        network.load_weights(weights)
        for variable in network.weights:
            if not np.isfinite(ops.convert_to_numpy(variable)).all():
                raise ValueError(f"{variable.path} holds values that are no finite numbers")
    except UserError as error:
        raise UserError(f"{description}: {error}") from error
    except Exception as error:  # damaged bytes and odd options can raise anything
        raise UserError(
            f"{weights}: does not fit the network in {description.name} ({said(error)})"
        ) from error
    return network, card


def _look_through(path):
    """Raise what is wrong with a file of weights, before memory is spent on it.

    It holds real numbers, as many bytes of them as it is long, and leads to no other file.
    """

    sizes = []

    def look(name, link):  # what it returns ends the search
        if not isinstance(link, h5py.HardLink):
            return f"{name} leads elsewhere"
        part = file[name]
        if isinstance(part, h5py.Dataset):
            sizes.append(part.nbytes)
            if part.dtype.kind not in "fiu" or part.external or part.is_virtual:
                return f"{name} holds no real numbers"

    with h5py.File(path) as file:
        problem = file.visititems_links(look)
    if not problem and sum(sizes) > os.path.getsize(path):
        problem = "it claims more numbers than it holds"
    if problem:
        raise ValueError(problem)


def read_card(path: str | os.PathLike) -> dict:
    """The card of a network on disk, without reading its weights.

    Parameters and errors are those of `load_network`.
    """
    weights, description = _names(path)
    for file in (weights, description):
        if not file.is_file():
            raise UserError(
                f"{file}: not found; a network needs both {weights.name} and {description.name}"
            )
    try:
        card = _of_today(read_json(description))
        if missing := {"sha256", "design", "options"} - card.keys():
            raise KeyError(*missing)
        if problem := next(_problems(card), None):
            raise UserError(problem)
    except UserError as error:
        raise UserError(
            f"{description}: {error.args[0].removeprefix(f'{description}: ')}"
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(
            f"{description}: does not describe a colorlib network ({said(error)})"
        ) from error
    return card


def _problems(card):
    """What in a card cannot be, in words."""
    if not re.fullmatch("[0-9a-f]{64}", card["sha256"]):
        yield f"sha256 is {card['sha256']!r:.80}; get the file anew"
    for name in ("extractor", "extractor_weights"):
        if not isinstance(card.get(name, ""), str):
            yield f"{name} is {card[name]!r:.80}; get the file anew"
    for name, step in (("size", 64), ("extractor_size", 1)):
        value = card.get(name, step)
        if type(value) is not int or not step <= value <= LARGEST_SIDE or value % step:
            yield f"{name} is {value!r:.80}; it takes a multiple of {step} up to {LARGEST_SIDE}"
    if not isinstance(card["options"], dict):
        yield f"options are {card['options']!r:.80}; they take a dictionary"
    designs.options_of(card["design"], card["options"])


def _of_today(card):
    """A card as it is written today; before, all networks were the paper's, with flags."""
    if card.get("design") == "baldassarre2017" and not card["options"]:  # before it had any
        return card | {"options": {"ab_divisor": 128.0}}
    if "network" not in card:
        return card
    options = dict(card["network"])
    design = {"koalarization": "baldassarre2017"}.get(options.pop("design", "paper"), "paper")
    if options.get("class_scores") == "none":
        raise UserError(
            "was trained without class scores by an earlier colorlib; train it anew with the "
            "design paper_alone"
        )
    card = {name: value for name, value in card.items() if name != "network"}
    return {
        "design": design,
        "options": options if design == "paper" else {"ab_divisor": 128.0},
        "extractor_size": 256,
        **card,
    }


def _names(path):
    if not isinstance(path, (str, os.PathLike)):
        raise UserError(f"{path!r:.80}: names no network; give a path, such as runs/mine")
    with in_words(f"{path!s:.80}", "cannot be read", "check the path"):
        path = Path(path) / "model" if Path(path).is_dir() else path
    path = str(path).removesuffix(".json").removesuffix(".weights.h5")
    return Path(path + ".weights.h5"), Path(path + ".json")
