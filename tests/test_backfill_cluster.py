"""`cuttings backfill --cluster`: a Dask scheduler and workers on loopback, one of which is killed."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from backfill_fixture import configured, pages, run, warc, whole

from crawler.gleaning import Gleaned, Stint
from scheduler import backfill_cluster
from storage.errors import ConfigError

distributed = pytest.importorskip("distributed", reason="needs cuttings[dask]")

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]
ROOT = Path(__file__).resolve().parents[1]
WITHOUT_CUTTINGS = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("crawler", "scheduler", "storage"):
            raise ModuleNotFoundError(f"No module named {name!r}")
sys.meta_path.insert(0, Hidden())
"""
WITHOUT_FILES = """
import sys
def hide(event, arguments):
    if event == "open" and str(arguments[0]).endswith(".warc.gz"):
        raise FileNotFoundError(2, "No such file or directory", arguments[0])
sys.addaudithook(hide)
sys.path.insert(0, "{}")
"""


def start(folder: Path, *words: str, root: Path = ROOT) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(root), "DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "false"}
    with (folder / "dask.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
        )


@contextmanager
def scheduler(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Yield the address of a scheduler, and its process."""
    file = folder / "scheduler.json"
    more = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    process = start(folder, "dask_scheduler", *more)
    try:
        while not file.exists() or not file.read_text():
            assert process.poll() is None, (folder / "dask.log").read_text()
            time.sleep(0.1)
        yield json.loads(file.read_text())["address"], process
    finally:
        process.kill()
        process.wait()


@contextmanager
def worker(folder: Path, address: str, *, root: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """Yield the process of a worker."""
    process = start(folder, "dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", root=root)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its two workers' processes."""
    with scheduler(tmp_path) as (address, _), worker(tmp_path, address) as one, worker(tmp_path, address) as other:
        yield address, [one, other]


@pytest.mark.timeout(280)
def test_a_cluster_gives_the_same_archive_though_a_worker_is_killed(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    address, workers = cluster
    warcs = [warc(tmp_path / f"{n}.warc.gz", pages(8, first=8 * n)) for n in range(2)]
    run(configured(tmp_path / "undisturbed"), warcs)

    def open_and_kill(job: object) -> object:
        return _killing(backfill_cluster.on_cluster(address)(job), workers[0])  # type: ignore[arg-type]

    with distributed.Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=120)
    found = run(configured(tmp_path / "cluster"), warcs, hands=open_and_kill, stretch_bytes=1500)
    assert (found.exit_code, found.counts["new"]) == (0, 16)
    assert workers[0].wait(30) == -signal.SIGKILL
    assert whole(tmp_path / "cluster") == whole(tmp_path / "undisturbed")


@pytest.mark.timeout(280)
def test_a_scheduler_that_is_killed_is_one_line_and_the_next_run_goes_on(tmp_path: Path) -> None:
    warcs = [warc(tmp_path / f"{n}.warc.gz", pages(8, first=8 * n)) for n in range(2)]
    config = configured(tmp_path / "a")
    with scheduler(tmp_path) as (at, process), worker(tmp_path, at):

        def open_and_kill(job: object) -> object:
            return _killing(backfill_cluster.on_cluster(at)(job), process)  # type: ignore[arg-type]

        with pytest.raises(backfill_cluster.ClusterLostError, match="--cluster: the scheduler went away"):
            run(config, warcs, hands=open_and_kill, stretch_bytes=1500)
    assert run(config, warcs, stretch_bytes=1500).exit_code == 0
    run(configured(tmp_path / "undisturbed"), warcs)
    assert whole(tmp_path / "a") == whole(tmp_path / "undisturbed")


class _killing:
    """A cluster of which one worker, or the scheduler, is killed when some tasks were done."""

    count = 2

    def __init__(self, inner: object, worker: subprocess.Popen[bytes]) -> None:
        self._inner, self._worker, self._asked = inner, worker, 0

    def __enter__(self) -> "_killing":
        self._hands = self._inner.__enter__()  # type: ignore[attr-defined]
        return self

    def __exit__(self, *error: object) -> None:
        self._inner.__exit__(*error)  # type: ignore[attr-defined]

    async def do(self, stint: Stint) -> Gleaned:
        self._asked += 1
        if self._asked == 4:
            self._worker.kill()
        found: Gleaned = await self._hands.do(stint)
        return found


def test_nobody_at_the_address_is_one_line(tmp_path: Path) -> None:
    address = warc(tmp_path / "x.warc.gz", pages(1))
    backfill_cluster.ANSWERS_WITHIN_S, before = 1, backfill_cluster.ANSWERS_WITHIN_S
    try:
        with pytest.raises(ConfigError, match=re.escape("--cluster: tcp://127.0.0.1:9 does not answer")):
            run(configured(tmp_path / "a"), [address], hands=backfill_cluster.on_cluster("tcp://127.0.0.1:9"))
    finally:
        backfill_cluster.ANSWERS_WITHIN_S = before


@pytest.mark.parametrize("address", ["nonsense", "http://127.0.0.1:9", "tcp://127.0.0.1"])
def test_what_is_no_address_is_said_at_once(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(f"--cluster: {address} is no address of a Dask scheduler")):
        run(configured(tmp_path / "a"), [], hands=backfill_cluster.on_cluster(address))


@pytest.mark.timeout(280)
def test_a_worker_without_cuttings_and_one_without_the_files_are_told_plainly(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "sitecustomize.py").write_text(WITHOUT_CUTTINGS, encoding="utf-8")
    address = warc(tmp_path / "x.warc.gz", pages(1))
    with scheduler(tmp_path) as (at, _):
        with worker(tmp_path, at, root=bare), pytest.raises(ConfigError, match="a worker cannot run cuttings; install"):
            run(configured(tmp_path / "a"), [address], hands=backfill_cluster.on_cluster(at))
        (bare / "sitecustomize.py").write_text(WITHOUT_FILES.format(ROOT), encoding="utf-8")
        with worker(tmp_path, at, root=bare):
            found = run(configured(tmp_path / "b"), [address], hands=backfill_cluster.on_cluster(at))
    assert found.exit_code == 1
    assert f"{address}: a worker cannot read it, though this machine can (FileNotFoundError" in found.failed[0]


class _Client:
    """What a cluster says of itself."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    def wait_for_workers(self, count: int, timeout: int) -> None:
        """There are some."""

    def run(self, function: object) -> object:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def test_other_versions_on_a_worker_are_an_error_that_says_so() -> None:
    ours = backfill_cluster.versions()
    backfill_cluster.refuse_others(_Client({"tcp://w:1": ours}), "tcp://s:1")
    other = {**ours, "extractor": "cuttings 0 / trafilatura 1"}
    with pytest.raises(
        ConfigError, match="version mismatch: tcp://w:1 has extractor cuttings 0 / trafilatura 1, this machine"
    ):
        backfill_cluster.refuse_others(_Client({"tcp://w:1": other}), "tcp://s:1")
