"""`cuttings demo`: invented outlets on loopback, collected twice, and what was found.

papers.py         files below outlets/ → outlets and their articles, on either day
replies.py        an outlet and its articles → what it answers at each path
server.py         one loopback server an outlet
configuration.py  the config.toml that watches them
run.py            config → serve → collect → a day passes → collect → a table → the site
report.py         that table
"""
