"""What we keep: the SQLite archive, search, shared texts, exports and the site. Knows neither HTTP client nor Scrapy."""
