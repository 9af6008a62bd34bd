"""What people decided: corrections, codings of samples, what was to be forgotten. SQL text."""

PEOPLE = """
create table corrections (
  id integer primary key,
  made_at text not null,
  made_by text,
  article integer not null,
  kind text not null,                 -- not-reprint-of / origin-is / not-on-topic / date
  value text,                         -- key of an article, outlet, name, topic or date; null withdraws those before
  reason text,
  replaced text,                      -- JSON: the page's own published_ columns, where kind is date
  run integer references runs(id)
) strict;
create index corrections_article on corrections(article);
create index corrections_value on corrections(value);

create table codings (                -- what people coded on the sheets of sampled studies
  study text not null,                -- its title
  unit text not null,                 -- article / story
  article integer not null references articles(id) on delete cascade,  -- of a story: the one it was named by
  coder text not null,                -- column of the sheet
  code text not null,
  tagged integer not null,            -- what the rules said when the sheet was drawn: 1 on a topic of the study
  class text,
  stratum text not null,
  stratum_size integer not null,      -- articles or stories it was drawn from
  run integer not null references runs(id),
  primary key (study, unit, article, coder)
) strict, without rowid;
create index codings_article on codings(article);

create table tombstones (
  url_key text primary key,           -- digest of an address's url_key, outlet:ID or person:DIGEST: words tell, too
  key text not null,                  -- of the article
  outlet text,
  removed_at text not null,
  reason text not null,
  run integer references runs(id),
  article integer                     -- its id, which no other article is given
) strict;
create index tombstones_article on tombstones(article) where article is not null;
"""
