"""What the program keeps beside the archive's tables to find things: inflected forms, shared text, the search index.

SQL text, as in `storage/schema.py`; not meant to be read by others, but described in the codebook all the same.
"""

INDEXES = """
create table word_forms (             -- vocabulary of the archive: which forms share a base
  language text not null,
  base text not null,
  form text not null,                 -- folded, as it stands in articles_fts
  primary key (language, base, form)
) strict, without rowid;

create table fingerprints (           -- an article's winnowed shingles, in the text's order
  article integer primary key references articles(id) on delete cascade,
  words integer not null,
  shingle integer not null,           -- words a key covers
  keys blob not null,                 -- 32-bit integers, little-endian
  places blob not null,               -- the words keys start at: steps of a byte (storage/fingerprints.py)
  furniture text not null default '[]', -- JSON: [[from_word, to_word], ...] covered by common keys
  own_words integer not null          -- the others
) strict;

create table postings (               -- who holds a key
  h integer not null,
  article integer not null,
  primary key (h, article)
) strict, without rowid;

create table common_keys (            -- keys that are common property (storage/furniture.py)
  h integer primary key
) strict;

create table overlaps (               -- pairs of articles that share text, the smaller key first; of the two texts only
  a integer not null references articles(id) on delete cascade,
  b integer not null references articles(id) on delete cascade,
  words_shared integer not null,      -- furniture included
  similarity real not null,
  spans text not null,                -- JSON: a row of numbers per storage.overlap.Span
  changes text not null,              -- JSON: [[kind, a, b], ...]
  primary key (a, b)
) strict, without rowid;
create index overlaps_b on overlaps(b);
"""

_INVISIBLE = (0x00AD, 0x0640, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFE0F, 0xFEFF)  # folding drops them


def _seen(column: str) -> str:
    """Return SQL for a text without characters that show nothing, which the tokenizer would take for word ends."""
    for code in _INVISIBLE:
        column = f"replace({column}, char({code}), '')"
    return column


SEARCH = f"""
create view articles_fts_content as
  select a.id, {_seen("a.title")} as title, a.authors, {_seen("t.text")} as text
  from articles a join texts t on t.article = a.id;

-- Indexes FOLDED words while snippets come from the view's original text: never run 'rebuild' on it.
-- Marks (Mn) belong to words, as in storage/words.py.
create virtual table articles_fts using fts5(
  title, authors, text,
  content='articles_fts_content', content_rowid='id',
  tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn'"
);
"""
