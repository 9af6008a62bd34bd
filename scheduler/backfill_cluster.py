"""Tasks on a running Dask cluster (Slurm, Kubernetes, a few desktops): `cuttings[dask]` on the client and every worker."""

import asyncio
import os
import pickle
import platform
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from crawler.extract import EXTRACTOR
from crawler.gleaners import Gleaners, Hands, Job
from crawler.gleaning import READING_ON, Gleaned, Gleaner, Stint
from crawler.warc_sources import path_of
from crawler.workers import PAGE_LIMIT_S
from storage.errors import ConfigError, CuttingsError

Client = Any
"""A `distributed.Client`, which has no types; Dask is an extra."""
ANSWERS_WITHIN_S = 30  # a scheduler on a network
MOST_WORKERS = 64  # tasks ahead are bounded by it: more would only wait for the writer
_ONE_AT_A_TIME = threading.Lock()  # whatever --nthreads says: cleaning is computing, and memory is counted a task
_ADDRESS = re.compile(r"(tcp|tls|ucx|wss?)://\S+:\d+")
_COMPARED = ("cuttings", "dask", "distributed", "lxml", "fastwarc")


class ClusterLostError(CuttingsError):
    """The scheduler went away; what was saved until then is in the ledger."""


def on_cluster(address: str) -> Callable[[Job], AbstractContextManager[Hands]]:
    """Return what opens the workers of the cluster at `address`."""
    return lambda job: _open(address, job)


@contextmanager
def _open(address: str, job: Job) -> Iterator[Hands]:
    """Connect, and refuse a cluster that would read otherwise than this machine. Raises ConfigError."""
    if not _ADDRESS.fullmatch(address):
        raise ConfigError("--cluster", f"{address} is no address of a Dask scheduler, such as tcp://HOST:8786")
    try:
        import distributed  # noqa: PLC0415  an extra
    except ImportError:
        raise ConfigError("--cluster", "Dask is not installed; pip install 'cuttings[dask]'") from None
    try:
        client: Client = distributed.Client(address, timeout=ANSWERS_WITHIN_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise ConfigError("--cluster", f"{address} does not answer: {error}") from error
    with client:
        refuse_others(client, address)
        with _Cluster(client, job) as cluster:
            yield cluster


def refuse_others(client: Client, address: str) -> None:
    """Raise ConfigError for a cluster without workers, or with other versions than here."""
    ours = versions()
    try:
        client.wait_for_workers(1, timeout=ANSWERS_WITHIN_S)
        theirs: Mapping[str, Mapping[str, str]] = client.run(versions)
    except TimeoutError:
        raise ConfigError("--cluster", f"{address} has no worker") from None
    except Exception as error:  # Dask hands on as one what a worker could not even unpack, with no more than its words
        text = f"a worker cannot run cuttings; install cuttings[dask] on each, in the version that is here: {error}"
        raise ConfigError("--cluster", text) from error
    for worker, found in theirs.items():
        for name, here in ours.items():
            if found.get(name) != here:
                text = f"version mismatch: {worker} has {name} {found.get(name)}, this machine {here}; install the same on both"
                raise ConfigError("--cluster", text)


def versions() -> dict[str, str]:
    """Return the versions that must be the same on client and workers, for results to be."""
    found = {name: version(name) for name in _COMPARED}
    return {**found, "extractor": EXTRACTOR, "python": ".".join(platform.python_version_tuple()[:2])}


def glean(job: bytes, stint: Stint) -> tuple[Gleaned, dict[str, str]]:
    """Do a task on a worker. A page that takes too long ends the worker's process: its nanny starts another."""
    with _ONE_AT_A_TIME:
        watch = _Watch()
        try:
            return _gleaner(job).do(stint, told=watch.told), versions()
        finally:
            watch.told(READING_ON)


@lru_cache(1)
def _gleaner(job: bytes) -> Gleaner:
    found: Job = pickle.loads(job)  # noqa: S301  from our own client
    return found.gleaner()


class _Watch:
    """Ends this process when an answer takes too long."""

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def told(self, at: int) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None
        if at != READING_ON:
            self._timer = threading.Timer(PAGE_LIMIT_S, os._exit, [1])
            self._timer.daemon = True
            self._timer.start()


class _Cluster:
    """A cluster's workers. What ends them again and again is done on this machine, in a process that may be ended."""

    def __init__(self, client: Client, job: Job) -> None:
        self._client = client
        self._job = job
        self._pickled = pickle.dumps(replace(job, kept=None))  # its folder is on this machine
        threads = sum(client.nthreads().values())
        self.count = min(max(threads, 1), MOST_WORKERS)
        self._threads = ThreadPoolExecutor(2 * self.count + 2, thread_name_prefix="cluster")
        self._ours = versions()
        self._here: Gleaners | None = None

    async def do(self, stint: Stint) -> Gleaned:
        """Do a task on the cluster; a worker that is lost has its tasks done by others."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._do, stint) or await self._do_here(
            stint
        )

    def _do(self, stint: Stint) -> Gleaned | None:
        from distributed import CancelledError, KilledWorker  # noqa: PLC0415

        future = self._client.submit(glean, self._pickled, stint, pure=False)
        try:
            result, theirs = future.result()
        except (KilledWorker, MemoryError):
            return None
        except CancelledError as error:
            text = f"--cluster: the scheduler went away ({error}); the same command goes on where it ended"
            raise ClusterLostError(" ".join(text.split())) from error
        finally:
            future.release()
        if theirs != self._ours:
            raise ConfigError("--cluster", f"version mismatch: a worker has {theirs}, this machine {self._ours}")
        found: Gleaned = result
        path = path_of(stint.address)
        if found.failed and path and path.exists():
            text = f"a worker cannot read it, though this machine can ({found.failed}); paths must be the same on all machines"
            return replace(found, failed=text)
        return found

    async def _do_here(self, stint: Stint) -> Gleaned:
        if self._here is None:
            self._here = Gleaners(self._job, workers=1).__enter__()
        return await self._here.do(stint)

    def __enter__(self) -> "_Cluster":
        return self

    def __exit__(self, *error: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._here:
            self._here.__exit__(None, None, None)
