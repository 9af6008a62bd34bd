"""The archive's tables as SQL text (the public contract: DESIGN, section 6). Views are in `storage/views.py`.

Times are UTC text `YYYY-MM-DDTHH:MM:SSZ` in columns ending `_at`; days `YYYY-MM-DD` in columns ending `_day`.
Null means not known, never none. Every derived row names the `run` that made it.
"""

from storage.backfills import BACKFILLS
from storage.schema_care import CARE, SECRETS
from storage.schema_health import HEALTH
from storage.schema_index import INDEXES
from storage.schema_people import PEOPLE

APPLICATION_ID = 0x43555454  # "CUTT": tells our files from other SQLite files

_PUBLIC = """
create table configs (
  digest text primary key,            -- SHA-256 of the file's bytes
  toml text not null,
  first_used_at text not null
) strict;

create table runs (
  id integer primary key,
  command text not null,
  started_at text not null,
  ended_at text,                      -- null: still running, or killed
  result text,                        -- done / attention / offline / interrupted / failed / killed
  counts text not null default '{}',  -- JSON
  config_digest text references configs(digest),
  version text not null,              -- of cuttings
  vantage text
) strict;

create table outlets (
  id text primary key,
  name text not null,
  url text not null,
  language text, country text, kind text, owner text,
  ownership text not null default 'unknown',
  groups text not null default '[]',  -- JSON
  aliases text not null default '[]', -- JSON
  timezone text,
  active integer not null default 1
) strict;

create table outlet_hosts (
  outlet text not null references outlets(id),
  host text not null,                 -- without www. and m., with port
  path_prefix text not null default '/',
  kind text not null,                 -- primary / edition / amp / mirror / former
  primary key (host, path_prefix)
) strict;

create table outlet_rights (
  outlet text not null references outlets(id),
  seen_at text not null,
  robots text,                        -- robots.txt as answered
  tdmrep text,                        -- /.well-known/tdmrep.json as answered
  tdm_reserved integer,               -- 1 reserved, 0 stated as not reserved
  terms text,                         -- address of a policy
  noarchive integer,                  -- 1 where pages ask not to be shown from an archive
  capture integer references captures(id),
  primary key (outlet, seen_at)
) strict;

create table outlet_furniture (       -- paragraphs learned to be of an outlet's pages (storage/learning.py)
  outlet text not null references outlets(id),
  line text not null,                 -- digest of the folded letters
  words text not null,                -- as printed
  carriers integer not null,          -- of the articles looked at, those that had it
  articles integer not null,
  learned_at text not null,
  kept_below integer,                 -- articles with smaller ids may have it still; null: none has
  run integer not null references runs(id),
  primary key (outlet, line)
) strict, without rowid;

create table feeds (
  outlet text not null references outlets(id),
  url text not null,
  kind text not null,                 -- feed / sitemap / news-sitemap / section
  found_by text not null,             -- config / robots / front-page / sitemap-index / outlet: its own front page
  first_used_at text, last_used_at text, last_outcome text,
  etag text, last_modified text,      -- for conditional requests
  body_digest text,                   -- SHA-256 of the last full answer
  full_at text,                       -- when it was last answered in full
  listed integer,                     -- links it listed then
  oldest_at text,                     -- entries before this were left out then
  proved_at text,                     -- when a 304 of it was last asked again in full and found true
  primary key (outlet, url)
) strict;

create table false_304s (             -- outlets whose "not modified" was not true: they are asked in full
  outlet text primary key references outlets(id),
  seen_at text not null,
  url text not null,
  why text not null
) strict;

create table guids (                  -- how far an outlet's feed identifiers have proved true
  outlet text primary key references outlets(id),
  agreed integer not null default 0,  -- seen again with the same article
  contradicted integer not null default 0
) strict;

create table host_policies (          -- robots.txt and tdmrep.json of a host, cached
  origin text primary key,
  fetched_at text not null,
  robots_status integer, robots text not null,
  tdmrep_status integer, tdmrep text
) strict;

create table host_rests (             -- hosts that asked us to wait (Retry-After)
  host text primary key,
  until_at text not null
) strict;

create table links (
  url_key text primary key,
  outlet text not null references outlets(id),
  url text not null,
  found_in text not null,
  found_at text not null,
  last_found_at text not null,
  title text, published_at text,
  published text not null default 'null',  -- JSON of the whole stamp, the most precise one stated
  authors text not null default '[]', -- JSON
  basis text not null default 'feed', -- feed / sitemap / page
  state text not null default 'waiting',  -- an outcome, or waiting
  tries integer not null default 0,
  next_try_at text,
  language text,
  screened_by text,                   -- digest of the topics that found it off topic
  guid text,                          -- the feed's identifier of the item
  modified_at text,                   -- when the place says the page last changed
  titles text not null default '[]',  -- JSON: other titles stated since
  restated_at text,                   -- when a place last stated a title not stated before
  etag text, last_modified text,      -- for conditional requests
  body_digest text,                   -- SHA-256 of the last full answer
  full_at text,                       -- when it was last answered in full
  found_by text not null default 'live'   -- live / sitemap / url-list
) strict;
create index links_outlet on links(outlet, found_in);
create index links_guid on links(outlet, guid) where guid is not null;
create index links_waiting on links(outlet, published_at, found_at) where state = 'waiting';
create index links_resting on links(outlet, next_try_at) where next_try_at is not null;
create view seen as select * from links where state = 'off_topic';

create table topics (
  id text primary key,
  name text not null,
  version text not null,              -- digest of the queries in force
  active integer not null default 1
) strict;

create table topic_versions (
  topic text not null references topics(id),
  version text not null,
  queries text not null,              -- JSON
  since text not null,
  primary key (topic, version)
) strict;

create table retags (                 -- how far stored articles have been matched with a topic as configured
  topic text primary key references topics(id),
  rules text not null,                -- its version and min_score; a topic configured otherwise since has no row
  up_to integer                       -- articles with ids up to this; null: all of them
) strict;

create table articles (
  id integer primary key,             -- 1000 x epoch second of published_at, else first_seen_at; first free
  key text not null unique,           -- machine-independent digest of url_key
  outlet text not null references outlets(id),
  url text not null,
  url_key text not null unique,
  requested_url text not null,
  canonical_url text, og_url text,
  title text,
  authors text not null default '[]', -- JSON
  published_at text, published_offset text, published_precision text, published_basis text, published_day text,
  modified_at text,
  first_seen_at text not null,
  checked_at text not null,
  gone_at text,
  found_by text not null,             -- live / warc / sitemap / url-list
  language text, language_declared text, language_confidence real,
  section text,
  text_status text not null,          -- full / stub / paywalled / truncated / empty
  genre text not null default 'article',
  word_count integer not null,
  text_digest text not null,          -- SHA-256 of the stored text
  story integer references stories(id) deferrable initially deferred,
  extractor text not null,
  run integer not null references runs(id)
) strict;
create index articles_outlet_day on articles(outlet, published_day);
create index articles_outlet on articles(outlet, id);
create index articles_url on articles(url);
create index articles_day on articles(published_day);
create index articles_story on articles(story);
create index articles_digest on articles(text_digest);
create index articles_language on articles(language);
create index articles_first_seen on articles(first_seen_at);
create index articles_month on articles(substr(published_day, 1, 7));

create table texts (
  article integer primary key references articles(id) on delete cascade,
  text text not null
) strict;

create table article_topics (
  article integer not null references articles(id) on delete cascade,
  topic text not null references topics(id),
  score real not null,
  hits integer not null,
  topic_version text not null,
  run integer not null references runs(id),
  primary key (article, topic)
) strict, without rowid;
create index article_topics_topic on article_topics(topic, article);

create table evidence (
  article integer not null,
  topic text not null,
  field text not null,                -- title / text
  from_char integer not null,         -- code points, to_char exclusive
  to_char integer not null,
  words text not null,
  term text not null,
  run integer not null references runs(id),
  foreign key (article, topic) references article_topics(article, topic) on delete cascade
) strict;
create index evidence_article on evidence(article, topic);

create table credits (
  article integer not null references articles(id) on delete cascade,
  name text not null,
  outlet text references outlets(id),
  url text,
  role text not null,                 -- republication / citation / contributor / link
  kind text not null,                 -- byline / credit_line / dateline / canonical / structured_data / link
  words text not null,
  rule text not null,
  confidence real not null,
  stated_title text, stated_at text,
  run integer not null references runs(id)
) strict;
create index credits_article on credits(article);
create index credits_outlet on credits(outlet);

create table stories (
  id integer primary key,             -- smallest article id of its members
  title text,
  origin integer references articles(id) deferrable initially deferred,
  origin_outlet text references outlets(id),
  origin_name text,                   -- as credited
  origin_basis text,
  origin_confidence real,
  contested integer not null default 0,
  article_count integer not null,
  outlet_count integer not null,
  first_published_at text, last_published_at text,
  method_version text not null,
  run integer not null references runs(id)
) strict;
create index stories_shared on stories(id) where outlet_count > 1;
create index stories_origin on stories(origin);
create index stories_origin_outlet on stories(origin_outlet);

create table story_log (
  story integer not null,
  at text not null,
  run integer not null references runs(id),
  what text not null,                 -- id / members / origin / gone
  old text, new text, why text
) strict;
create index story_log_story on story_log(story);

create table reprints (
  article integer not null references articles(id) on delete cascade,
  source integer references articles(id) on delete cascade,   -- null: the source's text is not archived
  source_story integer,
  source_outlet text references outlets(id),
  source_name text,
  main integer not null,              -- exactly one 1 an article
  kind text not null,                 -- verbatim / edited / excerpt / claimed
  containment real, taken real, similarity real,
  words_shared integer, words_quoted integer, longest_unquoted_run integer,
  credit_status text not null,        -- exact / intermediary / other / citation / none / unknown
  credited integer,
  headline_changed integer,
  facts_changed text,                 -- JSON
  lag_s integer, lag_min_s integer, lag_max_s integer,
  spans text,                         -- JSON: [[from_char, to_char, source_from_char, source_to_char], ...]
  run integer not null references runs(id),
  unique (article, source, source_name)
) strict;
create unique index reprints_main on reprints(article) where main = 1;
create index reprints_source on reprints(source);
create index reprints_source_story on reprints(source_story);

create table captures (
  id integer primary key,
  url text not null,
  fetched_at text not null,
  status integer not null,
  content_type text,
  warc text not null,                 -- path below the captures folder, or an address
  byte_offset integer not null,
  byte_length integer not null,
  digest text not null,               -- sha1:BASE32 of the payload, as in the WARC record
  article integer references articles(id) on delete set null
) strict;
create index captures_article on captures(article);
create index captures_place on captures(warc, byte_offset);

create table versions (
  article integer not null references articles(id) on delete cascade,
  seen_at text not null,
  title text, text text, text_digest text,
  change text not null,               -- first / title / text / both / gone / back
  capture integer references captures(id),
  run integer not null references runs(id)
) strict;
create index versions_article on versions(article, seen_at);
create index versions_capture on versions(capture) where capture is not null;
create index versions_edits on versions(article) where change in ('title', 'text', 'both');

create table checks (
  article integer not null references articles(id) on delete cascade,
  at text not null,
  state text not null,                -- alive / changed / gone / refused / unknown
  status integer, reason text,
  run integer not null references runs(id)
) strict;
create index checks_article on checks(article, at);

create table fetches (
  run integer not null references runs(id),
  outlet text references outlets(id),
  url text not null,
  at text not null,
  kind text not null,                 -- robots / tdmrep / front-page / feed / sitemap / news-sitemap / section / article / recheck
  outcome text not null,
  status integer, ms integer, bytes integer,
  weight real                         -- of a failed poll, against its outlet: hard 1, soft 0.5, temporary 0.25
) strict;
create index fetches_run on fetches(run);
create index fetches_outlet on fetches(outlet, at);
create index fetches_polls on fetches(at) where kind in ('front-page', 'feed', 'sitemap', 'news-sitemap', 'section');

create table coverage (
  outlet text not null references outlets(id),
  collected_day text not null,        -- UTC
  polls integer not null default 0, polls_failed integer not null default 0,
  links integer not null default 0, fetched integer not null default 0,
  new_articles integer not null default 0, on_topic integer not null default 0,
  failed integer not null default 0, cut_off integer not null default 0,
  overlap real,                       -- share of a poll's links already known
  gap_suspected integer not null default 0,
  off_topic integer not null default 0,
  primary key (outlet, collected_day)
) strict;
create index coverage_polled on coverage(outlet, collected_day) where polls > polls_failed;
"""

TABLES = _PUBLIC + HEALTH + PEOPLE + CARE + SECRETS + BACKFILLS + INDEXES
