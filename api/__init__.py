"""The shells: command line, JSON API, web pages, jobs; and the use cases that cross packages."""
