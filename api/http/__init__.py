"""The web process: the JSON API under /api/v1, the pages of `api.web`, health and metrics."""
