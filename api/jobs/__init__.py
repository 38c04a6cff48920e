"""Work in the background: the queue, the functions it runs, the worker, and the clock.

`queue` is a table; each module of `functions` registers kinds of jobs (`kinds`); `worker` claims
and runs them; `schedule` puts the nightly audit and the regular polls into the queue. Only the jobs
process speaks to devices.
"""
