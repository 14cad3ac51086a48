"""Several processes of one world, started by hand, as torchrun would."""

import os
import socket
import subprocess
import sys
from pathlib import Path

<<<<<<< HEAD
ROOT = Path(__file__).parents[1]
=======
import pytest

ROOT = Path(__file__).parents[1]
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
>>>>>>> 872d986571b517dc25eee81a915ed446b3556292


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


<<<<<<< HEAD
def finish(processes: list[subprocess.Popen], seconds: float = 120) -> list[tuple]:
    """Return (exit status, stdout, stderr) of each; all must end in time."""
    found = []
    for process in processes:
        try:
            out, err = process.communicate(timeout=seconds)
        finally:
            process.kill()
        found.append((process.returncode, out, err))
    return found
=======
def finish(processes: list[subprocess.Popen], seconds: float = 400) -> list[tuple]:
    """Return (exit status, stdout, stderr) of each; all must end in time."""
    try:
        said = [process.communicate(timeout=seconds) for process in processes]
    finally:
        for process in processes:
            process.kill()
    return [(p.returncode, *text) for p, text in zip(processes, said, strict=True)]
>>>>>>> 872d986571b517dc25eee81a915ed446b3556292
