"""Alerts: one list of them, told by Prometheus's rules or by a notifier of the house's own."""
