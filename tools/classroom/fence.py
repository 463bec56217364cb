"""Running what students hand in: in a box of its own, with limits.

Where bubblewrap can run, the kernel sees its notebook's empty folder, Python, colorlib and the
bundled photos, the last three to be read only: no network, no other file, no other process. What is
inside is gone with the box.

Elsewhere it is a fence, not a sandbox. It stops accidents and careless mischief. If the grader is
root (as in most containers), the kernel becomes a user that owns nothing but the throw-away folder,
*before* Python starts. Python itself may live where that user cannot look (under /root, say); the
folders that a kernel needs are handed to it already opened.

Nothing outside the throw-away folder is ever changed or removed by the grader itself.
"""

import contextlib
import ctypes
import dataclasses
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import matplotlib
import psutil  # comes with ipykernel
from jupyter_client import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool

import colorlib
from colorlib.photoset import commons
from tools.classroom import exercises
from tools.site import book

HIDDEN = "### BEGIN HIDDEN TESTS\n"  # nbgrader's sign
USER = 64738  # a number that no account has
LIMITS = {"DATA": 8 << 30, "FSIZE": 100 << 20, "CORE": 0}  # bytes
START = """
import contextlib, resource
for name, most in {limits}.items():
    with contextlib.suppress(ValueError, OSError):  # a lower limit is in force already
        resource.setrlimit(getattr(resource, "RLIMIT_" + name), (most, most))
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()
"""
SHOWN = 1_000_000  # characters of output that are kept of a cell
LEFT_OUT = "not shown, since it quotes a hidden test"
QUOTES = {"text": LEFT_OUT, "data": {"text/plain": LEFT_OUT}, "traceback": [LEFT_OUT]}
QUOTES |= {"ename": "Error", "evalue": LEFT_OUT}
# Colours of a terminal, and what str() puts before quotes and other signs in an output.
EXTRA = re.compile(r"\\x1b\[[\d;]*m|[\\'\"]")
MESSAGE = re.compile(r"""^ *(f?["'].*["'])$""", re.MULTILINE)  # of an assertion, alone on a line
SAFE = {"text/plain", "image/png", "image/jpeg"}  # kinds of output that cannot do anything
NEEDED = "import ipykernel, matplotlib, skimage, ssl, colorlib.checks"


@dataclasses.dataclass(frozen=True)
class Fence:
    """How a kernel is started: which Python, with what in its environment, as whom."""

    python: str
    environment: dict
    start: dict = dataclasses.field(default_factory=dict)  # further arguments of Popen
    box: tuple = ()  # what goes before the command, but for the folder that may be written

    @property
    def words(self):
        if self.box:
            return "in a box, without network and other files"
        if self.start:
            return "as an unprivileged user, who may read what all users may"
        return "as you, who can read the other submissions (install bubblewrap, or use a container)"


def build():
    """The best fence that this system allows."""
    box = boxed()
    if shutil.which("bwrap") and _starts([*box.box, box.python], box.environment):
        return box
    if os.geteuid() == 0 and Path("/proc/self/fd").exists():
        fence = other_user()
        if _starts([fence.python], fence.environment, **fence.start):
            return fence
    return same_user()


def _starts(command, environment, **options):
    command = [*command, "-c", NEEDED]
    return subprocess.run(command, env=environment, capture_output=True, **options).returncode == 0


def boxed():
    """A box made by bubblewrap, in which only what is named exists."""
    library, photos = Path(colorlib.__file__).parent, commons().path.parent
    box = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session"]
    box += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for name in ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime"):
        if os.path.islink(name):
            box += ["--symlink", os.readlink(name), name]
        elif os.path.exists(name):
            box += ["--ro-bind", name, name]
    homes = {Path(home).resolve() for home in (sys.base_prefix, sys.prefix)}
    for path in (*sorted(homes), library, photos):
        box += ["--ro-bind", str(path), str(path)]
    box += ["--unsetenv", "JPY_PARENT_PID"]  # a process that the kernel would miss
    return Fence(sys.executable, _environment(library.parent, photos), box=tuple(box))


def same_user():
    return Fence(sys.executable, _environment(book.ROOT, commons().path.parent))


def other_user():
    """A user who owns nothing, with the folders that Python needs already opened."""
    handles = []

    def opened(folder):
        handles.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
        os.set_inheritable(handles[-1], True)
        return f"/proc/self/fd/{handles[-1]}"

    home = opened(sys.base_prefix)
    packages = [opened(book.ROOT), opened(sysconfig.get_path("purelib"))]
    environment = _environment(os.pathsep.join(packages), opened(commons().path.parent))
    environment |= {"PYTHONHOME": home, "LD_LIBRARY_PATH": f"{home}/lib"}
    python = Path(sys.executable).resolve().relative_to(Path(sys.base_prefix).resolve())
    start = {"user": USER, "group": USER, "extra_groups": [], "pass_fds": handles}
    return Fence(f"{home}/{python}", environment, start)


