"""Kernels that start at once: forked from a server process that has already imported what notebooks need.

A notebook spends most of its time importing. The standard library's fork server imports once a worker; each
kernel is a fresh fork of that pristine process, so no notebook sees what another did. Where there is no fork
(Windows) kernels start in the ordinary way.
"""

import multiprocessing
import os
import signal
import subprocess
import sys

from jupyter_client import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

PRELOAD = ["ipykernel.kernelapp", "analysis.memo", "analysis.plots", "analysis.review", "analysis.backtest"]


def manager() -> type[AsyncKernelManager]:
    """Return the kernel manager to run notebooks with on this machine."""
    forks = "forkserver" in multiprocessing.get_all_start_methods()
    return ForkedKernelManager if forks else AsyncKernelManager


class ForkedKernelManager(AsyncKernelManager):
    """An ordinary kernel manager whose kernels are forked."""

    async def _async_pre_start_kernel(self, **settings: object) -> tuple[list[str], dict]:
        if self.provisioner is None:
            self.kernel_id = self.kernel_id or "forked"
            self.provisioner = ForkedProvisioner(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
        return await super()._async_pre_start_kernel(**settings)

    pre_start_kernel = _async_pre_start_kernel


class ForkedProvisioner(LocalProvisioner):
    """Starts the kernel as a fork instead of a new interpreter; all else is the local provisioner's."""

    async def launch_kernel(self, cmd: list[str], **settings: object) -> dict:
        self.process = Forked(cmd, settings.get("cwd"), settings.get("env") or dict(os.environ))
        self.pid, self.pgid = self.process.pid, None
        self.cwd = settings.get("cwd")
        return self.connection_info


class Forked:
    """A forked kernel with the few methods of ``subprocess.Popen`` that the provisioner calls."""

    stdin = stdout = stderr = None

    def __init__(self, command: list[str], folder: str | None, environment: dict[str, str]) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOAD)
        arguments = command[command.index("ipykernel_launcher") + 1 :]
        self._process = context.Process(target=serve, args=(arguments, folder, environment), daemon=True)
        self._process.start()
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("kernel", timeout)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def serve(arguments: list[str], folder: str | None, environment: dict[str, str]) -> None:
    """Become a kernel: in the folder and environment asked for, with these command line arguments."""
    import pandas
    from ipykernel import kernelapp

    # pandas looks once, when imported, whether it writes to a terminal; the server that imported it was none.
    pandas.set_option("display.max_columns", 20)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder or ".")
    sys.argv = ["ipykernel_launcher", *arguments]
    parent = f"--IPKernelApp.parent_handle={os.getppid()}"  # the kernel ends with its parent
    kernelapp.launch_new_instance(argv=[*arguments, parent])
