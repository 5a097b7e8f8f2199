"""Websockets for every app: who may connect, what they may ask, and how fast they are sent what they hear.

Apps register channels and operations; nothing here knows what they are about.
"""
