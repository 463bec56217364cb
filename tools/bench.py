"""`make bench`: how fast is a training step, and where does its time go?

    python tools/bench.py [-o book/results/bench.json]

Four ways to train on the same bundled photos at 256x256, each in a process of its own:

    notebook   the best-known public colourization notebook, written afresh for this comparison from
               its description: Lab by scikit-image in a generator, Inception-ResNet-v2 (random
               weights, 299 pixels) called twice a batch, its own network, batch 10
    plain      our network fed like that: Lab by scikit-image and the extractor on every batch
    online     our compiled step, with the extractor in it
    cached     our compiled step with class scores computed beforehand: what `train` does

Reported are photos a second, the share of the step that goes into its input (everything but the
network and its update), peak memory, and ratios. Times on a CPU say little about a GPU.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

STEPS = 6
SIZE = 256


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--out", type=Path, default=Path("book/results/bench.json"))
    parser.add_argument("--only", choices=WAYS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps(WAYS[chosen.only]()))
        return

    found = {}
    for way in WAYS:
        print(f"measuring: {way}", flush=True)
        command = [sys.executable, __file__, "--only", way]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found[way] = json.loads(done.stdout.splitlines()[-1])
        print(found[way], flush=True)
    # Only now: a child's peak memory begins with that of the process that started it.
    from colorlib import machine
    from colorlib.files import write_json

    rate = {way: row["photos_per_second"] for way, row in found.items()}
    report = {
        "command": "make bench",
        "photo_set": "commons",
        "size": SIZE,
        "machine": machine.describe(),
        "ways": found,
        "times_the_notebook": {way: round(rate[way] / rate["notebook"], 2) for way in WAYS},
    }
    write_json(chosen.out, report)
    print(f"cached is {report['times_the_notebook']['cached']} times the notebook; {chosen.out}")


def photo_batches(batch_size):
    """Float RGB photos 0..1 in batches, without end."""
    from colorlib import photoset

    photos = photoset.commons().photos
    start = 0
    while True:
        yield np.array(photos[start : start + batch_size]) / 255.0  # (B, 256, 256, 3)
        start = (start + batch_size) % (len(photos) - batch_size)


def timed(step, make_input, batch_size):
    """Run some steps; rate, share of the input, peak memory."""
    step(make_input())  # the first builds and compiles
    input_seconds = 0.0
    started = time.perf_counter()
    for _ in range(STEPS):
        before = time.perf_counter()
        batch = make_input()
        input_seconds += time.perf_counter() - before
        step(batch)
    return row(time.perf_counter() - started, input_seconds, batch_size)


def row(seconds, input_seconds, batch_size):
    return {
        "batch_size": batch_size,
        "photos_per_second": round(STEPS * batch_size / seconds, 2),
        "input_share": round(input_seconds / seconds, 3),
        "peak_memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }


def notebook():
    """The public notebook: E. Wallner's "Full version" of 2017, by its description."""
    import keras
    from keras import layers
    from skimage.color import gray2rgb, rgb2gray, rgb2lab
    from skimage.transform import resize

    scores = keras.Input((1000,))
    light = keras.Input((SIZE, SIZE, 1))
    x = light
    for filters, stride in zip(
        (64, 128, 128, 256, 256, 512, 512, 256), (2, 1, 2, 1, 2, 1, 1, 1), strict=True
    ):
        x = layers.Conv2D(filters, 3, stride, "same", activation="relu")(x)
    tiled = layers.Reshape((32, 32, 1000))(layers.RepeatVector(32 * 32)(scores))
    x = layers.Concatenate()([x, tiled])  # (B, 32, 32, 1256)
    x = layers.Conv2D(256, 1, activation="relu")(x)
    for filters, grow in ((128, True), (64, True), (32, False), (16, False)):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.UpSampling2D()(x) if grow else x
    x = layers.Conv2D(2, 3, padding="same", activation="tanh")(x)
    model = keras.Model([scores, light], layers.UpSampling2D()(x))
    model.compile("rmsprop", "mse", jit_compile=False)
    extractor = keras.applications.InceptionResNetV2(weights=None)
    preprocess = keras.applications.inception_resnet_v2.preprocess_input
    batches = photo_batches(10)

    def make_input():
        rgb = next(batches)
        grey = gray2rgb(rgb2gray(rgb))
        large = np.stack([resize(photo, (299, 299, 3), mode="constant") for photo in grey])
        for _ in range(2):  # once for the generator, once more for the batch
            embedding = extractor.predict(preprocess(large), verbose=0)
        lab = rgb2lab(rgb)
        return [embedding, lab[..., :1]], lab[..., 1:] / 128

    return timed(lambda batch: model.train_on_batch(*batch), make_input, 10)


def plain():
    """Our network, fed in the way of the notebook."""
    import keras
    from skimage.color import rgb2lab

    from colorlib import extractors, network

    model = network.colorizer()
    model.compile(keras.optimizers.Adam(), "mse", jit_compile=False)
    extractor = extractors.load_extractor("efficientnet_lite0")
    batches = photo_batches(32)

    def make_input():
        rgb = next(batches)
        lab = rgb2lab(rgb)
        scores = extractor.predict_on_batch(255 * rgb)
        return {"lightness": lab[..., :1] / 50 - 1, "class_scores": scores}, lab[..., 1:] / 128

    return timed(lambda batch: model.train_on_batch(*batch), make_input, 32)


def cached(online=False):
    """Our compiled step; `online` has the extractor look at every batch again."""
    import keras
    from keras import ops

    from colorlib import extractors, lab, training
    from colorlib.batches import Data

    config = training.config_from(
        {"tier": "full", "extractor": "efficientnet_lite0", "transforms": 2}
    )
    data = Data(config)
    task = training.Colorization(config, data)
    if online:
        extractor = extractors.load_extractor("efficientnet_lite0")
        with_cached_scores = task.vary

        def vary(photos, scores):
            rgb, _ = with_cached_scores(photos, scores)
            return rgb, extractor(255 * rgb, training=False)

        task.vary = vary

    class InputOnly(keras.Model):
        """The same step without the network: gathering, augmenting, Lab."""

        def call(self, batch):
            batch = task.bank(batch["row"])
            rgb, scores = task.vary(batch["photos"], batch["scores"])
            scores = ops.cast(scores, "float32")
            return ops.mean(lab.rgb_to_lab(rgb), axis=(1, 2, 3)) + ops.mean(scores, axis=-1)

    only = InputOnly()
    only.compile(jit_compile=False)
    batches = data.training(0)

    def seconds(step):
        step(*batches[0])  # the first compiles
        started = time.perf_counter()
        for number in range(STEPS):
            step(*batches[number])
        return time.perf_counter() - started

    return row(seconds(task.train_on_batch), seconds(only.predict_on_batch), config.batch_size)


def online():
    return cached(online=True)


WAYS = {"notebook": notebook, "plain": plain, "online": online, "cached": cached}

if __name__ == "__main__":
    main()
