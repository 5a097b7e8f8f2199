"""Writes `models`, `operations` and `async_operations` of `ballast_sdk` from the OpenAPI document."""
