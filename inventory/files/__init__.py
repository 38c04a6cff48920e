"""Files that people hand in: what each kind may be, and what its bytes really are. No storage."""
