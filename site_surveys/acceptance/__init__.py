"""The acceptance: a profile's checks, judged on evidence. Pure: values in, values out."""
