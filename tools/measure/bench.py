"""`make bench`: how fast is a training step, and where does its time go?

    python -m tools.measure.bench [--backends]

Four ways to train on the same bundled photos at 256x256, each in a process of its own:

    notebook   the best-known public colourization notebook, written afresh for this comparison from
               its description: Lab by scikit-image in a generator, Inception-ResNet-v2 (random
               weights, 299 pixels) called twice a batch, its own network, batch 10
    plain      our network fed like that: Lab by scikit-image and the extractor on every batch
    online     our compiled step, with the extractor in it
    cached     our compiled step with class scores computed beforehand: what `train` does

Reported are photos a second, the share of the step that goes into its input (everything but the
network and its update), peak memory, and ratios. Times on a CPU say little about a GPU.

Then `cached` against `ready`: the same network learning by plain `fit` from arrays that hold L,
ab and class scores ready to use, without augmentation. Both take turns in one process.

With `--backends` instead the compiled step on every Keras backend that is installed: `pip install
torch` first adds PyTorch, which the kit does without. JAX takes some minutes.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from importlib.util import find_spec

import numpy as np

STEPS = 6
ROUNDS = 7  # of `cached` against `ready`
SIZE = 256


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backends", action="store_true", help="compare Keras' backends")
    parser.add_argument("--only", choices=[*WAYS, *MORE], help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps((WAYS | MORE)[chosen.only]()))
        return

    if chosen.backends:
        name, command, found = "backends", "make bench-backends", compare_backends()
    else:
        name, command, found = "bench", "make bench", compare_ways()
    # Only now: a child's peak memory begins with that of the process that started it.
    from colorlib import machine
    from colorlib.files import write_json

    report = {"command": command, "photo_set": "commons", "size": SIZE}
    report |= {"machine": machine.describe(), **found}
    write_json(f"book/results/{name}.json", report)


def compare_ways():
    ways = {way: measure(way) for way in WAYS}
    rate = {way: row["photos_per_second"] for way, row in ways.items()}
    return {
        "ways": ways,
        "times_the_notebook": {way: round(rate[way] / rate["notebook"], 2) for way in WAYS},
        "cached_against_ready": measure("ready"),
    }


def compare_backends():
    return {"backends": {name: measure("backend", name) for name in BACKENDS if find_spec(name)}}


def measure(way, backend="tensorflow"):
    """What a process of its own finds."""
    print(f"measuring: {way}, on {backend}", flush=True)
    command = [sys.executable, "-m", "tools.measure.bench", "--only", way]
    settings = os.environ | {"KERAS_BACKEND": backend}
    done = subprocess.run(command, env=settings, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    print(found, flush=True)
    return found


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

    from colorlib import extractors
    from colorlib.designs import build_network

    model = build_network("paper")
    model.compile(keras.optimizers.Adam(), "mse", jit_compile=False)
    extractor = extractors.load_extractor("efficientnet_lite0")
    batches = photo_batches(32)

    def make_input():
        rgb = next(batches)
        lab = rgb2lab(rgb)
        scores = extractor.predict_on_batch(255 * rgb)
        return {"lightness": lab[..., :1], "class_scores": scores}, lab[..., 1:]

    return timed(lambda batch: model.train_on_batch(*batch), make_input, 32)


def paper_task():
    """What `train` would begin with, for the paper's network and batch."""
    from tools.measure import prepared

    return prepared(tier="full", extractor="efficientnet_lite0", transforms=2)


def cached(online=False):
    """Our compiled step; `online` has the extractor look at every batch again."""
    from colorlib import extractors
    from tools.measure.profile_step import Compiled, only_input

    data, task = paper_task()
    if online:
        extractor = extractors.load_extractor("efficientnet_lite0")
        with_cached_scores = task.vary

        def vary(batch):
            rgb, _ = with_cached_scores(batch)
            return rgb, {"class_scores": extractor(255 * rgb, training=False)}

        task.vary = vary

    only = Compiled(only_input, task)
    only.compile(jit_compile=False)
    batches = data.training(0)

    def seconds(step):
        step(*batches[0])  # the first compiles
        started = time.perf_counter()
        for number in range(STEPS):
            step(*batches[number])
        return time.perf_counter() - started

    return row(seconds(task.train_on_batch), seconds(only.predict_on_batch), data.recipe.batch_size)


