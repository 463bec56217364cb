"""A trained network on disk: the weights, and beside them what they mean.

`NAME.weights.h5` holds numbers only. `NAME.json`, the card, says which design they fit and with
which options, what extractor the network listened to and how large the photos were that each of
them saw, how it was made, and the hash of the weights. One without the other is not loaded.

Chapter: 05_training.
"""

import dataclasses
from pathlib import Path

from colorlib import designs
from colorlib.files import UserError, atomic_write, read_json, sha256_of, write_json


def save_network(network, path, design: str, options: dict, half: bool = False, **card):
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
        card = {"design": design, "options": chosen, **card, "sha256": sha256_of(temporary)}
    write_json(description, card)


def load_network(path):
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
        If a file is missing, damaged, of another network or not the one that the JSON describes.
    """
    weights, description = _names(path)
    card = read_card(path)
    if sha256_of(weights) != card["sha256"]:
        raise UserError(
            f"{weights}: is not the file that {description.name} describes; get both anew"
        )
    try:
        network = designs.build_network(card["design"], card["options"])
    except UserError as error:
        raise UserError(f"{description}: {error}") from error
    try:
        network.load_weights(weights)
    except (ValueError, OSError, KeyError) as error:
        reason = str(error).strip().splitlines()[0]
        raise UserError(
            f"{weights}: does not fit the network in {description.name} ({reason})"
        ) from error
    return network, card


def read_card(path):
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
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{description}: does not describe a colorlib network ({error})") from error
    return card


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
    path = Path(path) / "model" if Path(path).is_dir() else path
    path = str(path).removesuffix(".json").removesuffix(".weights.h5")
    return Path(path + ".weights.h5"), Path(path + ".json")
