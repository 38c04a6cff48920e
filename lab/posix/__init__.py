"""A POSIX machine of the lab: its shell, files and processes; devices with a shell are made of it.

POSIX.1-2017, XCU chapter 2 (shell) and 4 (utilities), as BusyBox and Debian have them.
"""
