"""The machine a run is on: what computes, what is in it, what it draws.

Chapter: 05_training.
"""

import importlib.metadata
import os
import platform
import shutil
import subprocess
import time
from pathlib import Path

import keras
from keras import ops

PACKAGES = ("colorlib", "keras", "tensorflow", "jax", "torch", "numpy", "pillow", "scikit-image")


def describe() -> dict:
    """Where this runs: processor, memory, accelerators, versions.

    Returns
    -------
    dict
        Ready for JSON. Chapter: 05_training.
    """
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = None
    return {
        "date": time.strftime("%Y-%m-%d"),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "device": device(),
        "gpus": gpu_names(),
        "backend": keras.backend.backend(),
        "python": platform.python_version(),
        "versions": versions,
    }


def device() -> str:
    """Where Keras computes, in its backend's words, such as "cuda:0"."""
    return str(ops.convert_to_tensor(0.0).device)


def on_cpu() -> bool:
    """Whether Keras computes on the processor, because it found no accelerator."""
    return "cpu" in device().lower()


def gpu_names() -> list[str]:
    """Names of the NVIDIA cards, such as ["Tesla T4"]; empty without one."""
    return _ask_cards("name")


def gpu_watts() -> float | None:
    """What the NVIDIA cards draw at this moment together, in watts; None if none tells."""
    try:
        return sum(float(watts) for watts in _ask_cards("power.draw")) or None
    except ValueError:  # "[N/A]": not every card measures it
        return None


def _ask_cards(question):
    """One answer for each card, from the driver's own tool, which knows all backends' cards."""
    if not shutil.which("nvidia-smi"):
        return []
    command = ["nvidia-smi", f"--query-gpu={question}", "--format=csv,noheader,nounits"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):  # nothing to end a run for
        return []
    return [] if asked.returncode else asked.stdout.splitlines()  # the tool may lack its driver


def processor_name() -> str:
    """The processor's name, which Linux keeps in a file of its own."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
