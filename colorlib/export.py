"""A trained network in ONNX: for other languages, other machines and the page that colourizes.

Two files: the extractor without the layer that names, from lightness to feature maps, and the
network, from lightness and maps to colours, one answer for each of its decodings. Weights are
stored in 16 bits; computing stays in 32. What has to be done before and after is told in the card.

Source: ONNX, https://onnx.ai; the graphs are made by tf2onnx, by way of Keras.
"""

import contextlib
import os
import shutil
import warnings
from pathlib import Path

import keras
import numpy as np
from tqdm import tqdm

from colorlib import bins, extractors
from colorlib.colorizer import Colorizer
from colorlib.files import UserError, atomic_write, check_folder, hash_of, write_json

LARGE = 64  # arrays of fewer numbers are not worth halving
# A photo's height and width while a graph is drawn; the graph then takes any multiples of 64.
# Keras cannot draw `UpSampling2D` for sides that are not known.
DRAWN = 192, 320
KEPT = "design", "size", "extractor", "photos", "terms", "licence"
HOW = """\
All arrays are float32, (B, h, w, channels); the numbers of inputs and outputs are channels.
Make the photo small (Lanczos, 8 bits a channel): its shorter side `size` pixels, the longer one in
proportion, but at most 4 times that, both rounded to multiples of 64.
Take its lightness, (B, H, W, 1): L of CIE Lab under D65, 0 to 100.
Run the files in their order. An output is the input of that name in the next file.
Hints, where it takes them, are (B, H, W, 3): a, b and 1 around places whose colour is told, else
zeros. `likely` says how likely each of the card's colours (a, b) is at each place. What the answer
misses at hints is to be spread over like places afterwards (`colorlib.colorizer.spread`).
Other answers are a and b in Lab units. Enlarge one to the photo's size: colorlib lets its edges
follow those of L (`colorlib.colorizer.guided`), bicubic alone is a little softer.
Join it with the L of the large photo; where sRGB cannot show a colour, lower its chroma."""


def export(out: str | os.PathLike, name: str | os.PathLike | None = None) -> list[Path]:
    """Write a colourizer as ONNX files, with a card that says how to use them.

    Parameters
    ----------
    out : path-like
        Folder; made if missing.
    name : str or path-like, optional
        See `Colorizer.load`. It must be a network that is told an extractor's feature maps.

    Returns
    -------
    list of pathlib.Path
        The extractor and the network, the card, and the extractor's licence if it is shipped.

    Raises
    ------
    UserError
        If a package is missing, the network is told other things, or `out` cannot be written.
    """
    try:
        import onnx  # noqa: F401 (Keras asks for both later and less kindly)
        import tf2onnx  # noqa: F401
    except ModuleNotFoundError as error:
        advice = "give: pip install onnx tf2onnx"
        raise UserError(f"export needs the package {error.name}; {advice}") from error
    if keras.backend.backend() != "tensorflow":
        raise UserError("export works with TensorFlow alone; unset KERAS_BACKEND")
    colorizer, out, written, files = Colorizer.load(name), Path(out), [], []
    card, design = colorizer.card, colorizer.design
    if not design.follows_edges or design.needs not in (("features",), ("features", "hints")):
        raise UserError(
            f"{card['design']}: cannot be exported; choose a network that is told feature maps, "
            "such as unet"
        )
    check_folder(out)
    for part, network in tqdm(_parts(colorizer).items(), unit="file"):
        written.append(out / f"{part}.onnx")
        with atomic_write(written[-1]) as temporary:
            ends = _write_graph(network, temporary)
        size, digest = written[-1].stat().st_size, hash_of(written[-1])
        files.append({"file": written[-1].name, "bytes": size, "sha256": digest, **ends})
    said = {key: card.get(key) for key in KEPT} | {"weights": card["sha256"]}
    if "likely" in files[-1]["outputs"]:
        said["likely"] = bins.centres().tolist()
    write_json(out / "card.json", {**said, "files": files, "how": HOW})
    written.append(out / "card.json")
    if card["extractor"].startswith("efficientnet_lite"):
        written.append(Path(shutil.copy(extractors.SHIPPED / "LICENSE.efficientnet-lite.txt", out)))
    return written


def _parts(colorizer):
    """The networks to draw, by name."""
    lightness = keras.Input((*DRAWN, 1), name="lightness")
    seen = extractors.load_features(colorizer.card["extractor"])(lightness)
    named = {f"stride_{n}": maps for n, maps in zip(extractors.STRIDES, seen, strict=True)}
    told = [keras.Input(maps.shape[1:], name=name) for name, maps in named.items()]
    own = {"lightness": lightness, "features": told}
    if "hints" in colorizer.design.needs:
        own["hints"] = keras.Input((*DRAWN, 3), name="hints")
    answer, answers = colorizer.network(own), {}
    for name, decode in colorizer.design.decodings.items():
        with contextlib.suppress(UserError):  # it was trained without the head for this one
            answers[name] = decode(answer)
    if "hints" in own and "logits" in answer:  # colours to choose a hint from
        answers["likely"] = keras.ops.softmax(answer["logits"])
    decoder = keras.Model(keras.tree.flatten(own), answers)
    names = colorizer.card["extractor"], colorizer.card["design"]
    return dict(zip(names, (keras.Model([lightness], named), decoder), strict=True))


def _write_graph(network, path):
    """Draw a network for photos of any size, its large weights in 16 bits.

    Returns how many channels its inputs and outputs have.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    specs = [
        keras.InputSpec("float32", (None, *each.shape[1:]), name=each.name)
        for each in network.inputs
    ]
    with warnings.catch_warnings(action="ignore"):  # of NumPy's, on what Keras mends in tf2onnx
        network.export(path, format="onnx", verbose=False, input_signature=[specs])
    graph = (model := onnx.load(path)).graph
    arrays = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    nodes, kept = [], []
    for node in graph.node:
        # What holds the sides: a map's only channel goes to the front or back as in a new shape.
        if node.op_type == "Reshape" and (shape := [*arrays.get(node.input[1], ())])[1:]:
            for perm, sides in (([0, 3, 1, 2], shape[2:]), ([0, 2, 3, 1], shape[1:3])):
                if len(shape) == 4 and sides[0] * DRAWN[1] == sides[1] * DRAWN[0]:
                    node = helper.make_node("Transpose", node.input[:1], node.output, perm=perm)
                    break
        nodes.append(node)
    for name, array in arrays.items():
        if array.dtype == np.float32 and array.size >= LARGE:
            nodes.insert(0, helper.make_node("Cast", [f"{name}/16"], [name], to=TensorProto.FLOAT))
            name, array = f"{name}/16", array.astype("float16")
        kept.append(numpy_helper.from_array(array, name))
    used, ends = {name for node in nodes for name in node.input}, {}
    for kind, found in {"inputs": graph.input, "outputs": graph.output}.items():
        for end in found:
            shape = end.type.tensor_type.shape.dim
            shape[1].dim_param, shape[2].dim_param = f"{end.name}_h", f"{end.name}_w"
            ends.setdefault(kind, {})[end.name] = shape[3].dim_value
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(nodes)
    graph.initializer.extend(each for each in kept if each.name in used)
    onnx.save(model, path)
    return ends
