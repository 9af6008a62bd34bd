"""What coders answered on the sheets of sampled studies: kept, replaced when a sheet is read again, and read back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """One answer; what the rules said of the same article or story stands beside it."""

    study: str
    unit: str
    article: int
    coder: str
    code: str
    """Empty: not coded."""
    tagged: bool
    class_: str | None
    stratum: str
    stratum_size: int


def article_with(db: Database, key: str) -> int | None:
    """Return the id of the article with a key."""
    row = db.execute("select id from articles where key = ?", [key]).fetchone()
    return int(row[0]) if row else None


def article_at(db: Database, url: str) -> int | None:
    """Return the id of the article at an address."""
    row = db.execute("select id from articles where url = ?", [url]).fetchone()
    return int(row[0]) if row else None


def keep(db: Database, codings: Iterable[Coding], *, run: int) -> int:
    """Write answers over those the same coders gave before, and return how many answers there are now; an emptied cell
    takes its answer back. In a transaction."""
    count = 0
    for one in codings:
        place = [one.study, one.unit, one.article, one.coder]
        db.execute("delete from codings where study = ? and unit = ? and article = ? and coder = ?", place)
        if one.code:
            count += 1
            db.execute(
                "insert into codings values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [*place, one.code, int(one.tagged), one.class_, one.stratum, one.stratum_size, run],
            )
    return count


def of_study(db: Database, study: str, unit: str) -> Sequence[Coding]:
    """Return the answers about a study's sample, in the order of articles and coders."""
    rows = db.execute(
        """select article, coder, code, tagged, class, stratum, stratum_size from codings
           where study = ? and unit = ? order by article, coder""",
        [study, unit],
    )
    return [
        Coding(
            study=study, unit=unit, article=article, coder=coder, code=code, tagged=bool(tagged), class_=class_,
            stratum=stratum, stratum_size=size,
        )
        for article, coder, code, tagged, class_, stratum, size in rows
    ]  # fmt: skip
