"""What each kind of job does: one function that calls one use case.

Adding a kind is adding a decorated function in a module of this folder, found by itself. The web
process does not import it: it speaks to no device.
"""

import importlib
import pkgutil

from api.jobs.kinds import FUNCTIONS, JobContext, JobFunction, repeatable_kinds

__all__ = ["FUNCTIONS", "JobContext", "JobFunction", "repeatable_kinds"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
