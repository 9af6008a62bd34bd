"""How outlets are doing: when they are asked again, what is unusual, who is told of it. SQL text."""

HEALTH = """
create table paces (                  -- how fast an outlet's lists turn over: when it is asked again
  outlet text primary key references outlets(id),
  at text not null,
  wait_s integer not null,            -- how long its fastest list may be left alone
  wish_s integer not null,            -- what its lists ask for (ttl, Cache-Control); 0: nothing
  level real not null,                -- how busy it is now, a multiple of what `hours` says
  hours text not null,                -- JSON: share of that list that is new after an hour, by hour (UTC)
  run integer not null references runs(id)
) strict;

create table health (
  outlet text primary key references outlets(id),
  state text not null,                -- ok / silent / low / high / failing / gap suspected / recovered
  since text not null,
  detail text,
  run integer not null references runs(id)
) strict;

create table drifts (                  -- fields that an outlet's new articles lack, though they used to have them
  outlet text not null references outlets(id),
  field text not null,                -- title / authors / published_at / section / text, or pages: they cannot be read
  since_at text not null,             -- when the first article without it was seen
  usual real not null,                -- share of articles that had it before
  run integer not null references runs(id),
  primary key (outlet, field)
) strict, without rowid;

create table canaries (                -- once a day, whether an outlet's newest article is complete
  outlet text primary key references outlets(id),
  at text not null,
  article integer not null references articles(id) on delete cascade,
  missing text not null,              -- JSON list of fields
  run integer not null references runs(id)
) strict;

create table notices (                 -- changes of health that somebody is told of
  id integer primary key,
  at text not null,
  outlet text not null references outlets(id),
  body text not null,                 -- JSON, as it is told
  waiting text not null,              -- JSON list of what has not been told yet: command, webhook
  run integer not null references runs(id)
) strict;
create index notices_waiting on notices(id) where waiting <> '[]';
"""
