"""Changes devices: rendered configuration, difference, plan, guarded push, reading back."""
