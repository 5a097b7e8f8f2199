"""Replays a recorded session of another exchange through our queue, worker and database."""
