"""The engine compiled to C, from the very sources that are interpreted elsewhere. Nothing needs it."""
