"""When, how often and with what configuration; holds the entry point."""
