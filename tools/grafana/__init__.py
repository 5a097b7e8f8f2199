"""The dashboard of the house as a short description, and the JSON that Grafana reads made from it."""
