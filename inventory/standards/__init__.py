"""Standards of configuration: what devices of a role, tag or family must show and must not show."""