def online():
    return cached(online=True)


def against_ready():
    """`cached` and plain `fit` on ready arrays, some steps each in turn.

    `fit` is timed from the end of its first step to the end of its last. So the building and
    taking down of its input pipeline, which costs TensorFlow up to a second a call, does not
    count against it; what the pipeline does during the steps does.
    """
    import keras

    from colorlib import lab
    from colorlib.designs import build_network
    from colorlib.losses import equation_1

    data, task = paper_task()
    batches, batch_size = data.training(0).first(STEPS), data.recipe.batch_size
    photos = data.photos(batches.rows)  # (6 * 32, 256, 256, 3)
    colors = np.concatenate([lab.rgb_to_lab(photo[None]) for photo in photos])
    scores = data.told(batches.rows)["class_scores"][:, 0].astype("float32")
    inputs, true_ab = {"lightness": colors[..., :1], "class_scores": scores}, colors[..., 1:]
    model = build_network("paper")
    model.compile(
        keras.optimizers.Adam(data.recipe.learning_rate),
        lambda true_ab, ab: equation_1({"ab": true_ab}, ab),
        jit_compile=task.jit_compile,
    )

    class StepEnds(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            float(logs["loss"])  # waits for the step
            self.model.ends.append(time.perf_counter())

    def cached_step():
        task.learn(batches.first(1))
        started = time.perf_counter()
        task.learn(batches)
        return (time.perf_counter() - started) / STEPS

    def ready_step():
        model.ends = []
        model.fit(inputs, true_ab, batch_size, verbose=0, callbacks=[StepEnds()])
        return (model.ends[-1] - model.ends[0]) / (STEPS - 1)

    cached_step(), ready_step()  # the first ones compile
    seconds = []
    for number in range(ROUNDS):
        if number % 2:
            seconds.append((cached_step(), ready_step()))
        else:
            seconds.append((ready_step(), cached_step())[::-1])
    seconds = np.array(seconds)  # (ROUNDS, 2)
    ratios = seconds[:, 1] / seconds[:, 0]
    cached_rate, ready_rate = batch_size / np.median(seconds, axis=0)
    return {
        "rounds": ROUNDS,
        "steps_a_round": STEPS,
        "cached_photos_per_second": round(cached_rate, 2),
        "ready_photos_per_second": round(ready_rate, 2),
        "times_ready": round(float(np.median(ratios)), 3),
        "times_ready_of_each_round": np.sort(ratios).round(3).tolist(),
    }


def on_backend():
    """`cached` without the share of its input, and the layer that backends differ in most."""
    from keras import layers

    data, task = paper_task()
    batches = data.training(0).first(2)
    task.learn(batches.first(1))  # the first compiles
    started = time.perf_counter()
    task.learn(batches)
    seconds = (time.perf_counter() - started) / len(batches)
    there = step_of(layers.Conv2D(64, 3, 2, "same"), 128, task.jit_compile)
    back = step_of(layers.Conv2DTranspose(64, 3, 2, "same"), 64, task.jit_compile)
    return {
        "photos_per_second": round(data.recipe.batch_size / seconds, 2),
        "transposed_times_convolution": round(back / there, 2),  # the same arithmetic
    }


def step_of(layer, side, jit_compile):
    """Seconds of a training step of one layer alone."""
    import keras

    model = keras.Sequential([layer, keras.layers.GlobalAveragePooling2D()])
    model.compile("sgd", "mse", jit_compile=jit_compile)
    batch = np.ones((8, side, side, 64), "float32"), np.zeros((8, 64), "float32")
    model.train_on_batch(*batch)  # the first compiles
    started = time.perf_counter()
    for _ in range(STEPS):
        model.train_on_batch(*batch)
    return (time.perf_counter() - started) / STEPS


WAYS = {"notebook": notebook, "plain": plain, "online": online, "cached": cached}
MORE = {"ready": against_ready, "backend": on_backend}
BACKENDS = "tensorflow", "jax", "torch"

if __name__ == "__main__":
    main()
