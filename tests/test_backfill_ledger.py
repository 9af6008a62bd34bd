"""The ledger of `cuttings backfill`: what was read is not read again, wherever a run was stopped."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from backfill_fixture import Here, capture, configured, pages, run, warc, whole
from news_pages import article
from whole_way import rows

from crawler.gleaners import Hands, Job
from crawler.gleaning import Stint
from scheduler import backfill as backfilling
from scheduler.backfill import Progress

COUNT = "select (select count(*) from articles) as articles, (select count(*) from versions) as versions,"
COUNTS = COUNT + " (select count(*) from checks) as checks, (select count(*) from captures) as captures"
LEDGER = "select sum(records) as records, sum(responses) as responses, sum(articles) as articles, sum(damaged) as damaged from backfills"


def test_a_second_run_reads_nothing_and_a_file_that_has_grown_is_read_on(tmp_path: Path) -> None:
    config, path = configured(tmp_path / "a"), tmp_path / "x.warc.gz"
    address = warc(path, pages(3))
    assert run(config, [address]).counts["new"] == 3
    again = run(config, [address, address])
    assert (again.counts["files"], again.counts["skipped"], again.counts["records"]) == (1, 1, 0)
    other = tmp_path / "y.warc.gz"
    warc(other, pages(2, first=3))
    path.write_bytes(path.read_bytes() + other.read_bytes())
    on = run(config, [address])
    assert (on.counts["new"], on.counts["responses"]) == (2, 2)


def test_a_run_stopped_anywhere_and_run_again_leaves_what_an_undisturbed_one_does(tmp_path: Path) -> None:
    addresses = [warc(tmp_path / f"{n}.warc.gz", pages(6, first=6 * n)) for n in range(2)]
    run(configured(tmp_path / "undisturbed"), addresses)
    config = configured(tmp_path / "stopped")
    for stop_at in range(1, 6):
        done = 0

        @contextmanager
        def stopping(job: Job, stop_at: int = stop_at) -> Iterator[Hands]:
            def before(stint: Stint) -> None:
                nonlocal done
                done += 1
                if done > stop_at:
                    raise KeyboardInterrupt

            yield Here(job, before)

        try:
            run(config, addresses, hands=stopping, stretch_bytes=3000)
        except KeyboardInterrupt:
            continue
    run(config, addresses, stretch_bytes=3000)
    assert whole(tmp_path / "stopped") == whole(tmp_path / "undisturbed")
    assert {row["state"] for row in rows(tmp_path / "stopped", "select state from backfills")} == {"done"}


def test_the_ledger_counts_each_record_once_wherever_a_run_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign_pages = pages(3, host="elsewhere.example", first=20)
    address = warc(tmp_path / "x.warc.gz", [*pages(5), *foreign_pages, *pages(5, first=5)], before=True)
    run(configured(tmp_path / "undisturbed"), [address])
    monkeypatch.setattr(backfilling, "BATCH", 2)
    config = configured(tmp_path / "stopped")

    def stop(progress: Progress) -> None:
        if progress.kept:
            raise KeyboardInterrupt

    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            run(config, [address], show=stop)
    run(config, [address])
    assert whole(tmp_path / "stopped") == whole(tmp_path / "undisturbed")
    assert rows(tmp_path / "stopped", LEDGER) == rows(tmp_path / "undisturbed", LEDGER)


def test_other_outlets_are_looked_for_again_and_what_is_there_stays_once(tmp_path: Path) -> None:
    address = warc(tmp_path / "x.warc.gz", [*pages(2), *pages(2, host="late.example", first=5)])
    config = configured(tmp_path / "a")
    run(config, [address])
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text + '\n[[outlets]]\nid = "late"\nname = "Late"\nurl = "https://late.example/"\n', encoding="utf-8"
    )
    assert run(config, [address]).counts["new"] == 2
    assert rows(tmp_path / "a", COUNTS) == [{"articles": 4, "versions": 4, "checks": 0, "captures": 4}]


def test_with_matching_other_topics_are_looked_for_again_and_what_was_off_topic_comes_in(tmp_path: Path) -> None:
    ferry = article(
        "Ferry fares rise", ["A ferry ticket to the islands costs three lira more from Monday on, they said."]
    )
    captures = [*pages(2), capture("https://wire.example/politics/ferry-fares-rise-again", ferry)]
    address = warc(tmp_path / "x.warc.gz", captures)
    config = configured(tmp_path / "a", archive='keep = "matching"')
    done = run(config, [address])
    assert (done.counts["new"], done.counts["off_topic"]) == (2, 1)
    text = config.read_text(encoding="utf-8")
    config.write_text(text + '\n[[topics]]\nid = "ferries"\nname = "Ferries"\nquery = "ferry"\n', encoding="utf-8")
    done = run(config, [address])
    assert (done.counts["new"], done.counts["unchanged"], done.counts["off_topic"]) == (1, 2, 0)
    assert rows(tmp_path / "a", COUNTS) == [{"articles": 3, "versions": 3, "checks": 0, "captures": 3}]
    assert run(config, [address]).counts["skipped"] == 1
