"""SNMP: the codec, the engine, recordings."""
