"""What the commands about topics print."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from scheduler.terminal import table

if TYPE_CHECKING:  # a command loads only the parts it needs
    from scheduler.topic_meaning import InLanguage, Meaning, WordForms
    from scheduler.topic_retag import Example, Retagged
    from scheduler.topic_scores import Estimate, Scores
    from scheduler.topic_sheet import Drawn

_FORMS = 12  # shown of a word


def show_retagged(done: "Retagged", *, as_json: bool, quiet: bool) -> None:
    """Print what retagging came to."""
    if done.busy:
        click.echo("another command is writing to the archive; nothing done", err=True)
    if as_json:
        topics = {
            id_: {"counts": dict(changes.counts), "examples": {what: [asdict(one) for one in shown] for what, shown in changes.examples.items() if shown}}
            for id_, changes in done.topics.items()
        }  # fmt: skip
        click.echo(json.dumps({"busy": done.busy, "run": done.run, "articles": done.articles, "topics": topics,
                               "out_of_reach": dict(done.out_of_reach)}, ensure_ascii=False))  # fmt: skip
        return
    if done.busy or quiet:
        return
    if done.run is None:
        click.echo("all stored articles carry the topics as configured; --all applies them again")
    else:
        _show_topics(done)
    if count := done.out_of_reach.get("not_kept"):
        click.echo(
            f'{count:,} addresses were off topic and not kept (keep = "matching"): topics cannot be applied to them'
        )
    if count := done.out_of_reach.get("inactive"):
        click.echo(f"{count:,} tags are of topics no longer configured; they stay as they are")


def _show_topics(done: "Retagged") -> None:
    kinds = ("came", "gone", "changed", "kept")
    rows = [(id_, *(changes.counts[what] for what in kinds)) for id_, changes in done.topics.items()]
    click.echo(f"matched {done.articles:,} articles; by the index the queries can be true of no other")
    click.echo(table(("topic", "tags came", "went", "other score or evidence", "kept: no text"), rows))
    for id_, changes in done.topics.items():
        for what, sign in (("came", "+"), ("gone", "-")):
            for one in changes.examples.get(what, ()):
                click.echo(f"  {id_} {sign} {_in_words(one)}")


def _in_words(one: "Example") -> str:
    return f"{one.article} {one.title or '(no title)'!s} [{', '.join(one.words)}]"


def show_meaning(meaning: "Meaning", *, as_json: bool) -> None:
    """Print what a topic's query means."""
    if as_json:
        click.echo(json.dumps({**asdict(meaning), "hits": meaning.hits}, ensure_ascii=False))
        return
    click.echo(f"topic {meaning.topic}, version {meaning.version}")
    for each in meaning.languages:
        _show_language(each, with_archive=bool(meaning.articles))
    if not meaning.articles:
        click.echo("\nno articles are stored yet: these are the forms that a dictionary or the endings give")
        return
    click.echo(f"\ntrue of {meaning.hits:,} of {meaning.articles:,} articles ({meaning.matched:,} read whole)")
    _show_changes(meaning.changes)
    for name, counts in (("outlets", meaning.outlets), ("months", meaning.months)):
        if counts:
            click.echo(f"{name}: {', '.join(f'{key} {count:,}' for key, count in counts.items())}")
    for one in meaning.examples:
        click.echo(f"\n{one.day or '?'} {one.outlet} {one.title or '(no title)'} (score {one.score})")
        for passage in one.passages:
            click.echo(f"    {passage}")


def _show_changes(changes: Mapping[str, int]) -> None:
    came, gone, other = changes.get("came", 0), changes.get("gone", 0), changes.get("changed", 0)
    if came or gone or other:
        click.echo(f"cuttings retag would add {came:,} tags, take {gone:,} away, and change {other:,}")
    else:
        click.echo("the stored tags are these")


def _show_language(each: "InLanguage", *, with_archive: bool) -> None:
    hits = f", true of {each.hits:,} articles" if with_archive else ""
    click.echo(f"\n{each.language}: {' '.join(each.query.split())}{hits}")
    for term in each.terms:
        click.echo(f"  {term.term}" + (f"  evidence in {term.hits:,}" if with_archive else ""))
        for word in term.words:
            click.echo(f"    {_forms_in_words(word, with_archive=with_archive)}")
            if word.near:
                click.echo(f"    not matched: {_listed(word.near)}")


def _forms_in_words(word: "WordForms", *, with_archive: bool) -> str:
    endings = "" if with_archive or not word.endings_of else f" (and {', '.join(f'{it}…' for it in word.endings_of)})"
    return f"{word.word}: {_listed(word.forms) or 'in no article'}{endings}"


def _listed(forms: Mapping[str, int]) -> str:
    shown = [f"{form} {count:,}" if count else form for form, count in forms.items()]
    more = f" and {len(shown) - _FORMS} more" if len(shown) > _FORMS else ""
    return ", ".join(shown[:_FORMS]) + more


def show_drawn(drawn: "Drawn", *, as_json: bool) -> None:
    """Print what a sheet was drawn from."""
    rows = [(language or "?", side, *counts) for (language, side), counts in drawn.strata.items()]
    if as_json:
        names = ("language", "side", "articles", "drawn")
        click.echo(
            json.dumps({"file": str(drawn.file), "strata": [dict(zip(names, row, strict=True)) for row in rows]})
        )
        return
    click.echo(table(("language", "side", "articles", "drawn"), rows))
    click.echo(
        f"{drawn.file}: write yes or no into the column on_topic, then run cuttings topic ID --sheet {drawn.file}"
    )


def show_scores(found: "Sequence[Scores]", *, method: str, unjudged: int, outdated: bool, as_json: bool) -> None:
    """Print precision and recall; `outdated`: the sheet was drawn with another query than the present one."""
    if outdated:
        click.echo("the sheet was drawn with another query: these figures are not the present one's", err=True)
    if as_json:
        click.echo(
            json.dumps(
                {"scores": [asdict(one) for one in found], "unjudged": unjudged, "outdated": outdated, "method": method}
            )
        )
        return
    heads = ("language", "judged", "precision", "95 %", "recall", "95 %")
    rows = [(one.language or "all", one.judged, *_estimate(one.precision), *_estimate(one.recall)) for one in found]
    click.echo(table(heads, rows))
    click.echo(f"{method}. Recall counts what was missed among articles that share a word with the query")
    click.echo("or hold one that looks like it; what shares none was not drawn.")
    if unjudged:
        click.echo(f"{unjudged} rows are not judged and do not count", err=True)


def _estimate(estimate: "Estimate | None") -> tuple[str, str]:
    if estimate is None:
        return "", ""
    return f"{estimate.value:.3f}", f"{estimate.low:.3f} to {estimate.high:.3f}"
