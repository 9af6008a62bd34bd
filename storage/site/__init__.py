"""The archive in Datasette, read-only.

app.py            builds and serves the Datasette instance, its settings and its one database
plugins/archive.py  the hooks: addresses, headers, connection limits, cells
pages.py          one function per address: ask, put together, render
questions/        all SQL of the pages, one named function per question
phrases.py        the words pages use for classes, lags, times; Jinja filters
marks.py, difference.py, charts.py, atom.py, citation.py   pure: offsets, diffs, geometry, feeds
templates/, static/, metadata.yaml                         what readers see; canned queries
"""
