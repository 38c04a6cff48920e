"""The domain: tables, observations, intent, findings, programme rules and vendor knowledge."""
