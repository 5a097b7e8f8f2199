"""What everybody may ask the oracle over HTTP."""
