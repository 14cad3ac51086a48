"""Several processes of one world, started by hand, as torchrun would."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def start(command: list, n: int = 1) -> list[subprocess.Popen]:
    """Start the command n times: with n > 1, as the ranks of one world."""
    world = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    world |= {"WORLD_SIZE": str(n), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return [
        subprocess.Popen(
            [sys.executable, *map(str, command)],
            env=os.environ | world | {"RANK": str(i), "LOCAL_RANK": str(i)},
            cwd=ROOT,
            **pipes,
        )
        for i in range(n)
    ]


def finish(processes: list[subprocess.Popen], seconds: float = 400) -> list[tuple]:
    """Return (exit status, stdout, stderr) of each; all must end in time."""
    try:
        said = [process.communicate(timeout=seconds) for process in processes]
    finally:
        for process in processes:
            process.kill()
    return [(p.returncode, *text) for p, text in zip(processes, said, strict=True)]
