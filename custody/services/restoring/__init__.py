"""After a restore: what rows do not know of their other life, found in the signer's journal and the chain."""
