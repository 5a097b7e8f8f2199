"""Operators at work in a browser: what a person does, click by click."""
