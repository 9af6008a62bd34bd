"""What the archive keeps about its own care: studies exported from it, what forgetting has still to do, its secrets. SQL text."""

CARE = """
create table erasures (               -- what forgetting has still to do outside the tables (storage/erasures.py)
  id integer primary key,
  what text not null                  -- JSON
) strict;

create table studies (                -- exports made of this archive
  id integer primary key,
  made_at text not null,
  title text not null,
  directory text not null,
  digest text not null                -- SHA-256 of its SHA256SUMS
) strict;

create table study_articles (         -- the articles in it, context included
  study integer not null references studies(id),
  article integer not null,           -- one that was forgotten since stays named
  primary key (study, article)
) strict, without rowid;
create index study_articles_article on study_articles(article);
"""

SECRETS = """
create table secrets (                -- made once, never published: keys of what is hashed
  name text primary key,              -- names: keys authors' names in studies
  value text not null                 -- hexadecimal
) strict;
"""
