"""One kind of finding and one registry of pure rules: health, compliance, audit, acceptance."""
