"""Processes that start at once: forked from one that has imported what they need; none outlives who asked.

One server process a machine and program imports the modules once, keeps a single thread and does nothing but
fork, or load what its forks will need. Whoever wants a process sends the server one end of a connection
through the door, a socket; the fork reads from that connection what to call, and answers on it. Its end is
the connection's end, and the other way round: a fork whose asker is gone, killed even, goes too.
"""

import contextlib
import gc
import os
import pickle
import pkgutil
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import traceback
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from analysis import places

PRELOAD = [  # modules and functions, the sooner needed the earlier; between two of them forks are made
    "analysis.processed", "scipy.optimize", "analysis.tables:warm", "ipykernel.kernelapp",
    "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.oinspect",
    "IPython.core.magics.execution", "IPython.extensions.storemagic", "psutil", "faulthandler",
    "tornado.platform.asyncio", "papermill", "nbformat.validator:get_validator",
    "jupyter_client.provisioning.factory:KernelProvisionerFactory.instance", "analysis.notebooks",
    "altair", "openpyxl", "matplotlib", "matplotlib.figure", "docx", "analysis.review",
    "analysis.review:warm", "analysis.plots", "analysis.references", "analysis.memo",
    "analysis.plots:warm", "analysis.documents:warm", "analysis.memo:warm",
]  # fmt: skip
SETTINGS = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython", "MPLCONFIGDIR": "matplotlib"}  # fmt: skip
UNFINISHED: set[Path] = set()  # folders of this process that nobody will have use for if it has to end early
AVAILABLE = hasattr(os, "fork") and hasattr(socket, "send_fds")
# Who calls what is asked for: a fork, a fork made when all is loaded, the server.
FORKED, LATER, ITSELF = b"+", b"~", b"="
SOON = 0.02  # seconds in which who has an answer asks for more; what they wait for goes before what is loaded
PROGRAM = "import sys; from analysis import forks; forks.serve(*map(int, sys.argv[1:]))"


class Ended(RuntimeError):
    """A process ended before it gave its answer: killed, out of memory, or its server could not start."""


class Server:
    """The door to the process that forks, of this process and of all that come from it."""

    door: socket.socket | None = None
    program: subprocess.Popen | None = None
    opening = threading.Lock()


def environment() -> dict[str, str]:
    """Return the settings that keep Jupyter, IPython and matplotlib inside the project's folder."""
    home = places.CACHE / "jupyter"
    for folder in SETTINGS.values():
        (home / folder).mkdir(parents=True, exist_ok=True)  # a missing one is warned of
    threads = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], "1")  # the runner uses the cores
    shown = {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline"
    }  # read when it is imported, before a kernel is
    return {name: str(home / folder) for name, folder in SETTINGS.items()} | threads | shown


def start() -> None:
    """Start the server, unless there is one; it gets ready while the caller goes on."""
    with Server.opening:
        if Server.door is not None or not AVAILABLE:
            return
        Server.door, theirs = socket.socketpair()
        doors = (theirs.fileno(), Server.door.fileno())
        with theirs:  # a session of its own: Ctrl-C is for who asked, whose end ends the rest
            Server.program = subprocess.Popen(
                [sys.executable, "-P", "-c", PROGRAM, *map(str, doors)], pass_fds=doors,
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                env=os.environ | environment(), start_new_session=True,
            )  # fmt: skip


class Fork:
    """A process forked from the server that calls ``function(*arguments)``, or the server itself.

    Both must be picklable; pid is the process's number; way: `FORKED`, `LATER` or `ITSELF`. It is as nice
    as who asks for it.
    """

    running: ClassVar["weakref.WeakSet[Fork]"] = weakref.WeakSet()

    def __init__(self, function: Callable, *arguments: object, way: bytes = FORKED) -> None:
        self._connection, theirs = socket.socketpair()
        assert Server.door, "the server is started first"
        self._stream = self._connection.makefile("rwb")
        Fork.running.add(self)
        with contextlib.suppress(OSError):  # a server that could not start is told by what is read
            with theirs:
                socket.send_fds(Server.door, [way], [theirs.fileno()])
            pickle.dump((function, arguments, os.nice(0)), self._stream)
            self._stream.flush()
        self.pid = self._read()

    def result(self) -> Any:
        """Wait for what the function returns, or raise what it raised.

        Raises
        ------
        Ended
            When the process ended without an answer.
        """
        answer, error = self._read()
        self.close()
        if error:
            raise error
        return answer

    def ended(self, seconds: float | None = 0) -> bool:
        """Say whether the process has answered or ended, waiting so many seconds for it, for ever if None."""
        return bool(select.select([self._connection], [], [], seconds)[0])

    def close(self) -> None:
        """Leave the process to itself: it ends, unless it has."""
        Fork.running.discard(self)
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()  # when nobody reads from it any more

    def _read(self) -> Any:
        try:
            return pickle.load(self._stream)
        except (EOFError, OSError):
            self.close()
            raise Ended(
                "a process ended before it gave its answer; was it killed, or memory short?"
            ) from None