def _environment(packages, photos):
    """What a kernel may know of the grader's environment."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(packages),
        "COLORLIB_CACHE": str(photos),
        "CUDA_VISIBLE_DEVICES": "",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


class Kernel(AsyncKernelManager):
    """A kernel behind the fence, at home in a throw-away folder."""

    def __init__(self, fence, folder, **options):
        if fence.box:  # there is no network to talk over
            options |= {"transport": "ipc", "ip": str(folder / "kernel")}
        super().__init__(connection_file=str(folder / "kernel.json"), **options)
        self.fence, self.folder = fence, folder
        if fence.box:  # a signal would end the box
            self.kernel_spec.interrupt_mode = "message"

    def format_kernel_cmd(self, extra_arguments=None):
        # Processes are counted by user, and the grader may have many.
        limits = LIMITS | ({"NPROC": 500} if self.fence.start else {})
        start = [self.fence.python, "-c", START.format(limits=limits)]
        if self.fence.box:
            folder = str(self.folder)
            start = [*self.fence.box, "--bind", folder, folder, "--chdir", folder, *start]
        return [*start, "-f", self.connection_file, *(extra_arguments or [])]

    def write_connection_file(self, **options):
        super().write_connection_file(**options)
        give(self.connection_file, self.fence)

    async def start_kernel(self, **options):
        homes = {"HOME": self.folder, "TMPDIR": self.folder / "tmp"}
        homes |= {"MPLCONFIGDIR": self.folder / "matplotlib", "JUPYTER_RUNTIME_DIR": self.folder}
        options["env"] = self.fence.environment | {name: str(at) for name, at in homes.items()}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        await super().start_kernel(**options, **quiet, **self.fence.start)


def give(path, fence):
    """Let the kernel's user own a file or folder."""
    if fence.start:
        os.chown(path, fence.start["user"], fence.start["group"])


class Run(Execute):
    """Runs a notebook behind the fence.

    A cell that hangs although it was interrupted, or that ends the kernel, is left out, and the
    rest runs once more in a fresh kernel: one bad answer does not cost the marks of the others.
    """

    store_widget_state = Bool(False)

    def __init__(self, fence, **options):
        super().__init__(**options)
        self.fence, self.left_out, self.remarks = fence, set(), set()

    def preprocess(self, notebook, resources, km=None):
        self.folder = Path(tempfile.mkdtemp())  # `apart` throws it away
        (self.folder / "tmp").mkdir()
        shutil.copytree(matplotlib.get_cachedir(), self.folder / "matplotlib")  # it knows the fonts
        for path in (self.folder, *self.folder.rglob("*")):
            give(path, self.fence)
        resources["metadata"]["path"] = str(self.folder)
        try:
            self._run(notebook, resources)
            self._hide(notebook.cells)
        finally:
            # What lives in a box ends with it, if sometimes a moment later.
            if end_processes() and not self.fence.box:
                self.remarks.add("left a process running")
        return notebook, resources

    def _run(self, notebook, resources):
        while True:
            self.running = None
            try:
                return super().preprocess(notebook, resources)
            except Exception as error:  # whatever a student did to the kernel
                if self.running is None:
                    raise
                self.left_out.add(self.running)
                stopped = isinstance(error, CellTimeoutError)
                self.remarks.add("time limit" if stopped else "ended the kernel")
                words = "this cell did not end in time" if stopped else "this cell ended the kernel"
                failure = new_output("error", ename="Stopped", evalue=words, traceback=[words])
                notebook.cells[self.running].outputs = [failure]
                end_processes()

    def create_kernel_manager(self):
        self.km = Kernel(self.fence, self.folder, config=self.config)
        return self.km

    def preprocess_cell(self, cell, resources, index):
        if index in self.left_out:
            return cell, resources
        self.running, self.shown = index, 0
        if is_grade(cell) and not is_solution(cell):
            self._test(cell, index)
        else:
            cell = self.execute_cell(cell, index, store_history=not is_grade(cell))
        return cell, resources

    def _test(self, cell, index):
        """Run a check and, if it is passed, each hidden test: every one earns its share of marks.

        What is tested does not enter the history, where an answer could look it up.
        """
        source, outputs, passed = cell.source, [], 0
        check, _, hidden = source.rpartition(HIDDEN)
        tests = exercises.tests_of(hidden)
        try:
            for part in (check, *tests):
                cell.source = part
                self.execute_cell(cell, index, store_history=False)
                errors = [each for each in cell.outputs if each.output_type == "error"]
                outputs += cell.outputs if part is check else errors
                passed += not errors
                if errors and (part is check or index in self.left_out):
                    break
        finally:
            cell.source = source
        if 0 < (passed := passed - 1) < len(tests):
            earned = round(cell.metadata.nbgrader.points * passed / len(tests), 2)
            # nbgrader takes the first value that is displayed for a partial mark.
            data = {"text/plain": f"{earned:g}"}
            outputs.insert(0, new_output("execute_result", data, execution_count=None))
        cell.outputs = outputs

    def _hide(self, cells):
        """Leave out what quotes a hidden test: while it runs, an answer can look at its caller."""
        parts = [cell.source.rpartition(HIDDEN) for cell in cells]
        tests, others = ("\n".join(p[2] for p in parts if bool(p[1]) is w) for w in (True, False))
        lines = {line.strip() for line in tests.splitlines()} - {*MESSAGE.findall(tests)}
        secret = [EXTRA.sub("", each) for each in lines if len(each) > 8 and each not in others]
        for output in (each for cell in cells for each in cell.get("outputs", ())):
            shown = EXTRA.sub("", str(output))
            if any(line in shown for line in secret):
                self.remarks.add("quotes a hidden test")
                output.update({part: QUOTES[part] for part in QUOTES.keys() & output.keys()})

    def process_message(self, msg, cell, cell_index):
        content, kind = msg["content"], msg["msg_type"]
        if kind.startswith("comm"):  # of widgets, which may catch or change what a cell shows
            return None
        if kind == "error" and _shorten(content):
            self.remarks.add("output cut")
        room, size = max(0, SHOWN - self.shown), len(str(content))
        self.shown += size
        if "data" in content:  # HTML and scripts would run in the browser of whoever looks at them
            content["data"] = {kind: content["data"][kind] for kind in SAFE & {*content["data"]}}
            content["metadata"] = {}  # a picture's width becomes an attribute, as it stands
        # An error that is dropped here comes again with the reply: marks depend on it.
        if ("data" in content or kind in ("stream", "error")) and size > room:
            self.remarks.add("output cut")
            if not room or kind != "stream":
                return None
            content["text"] = content["text"][:room]
        return super().process_message(msg, cell, cell_index)

    def on_cell_executed(self, cell, cell_index, execute_reply):
        if execute_reply["content"]["status"] == "error":
            _shorten(execute_reply["content"])
        super().on_cell_executed(cell=cell, cell_index=cell_index, execute_reply=execute_reply)
        self._display_id_map.clear()  # what a later cell would change may be a mark by then
        tested = is_grade(cell) and not is_solution(cell)  # others are marked by a person
        for output in cell.outputs:
            if output.output_type == "error":
                if output.ename == "CellTimeoutError":
                    self.remarks.add("time limit")
                    self.left_out.add(cell_index)  # if there is a second run
                if tested:  # the lines around an error would tell the hidden tests
                    output.traceback = [f"{output.ename}: {output.evalue}"]
        if tested:
            # nbgrader takes a displayed value for a partial mark; ours come from what is raised.
            cell.outputs = [each for each in cell.outputs if each.output_type != "execute_result"]


