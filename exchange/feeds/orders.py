"""Orders over a socket: the same forms and the same way to the engine as over HTTP."""


def register_operations() -> None:
    return