def stop() -> None:
    """End every fork of this process; who waits for one gets ``Ended``."""
    for fork in list(Fork.running):
        fork.close()


def call(function: Callable, *arguments: object, way: bytes = FORKED) -> Any:
    """Return ``function(*arguments)``, called in a fork where there are any."""
    start()
    return Fork(function, *arguments, way=way).result() if AVAILABLE else function(*arguments)


@contextlib.contextmanager
def beside(function: Callable, *arguments: object) -> Iterator[None]:
    """Call ``function(*arguments)`` while a block runs, where there is a server of forks; else before it."""
    if Server.door is None:
        function(*arguments)
        yield
        return
    with contextlib.closing(Fork(function, *arguments)) as other:
        yield
        other.result()


def prepare(function: Callable, *arguments: object) -> None:
    """Let the server itself call ``function(*arguments)``: what that loads, every later fork has."""
    start()
    if AVAILABLE:
        Fork(function, *arguments, way=ITSELF).result()


def serve(door: int, its_other_end: int) -> None:
    """Fork for everybody at the door until who started this has ended; import meanwhile what forks need.

    Nothing imported here may draw: figures would not show.
    """
    Server.door = socket.socket(fileno=its_other_end)  # for forks that want forks
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # .7 s a kernel, in case somebody debugs it
    patient: list[int] = []
    with socket.socket(fileno=door) as asked:
        for name in PRELOAD:
            load(name)
            seconds = 0.0
            while ready := at(asked, seconds):
                if sys.stdin in ready:
                    return
                serve_one(asked, patient)
                seconds = SOON
        gc.freeze()  # collecting would copy the pages that forks share
        while patient:
            fork(asked, patient.pop(0), patient)
        while sys.stdin not in at(asked, None):
            serve_one(asked, None)


def load(name: str) -> None:
    """Import a module ("a.b"), or call what it has with nothing ("a.b:c"): forks have what that made."""
    found = pkgutil.resolve_name(name)
    if ":" in name:
        found()


def at(asked: socket.socket, seconds: float | None) -> list:
    """Wait so long, for ever if None; return the door with someone at it, stdin if who started this ended."""
    return select.select([asked, sys.stdin], [], [], seconds)[0]


def serve_one(asked: socket.socket, patient: list[int] | None) -> None:
    """Fork for who is at the door, or answer it here.

    Parameters
    ----------
    patient : connections of those who wait until all is loaded, to which this adds; None once it is
    """
    way, [connection], _, _ = socket.recv_fds(asked, 1, 1)
    if way == ITSELF:
        with socket.socket(fileno=connection) as one:
            answer(one)
        gc.freeze()
    elif way == LATER and patient is not None:
        patient.append(connection)
    else:
        fork(asked, connection, patient or [])


def fork(asked: socket.socket, connection: int, others: list[int]) -> None:
    """Let a fork answer on a connection; it keeps no other open."""
    if os.fork() == 0:
        asked.close()
        for one in others:
            os.close(one)
        end_with(socket.socket(fileno=connection))
    os.close(connection)


def end_with(connection: socket.socket) -> NoReturn:
    """Answer in a fork, and end; when nobody is there any more to hear it, end too."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # the server's tells it when to end
    answer(connection, watched=True)
    os._exit(0)


def answer(connection: socket.socket, *, watched: bool = False) -> None:
    """Call what a connection asks for and answer on it."""
    with contextlib.suppress(OSError, EOFError):  # who asked may have gone
        connection.sendall(pickle.dumps(os.getpid()))
        connection.sendall(outcome(connection, watched))


def outcome(connection: socket.socket, watched: bool) -> bytes:
    """Return what the function asked for returns or raises; as a text, when the error cannot travel."""
    try:
        function, arguments, niceness = pickle.load(connection.makefile("rb"))
        if watched:
            os.nice(max(niceness - os.nice(0), 0))  # less is for root
            threading.Thread(target=watch, args=(connection,), daemon=True).start()
        return pickle.dumps((function(*arguments), None))
    except BaseException as error:
        try:
            pickle.loads(told := pickle.dumps((None, error)))
            return told
        except Exception:
            return pickle.dumps((None, RuntimeError("".join(traceback.format_exception(error)))))


def watch(connection: socket.socket) -> NoReturn:
    """End this process, its forks and what it has not finished when its connection is closed from outside."""
    with contextlib.suppress(OSError):
        connection.recv(1)
    stop()
    for folder in UNFINISHED:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)
