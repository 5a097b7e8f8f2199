"""How dates and times look on our pages: as in logs and in the API, in UTC."""
