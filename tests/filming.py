"""Clips made on the fly, and a network of four layers that colours them."""

import sys
from fractions import Fraction

import keras
import numpy as np
from keras import layers

from colorlib.colorizer import Colorizer
from colorlib.designs import DESIGNS, Design

# Colour by lightness alone, so that every frame has plenty of it.
SLOPES, OFFSETS = np.array([0.6, -0.6]).reshape(1, 1, 1, 2), np.array([-30.0, 30.0])


def build(options):
    lightness = keras.Input((None, None, 1), name="lightness")
    ab = layers.Conv2D(2, 1, name="by_lightness")
    network = keras.Model({"lightness": lightness}, ab(layers.AveragePooling2D(4)(lightness)))
    ab.set_weights([SLOPES, OFFSETS])
    return network


DESIGNS["by_lightness"] = Design(build, follows_edges=True)
PLAIN = Colorizer(build(None), {"design": "by_lightness", "size": 64, "sha256": "plain"})


def scene(frames, size=(96, 64), seed=0):
    """A bright disc that wanders over a dark gradient: grey levels, (T, H, W)."""
    width, height = size
    y, x = np.mgrid[:height, :width]
    ground = 40 + 60 * x / width + 20 * np.sin(y / 5 + seed)
    for number in range(frames):
        disc = np.hypot(x - width * (number + 5) / (frames + 10), y - height / 2) < height / 4
        yield np.where(disc, 200, ground).astype("uint8")


def film(path, frames=20, size=(96, 64), rate=25, stamps=None, base=None, sound="aac", **how):
    """Write a clip; `stamps` in units of `base`. `how`: codec, pix_fmt, rotation, shape, color."""
    import av

    with av.open(str(path), "w") as output:
        pictures = output.add_stream(
            how.get("codec", "libx264"), Fraction(rate).limit_denominator()
        )
        pictures.width, pictures.height = size
        pictures.pix_fmt = how.get("pix_fmt", "yuv420p")
        pictures.codec_context.time_base = base or 1 / Fraction(rate).limit_denominator(1001)
        if "shape" in how:
            pictures.codec_context.sample_aspect_ratio = how["shape"]
        if pictures.pix_fmt.startswith("yuvj"):
            pictures.codec_context.color_range = 2
        if "rotation" in how:
            pictures.set_display_rotation(how["rotation"])
        noise = output.add_stream(sound, 48000) if sound else None
        for number, grey in enumerate(scene(frames, size)):
            rgb = grey[..., None].repeat(3, axis=-1)
            if how.get("color"):
                rgb[..., 2] = 255 - rgb[..., 2]
            frame = av.VideoFrame.from_ndarray(rgb, "rgb24")
            frame.pts = stamps[number] if stamps else number
            frame.time_base = pictures.codec_context.time_base
            output.mux(pictures.encode(frame))
        output.mux(pictures.encode())
        if noise:
            length = noise.codec_context.frame_size or 1024
            for number in range(int(48000 * frames / rate / length)):
                level = np.random.default_rng(number).normal(0, 0.1, (1, length)).astype("f4")
                frame = av.AudioFrame.from_ndarray(level, "fltp", "mono")
                frame.sample_rate, frame.pts = 48000, number * length
                output.mux(noise.encode(frame))
            output.mux(noise.encode())
    return path


def contents(path):
    """What a film must keep: stamps in seconds, sound packets, and how it is to be shown."""
    import av

    found = {"sound": []}
    with av.open(str(path)) as container:
        pictures = container.streams.video[0]
        found["duration"] = container.duration / av.time_base
        found["shape"] = pictures.sample_aspect_ratio or 1
        for packet in container.demux():
            if packet.stream.type == "audio" and packet.size:
                stamp = float((packet.pts or 0) * packet.time_base)
                found["sound"].append((round(stamp, 3), bytes(packet)))
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        found["stamps"] = [float(frame.pts * frame.time_base) for frame in frames]
        found["rotation"] = frames[0].rotation
        full = frames[0].format.name.startswith("yuvj") or frames[0].color_range == 2
        found["full"] = full
        found["size"] = frames[0].width, frames[0].height
    return found


def frames_of(path):
    """The pictures of a film as screens show them, uint8 (T, H, W, 3)."""
    import av

    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


if __name__ == "__main__":  # a process to be killed
    from pathlib import Path

    from colorlib import film as room

    room.Colorizer.load = lambda name=None: PLAIN
    room.colorize_film(Path(sys.argv[1]), Path(sys.argv[2]))
