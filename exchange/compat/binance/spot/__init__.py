"""The spot surface: `/api/v3`, `/sapi/v1`, its streams and its websocket API."""
