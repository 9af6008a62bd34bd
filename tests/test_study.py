"""STUDY.toml is read whole or refused with its place."""

import pytest

from storage import study
from storage.errors import StudyError
from storage.study import Author, Study

FULL = """
title = "Turkey and NATO in four outlets, 2018"
authors = [{ name = "A. Öz", orcid = "0000-0002-1825-0097" }]
license = "CC0-1.0"
topics = ["turkey-nato"]
outlets = ["kuzey", "mirror"]
from = 2018-01-01
to = "2018-12-31"
min_score = 0
unit = "story"
text = true
names = "hash"
formats = ["csv"]
sample = 200
"""


def test_a_whole_study_is_read():
    assert study.parse(FULL) == Study(
        title="Turkey and NATO in four outlets, 2018",
        authors=(Author(name="A. Öz", orcid="0000-0002-1825-0097"),),
        license="CC0-1.0",
        topics=("turkey-nato",),
        outlets=("kuzey", "mirror"),
        from_day="2018-01-01",
        to_day="2018-12-31",
        unit="story",
        text=True,
        names="hash",
        formats=("csv",),
        sample=200,
        source=FULL,
    )


@pytest.mark.parametrize(
    ("toml", "place"),
    [
        ('titel = "x"', "titel: no such setting; known: title, authors"),
        ("", "title: is missing"),
        ('title = "x"\ntopics = "turkey-nato"', "topics: must be a list"),
        ('title = "x"\ntopics = [1]', r"topics\[0\]: must be text"),
        ('title = "x"\nfrom = 2018', "from: must be a day such as"),
        ('title = "x"\nfrom = 2018-02-01\nto = 2018-01-01', "from: 2018-02-01 is after to = 2018-01-01"),
        ('title = "x"\nunit = "page"', "unit: must be one of article, story"),
        ('title = "x"\ntext = 1', "text: must be true or false"),
        ('title = "x"\nsample = 0', "sample: must be at least 1"),
        ('title = "x"\nsample = true', "sample: must be a whole number"),
        ('title = "x"\nformats = []', "formats: name at least one"),
        ('title = "x"\nformats = ["xlsx"]', r"formats\[0\]: must be one of csv, parquet"),
        ('title = "x"\nclasses = ["original"]', r"classes\[0\]: must be one of unmatched"),
        ('title = "x"\nauthors = ["A"]', r"authors\[0\]: must be"),
        ('title = "x"\nauthors = [{name = ""}]', r"authors\[0\]: must be"),
        ('title = "x', "Unterminated string"),
        ('title = " "', "title: must be one line of text"),
        (r'title = "one\ntwo"', "title: must be one line of text"),
        (r'title = "x\u0000"', "title: must be text without null characters"),
        ('title = "x"\n' + r'sql = "select 1\u0000"', "sql: must be text without null characters"),
    ],
)
def test_a_wrong_study_is_refused_with_its_place(toml, place):
    with pytest.raises(StudyError, match=place):
        study.parse(toml)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StudyError, match=r"STUDY\.toml: No such file"):
        study.load(tmp_path / "STUDY.toml")


def test_the_mark_that_editors_write_before_the_first_word_is_none_of_it(tmp_path):
    path = tmp_path / "study.toml"
    path.write_bytes(b'\xef\xbb\xbftitle = "A study"\r\n')
    read = study.load(path)
    assert (read.title, read.source) == ("A study", 'title = "A study"\n')


def test_an_orcid_may_be_given_as_the_address_it_is():
    (author,) = study.parse(
        'title = "x"\nauthors = [{name = "A", orcid = "https://orcid.org/0000-0002-1825-0097"}]'
    ).authors
    assert author.orcid == "0000-0002-1825-0097"
