"""Photos to ask about, and people who answer as they are told."""

import json
import random

import numpy as np
from PIL import Image

from colorlib.lab import to_lab, to_rgb


def write_photos(folder, photos):
    """Real photos at half their size, pale and warm copies of them; the options of a survey."""
    systems = {"pale": lambda ab: 0.4 * ab, "warm-2": lambda ab: 0.5 * ab + (8, 12)}
    for name in ("real", *systems):
        (folder / name).mkdir(parents=True)
    for i, photo in enumerate(photos[:, ::2, ::2]):
        Image.fromarray(photo).save(folder / "real" / f"{i:02d}.jpg", quality=95)
        lab = to_lab(photo)
        for name, paint in systems.items():
            painted = to_rgb(lab, paint(lab[..., 1:]))
            Image.fromarray(painted).save(folder / name / f"{i:02d}.png")
    return folder / "real", {name: folder / name for name in systems}


def read_kit(survey):
    """What a survey's page is told."""
    return json.loads((survey / "kit.js").read_text(encoding="utf-8").partition("\n")[2])


def answered(kit, number, fooled):
    """The result of one person, who is wrong where `fooled(person, photo, system)` is true."""
    chance, about = random.Random(number), kit["about"]
    answers, systems = [], len(about["systems"])

    def answer(kind, photo, system, wrong):
        side = chance.randrange(2) if about["protocol"] == "pairs" else int(system > 0)
        answers.append(
            {"kind": kind, "photo": photo, "system": system, "side": side}
            | {"answer": side ^ wrong, "ms": chance.randrange(400, 4000), "shown": 1003}
        )

    for photo in range(len(kit["practice"])):
        answer("practice", photo, 1, False)
    for i, photo in enumerate(chance.sample(range(about["photos"]), about["trials"])):
        system = 1 + i % systems
        if about["protocol"] == "single":
            system = 1 + i // 2 % systems if i % 2 else 0
        answer("test", photo, system, bool(fooled(number, photo, system)))
    for photo in range(len(kit["checks"])):
        answer("check", photo, 1, False)
    person = f"{np.random.default_rng(number).integers(2**63):016x}"
    return {"about": about, "person": person, "seed": 1, "screen": [390, 800], "answers": answers}
