"""`make bench-memory`: how much memory does training take, for small and for large photo sets?

    python -m tools.measure.memory

Makes prepared sets of noise, 256 pixels wide, and trains some steps on each in a process of its
own: streamed from disk, with rows drawn from the whole set; and, for a set of the paper's size,
with all photos on the device. The largest takes 20 GB of disk for a while.
"""

import csv
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from tqdm import tqdm

from colorlib import curation, extractors, machine, photoset
from colorlib.efficientnet_lite import CLASSES
from colorlib.files import write_json

STREAMED = (1_000, 10_000, 100_000)
ON_DEVICE = 9_500
SIZE = 256
STEPS = 10
BLOCK = 500

TRAIN = """
import json, re, sys
from tools.measure import prepared
asked = json.loads(sys.argv[1])
steps = asked.pop("steps")
data, trainer = prepared(**asked)
trainer.learn(data.training(0).first(steps))
if not data.on_device:  # now only the reading, of the whole set
    batches = data.training(1)
    for number in range(len(batches)):
        batches[number]
# The kernel's high-water mark of this program; that of `resource` begins with its parent's.
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1e6)
"""


def main():
    need = max(STREAMED) * (SIZE**2 * 3 + 4000)
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if free < 1.2 * need:
        sys.exit(f"{tempfile.gettempdir()}: {need / 1e9:.0f} GB are needed, {free / 1e9:.0f} free")

    rows = []
    for count, on_device in [*((count, False) for count in STREAMED), (ON_DEVICE, True)]:
        with tempfile.TemporaryDirectory() as folder:
            make_set(Path(folder), count, SIZE)
            peak = peak_memory(folder, SIZE, STEPS if not on_device else 5, on_device)
        rows.append({"photos": count, "on_device": on_device, "peak_memory_gb": round(peak, 2)})
        print(rows[-1], flush=True)
    write_json("book/results/memory.json", {
        "command": "make bench-memory",
        "size": SIZE,
        "batch_size": 32,
        "machine": machine.describe(),
        "sets": rows,
    })  # fmt: skip


def peak_memory(folder, size, steps, on_device=False, batch_size=32):
    """Train some steps in another process; the most memory it ever took, in GB."""
    asked = {
        "tier": "full",
        "photo_set": str(folder),
        "extractor": "efficientnet_lite0",
        "transforms": 2,
        "size": size,
        "batch_size": batch_size,
        "on_device": on_device,
        "steps": steps,
    }
    done = subprocess.run(
        [sys.executable, "-c", TRAIN, json.dumps(asked)], capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(done.stderr)
    return float(done.stdout.splitlines()[-1])


def make_set(folder, count, size):
    """Write a prepared set of noise: photos, manifest and class scores."""
    noise = np.random.default_rng(0)
    photos = np.lib.format.open_memmap(folder / "photos.npy", "w+", "uint8", (count, size, size, 3))
    for start in tqdm(range(0, count, BLOCK), f"{count} photos", leave=False):
        block = photos[start : start + BLOCK]
        block[:] = noise.integers(0, 256, block.shape, "uint8")
    hashes = [f"{row:064x}" for row in range(count)]
    with open(folder / "manifest.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, photoset.COLUMNS, restval="")
        writer.writeheader()
        for row, sha256 in enumerate(hashes):
            split = curation.split_of("", sha256)
            kept = {"file": f"{row}.png", "row": row, "split": split, "sha256": sha256}
            writer.writerow(kept | {"dhash": f"{row:016x}"})
    name = "efficientnet_lite0"
    scores = folder / "embeddings" / f"{name}-{extractors.weights_hash(name)}"
    scores.mkdir(parents=True)
    (scores / "photos.txt").write_text("\n".join(hashes) + "\n")
    for way in ("identity", "mirror"):
        np.save(scores / f"{way}.npy", np.zeros((count, CLASSES), "float16"))


if __name__ == "__main__":
    main()
