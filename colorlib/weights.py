"""A trained network on disk: the weights, and beside them what they mean.

`NAME.weights.h5` holds numbers only. `NAME.json` says which network they fit
(its configuration), what extractor the network listened to, the photo size it was trained at,
how it was made, and the hash of the weights. One without the other is not loaded.

Chapter: 05_training.
"""

import dataclasses
from pathlib import Path

import h5py

from colorlib import network
from colorlib.files import UserError, read_json, sha256_of, whole_file, write_json


def save_network(model, path, config, half=False, **card):
    """Write a network as `path`.weights.h5 and `path`.json.

    Parameters
    ----------
    model : keras.Model
        What `network.colorizer(config)` made.
    path : path-like
        File name without suffix.
    config : network.NetworkConfig
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
    with whole_file(weights) as temporary:
        model.save_weights(temporary)
        if half:
            _to_half(temporary)
        card = {"network": dataclasses.asdict(config), **card, "sha256": sha256_of(temporary)}
    write_json(description, card)


def load_network(path):
    """Read what `save_network` wrote.

    Parameters
    ----------
    path : path-like
        File name without suffix, or either of the two files.

    Returns
    -------
    model : keras.Model
    config : network.NetworkConfig
    card : dict
        All that the JSON file says.

    Raises
    ------
    UserError
        If a file is missing, damaged, of another network or not the one that the JSON describes.
    """
    weights, description = _names(path)
    for file in (weights, description):
        if not file.is_file():
            raise UserError(
                f"{file}: not found; a network needs both {weights.name} and {description.name}"
            )
    card = read_json(description)
    try:
        values = dict(card["network"], encoder_filters=tuple(card["network"]["encoder_filters"]))
        config = network.NetworkConfig(**values)
        expected = card["sha256"]
    except (KeyError, TypeError) as error:
        raise UserError(f"{description}: does not describe a colorlib network ({error})") from error
    if sha256_of(weights) != expected:
        raise UserError(
            f"{weights}: is not the file that {description.name} describes; get both anew"
        )
    model = network.colorizer(config)
    try:
        model.load_weights(weights)
    except (ValueError, OSError, KeyError) as error:
        reason = str(error).strip().splitlines()[0]
        raise UserError(
            f"{weights}: does not fit the network in {description.name} ({reason})"
        ) from error
    return model, config, card


def _names(path):
    path = str(path).removesuffix(".json").removesuffix(".weights.h5")
    return Path(path + ".weights.h5"), Path(path + ".json")


def _to_half(path):
    """Rewrite every float32 array of an HDF5 file as float16."""
    arrays = {}

    def collect(name, item):
        if isinstance(item, h5py.Dataset):
            arrays[name] = item[()]

    with h5py.File(path, "r") as file:
        file.visititems(collect)
    # Begin the file anew, because HDF5 does not give back the space of what is deleted.
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file[name] = array.astype("float16") if array.dtype == "float32" else array