def _shorten(error):
    """Cut what an error says, and its name, which may be as long; returns whether it was."""
    told = "\n".join(error["traceback"])
    left_out = error["ename"][200:], error["evalue"][2000:], told[:-20_000]
    error["ename"], error["evalue"] = error["ename"][:200], error["evalue"][:2000]
    error["traceback"] = [told[-20_000:]]
    return any(left_out)


def end_processes(process=None):
    """End all that a process (this one) has started, and what that has started; returns how many.

    A process that has left its parent is found, too, if a subreaper has adopted it.
    """
    ended = 0
    for _ in range(100):  # for what is started meanwhile
        if not (found := list(_living(process or psutil.Process()))):
            break
        for each in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        time.sleep(0.05)
        ended += len(found)
    return ended


def _living(process):
    for each in process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if each.status() != psutil.STATUS_ZOMBIE:
                yield each


def apart(seconds, work, *arguments):
    """Call a function in a process of its own, whose temporary files are thrown away.

    Returns
    -------
    object
        What the function returned.

    Raises
    ------
    TimeoutError
        If it has not ended after so many seconds. It and all that it started are ended.
    RuntimeError
        If it raised or died.
    """
    receiver, sender = multiprocessing.Pipe(duplex=False)
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o711)  # another user may go through
    fork = multiprocessing.get_context("fork")
    process = fork.Process(target=_send, args=(sender, folder, work, arguments))
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise TimeoutError
        result, reason = receiver.recv()
    except EOFError:
        result, reason = None, "its process died"
    finally:
        if process.is_alive():
            tree = psutil.Process(process.pid)
            tree.suspend()  # or it would start the next kernel
            end_processes(tree)
        process.kill()
        process.join()
        shutil.rmtree(folder, ignore_errors=True)
    if reason:
        raise RuntimeError(reason)
    return result


def _send(sender, folder, work, arguments):
    # Ctrl-C reaches all processes of a terminal; the one that waits for this one decides.
    signal.signal(signal.SIGINT, lambda *_: None)
    tempfile.tempdir = str(folder)
    if sys.platform == "linux":
        adopt_orphans = 36  # PR_SET_CHILD_SUBREAPER of prctl
        ctypes.CDLL(None).prctl(adopt_orphans, 1)
    try:
        sender.send((work(*arguments), None))
    except Exception as error:
        sender.send((None, f"{type(error).__name__}: {error}"))
