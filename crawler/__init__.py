"""Outlet → links → captures → articles; no SQL anywhere.

outlets.py    configured outlets → which outlet an address or a name belongs to
discovery.py  bytes of a feed, sitemap, robots.txt, front page, section → links
urls.py       one key per address
download.py   links → captures (Scrapy)           manners.py  what we refuse to ask, robots.txt, delays
warc.py       captures ⇄ WARC files
clean.py      capture → article: the one sequence for live pages, stored captures, other people's WARCs
              (workers.py runs it on all cores)
  pager.py      the other pages of an article (page_numbers.py: by their addresses); joining.py makes one text of them
  prefilter.py  can a page be on a topic at all? told from its bytes (unparsed.py), before it is parsed
  markup.py     the parsed page, its printed lines, and what it states of itself (jsonld.py)
  extract.py    the text and its metadata    metadata.py  headline, times, language    sections.py, genre.py
                dates.py  times as stated    authors.py, names.py  who wrote it        language.py  which language
  mending.py    what the extractor lost, from the page's printed lines
  trimming.py   what stands elsewhere than the text is left out
  rights.py     what an answer says about mining its text
  credit.py     who the page says it came from: credit_rules.py has the rules, credit_zones.py where each reads
  topics/       query language → tags with evidence
"""
