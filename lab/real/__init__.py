"""The lab's real parts: daemons of Debian that answer as devices do.

snmpd with lldpd, FRR behind OpenSSH, and an OpenSSH that offers old algorithms only. As root each
runs in a network namespace of its own; without root what can runs on this machine's loopback, on
other ports, and says so (docs/decisions/0004). Nothing of the machine is changed: private mounts
stand over what a daemon would write, and all that was made goes when the block ends.
"""
