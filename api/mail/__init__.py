"""Mail: what is written to people, and how it leaves. Nothing is sent without `smtp_host`."""
