"""Kernels that start at once: forks of a process that has already imported what notebooks need.

A notebook spends most of its time importing; a kernel that is a fresh fork of a pristine process imports
nothing, and no notebook sees what another did. A kernel that is done is killed, not waited for. Where there
is no fork (Windows) kernels start in the ordinary way.
"""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from jupyter_client import AsyncKernelClient, AsyncKernelManager
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from analysis import forks


def manager() -> type[AsyncKernelManager]:
    """Return the kernel manager to run notebooks with on this machine."""
    return ForkedKernelManager if forks.AVAILABLE else AsyncKernelManager


class PromptClient(AsyncKernelClient):
    """A client that begins as soon as the kernel has told on all channels that it is there.

    The ordinary one waits until nothing was heard for a while, as others may talk to its kernel.
    """

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        for attempt in range(int(timeout or 60)):
            asked = self.kernel_info()
            with contextlib.suppress(queue.Empty):
                self._handle_kernel_info_reply(await self.shell_channel.get_msg(timeout=1))
                patience = min(0.02 * 2**attempt, 1.0)  # what was told before we listened is told no more
                while not idle(await self.iopub_channel.get_msg(timeout=patience), asked):
                    pass
                return
            if not await self._async_is_alive():
                break
        raise RuntimeError("Kernel died before replying to kernel_info")

    wait_for_ready = _async_wait_for_ready


def idle(message: dict, asked: str) -> bool:
    """Say whether a message tells that the kernel is done with what was asked."""
    return message["content"].get("execution_state") == "idle" and message["parent_header"]["msg_id"] == asked


class ForkedKernelManager(AsyncKernelManager):
    """An ordinary kernel manager whose kernels are forked.

    On Linux they are talked to by names that need no file, not by ports: of kernels begun at once two may be
    given the same port, since it is chosen before it is taken, and one of them dies.
    """

    client_class: Any = PromptClient
    client_factory: Any = PromptClient

    async def _async_pre_start_kernel(self, **settings: Any) -> tuple[list[str], dict]:
        if sys.platform == "linux":
            self.transport, self.ip = "ipc", f"@{uuid.uuid4().hex}"
        if self.provisioner is None:
            self.kernel_id = self.kernel_id or "forked"
            self.provisioner = ForkedProvisioner(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
        return await super()._async_pre_start_kernel(**settings)

    pre_start_kernel = _async_pre_start_kernel


class ForkedProvisioner(LocalProvisioner):
    """Starts the kernel as a fork instead of a new interpreter; all else is the local provisioner's."""

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> KernelConnectionInfo:
        forks.start()
        self.cwd = settings.get("cwd") or str(Path.cwd())
        kernel: Any = Kernel(cmd, self.cwd, settings.get("env") or dict(os.environ))
        self.process, self.pid, self.pgid = kernel, kernel.pid, None
        return self.connection_info


class Kernel(forks.Fork):
    """A forked kernel with the few methods of ``subprocess.Popen`` that the provisioner calls."""

    stdin = stdout = stderr = None

    def __init__(self, command: list[str], folder: str, settings: dict[str, str]) -> None:
        arguments = command[command.index("ipykernel_launcher") + 1 :]
        super().__init__(serve, arguments, folder, settings)

    def poll(self) -> int | None:
        return 1 if self.ended() else None

    def wait(self, timeout: float | None = None) -> int:
        if not self.ended(timeout):
            raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
        self.close()
        return 1

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)
            self.ended(1 if number == signal.SIGKILL else 0)  # who kills looks only ten times a second

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def serve(arguments: list[str], folder: str, settings: dict[str, str]) -> None:
    """Become a kernel: in the folder and environment asked for, with these command line arguments."""
    import pandas
    from ipykernel import kernelapp

    # pandas looks once, when imported, whether it writes to a terminal; the server that imported it was none.
    pandas.set_option("display.max_columns", 20)
    os.environ.clear()
    os.environ.update(settings)
    os.chdir(folder)
    sys.argv = ["ipykernel_launcher", *arguments]
    kernelapp.launch_new_instance(argv=[*arguments, "--HistoryManager.enabled=False"])
