"""Bring what the pages load in the browser into `_vendor/`, so that the site needs no network.

    python -m tools.site.vendor

npm installs the packages of package-lock.json into node_modules; the few files that pages load are
copied from there. The network of the page that colourizes is exported from the shipped weights.
`_vendor/` goes into the site's root: `vendor/mathjax`, `vendor/widgets`, `vendor/colorizer`.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import ROOT

NODE = ROOT / "node_modules"
TARGET = ROOT / "_vendor" / "vendor"
RUNTIME = "ort-wasm-simd-threaded.wasm"  # CPU alone, half as large as the one that knows GPUs
# The widget manager asks for its fonts at the second and at the third address.
COPIES = (
    ("mathjax/es5/tex-mml-chtml.js", "mathjax"),
    ("mathjax/es5/output/chtml/fonts/woff-v2/*.woff", "mathjax/output/chtml/fonts/woff-v2"),
    ("requirejs/require.js", "widgets"),
    ("@jupyter-widgets/html-manager/dist/embed-amd.js", "widgets"),
    ("@jupyter-widgets/html-manager/dist/*.woff2", "widgets/npm/@jupyter-widgets"),
    (
        "@jupyter-widgets/html-manager/dist/*.woff2",
        "widgets/npm/@jupyter-widgets/html-manager/dist",
    ),
    ("onnxruntime-web/dist/ort.wasm.bundle.min.mjs", "onnxruntime"),
    (f"onnxruntime-web/dist/{RUNTIME}", "onnxruntime"),
)


def main():
    if not installed():
        install()
    copy()
    export()


def installed():
    """Whether node_modules holds what the lock asks for."""
    wanted = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    try:
        found = json.loads((NODE / ".package-lock.json").read_text())["packages"]
    except FileNotFoundError:
        return False
    return all(found.get(name, {}).get("version") == wanted[name]["version"] for name in direct())


def direct():
    """The packages that package.json names, as the lock names them."""
    package = json.loads((ROOT / "package.json").read_text())
    return [f"node_modules/{name}" for name in package["dependencies"] | package["devDependencies"]]


def install():
    if shutil.which("npm") is None:
        sys.exit("make book needs npm (Node.js 18 or newer), which fetches MathJax for its pages")
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode:
        sys.exit("npm could not fetch the packages of package-lock.json: is there a network?")


def copy():
    shutil.rmtree(TARGET, ignore_errors=True)
    for pattern, folder in COPIES:
        found = sorted(NODE.glob(pattern))
        assert found, f"no package brings {pattern}"
        (TARGET / folder).mkdir(parents=True, exist_ok=True)
        for path in found:
            shutil.copy(path, TARGET / folder)
    shutil.copy(Path(__file__).with_name("widgets.js"), TARGET / "widgets" / "before.js")
    (TARGET / "licences.txt").write_text(licences())


def export():
    """Write the network, and beside it what the page must know of the program that runs it."""
    folder, runtime = TARGET / "colorizer", TARGET / "onnxruntime" / RUNTIME
    colorlib = Path(sys.executable).with_name("colorlib")
    command = [colorlib, "export", folder, "--weights", "unet_hints"]
    # tf2onnx numbers its nodes by the order of sets: so readers who have the network keep it.
    done = subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": "0"}, stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"the network was not exported:\n{done.stderr.decode()}")
    digest = hashlib.sha256(runtime.read_bytes()).hexdigest()
    about = {"file": f"../onnxruntime/{RUNTIME}", "bytes": runtime.stat().st_size, "sha256": digest}
    (folder / "runtime.json").write_text(json.dumps(about))


def licences():
    """Which packages stand here under which licence, with the licence's text where it has one."""
    parts = []
    for name in json.loads((ROOT / "package.json").read_text())["dependencies"]:
        package = json.loads((NODE / name / "package.json").read_text())
        parts.append(f"{name} {package['version']}: {package['license']}\n")
        parts += [path.read_text() for path in sorted((NODE / name).glob("LICENSE*"))]
    return "\n".join(parts)


if __name__ == "__main__":
    main()
