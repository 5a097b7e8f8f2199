"""What the owner of an account is told of its security, as notices."""

from datetime import datetime

from access.notices.services import Notice, notify

SECURITY_CHANGED, NEW_LOGIN = "SECURITY_CHANGED", "NEW_LOGIN"


def tell_security_change(user_id: int, text: str, now: datetime) -> None:
    """In the caller's transaction."""
    notify([Notice(user_id, SECURITY_CHANGED, f"security:{now.timestamp():.6f}", text)])


def tell_new_login(user_id: int, login_id: int, ip: str, device: str) -> None:
    """In the caller's transaction."""
    text = f"A login from a place that is new to us: {device}, {ip or 'unknown address'}."
    data = {"ip": ip, "device": device}
    notify([Notice(user_id, NEW_LOGIN, f"login:{login_id}", text, data)])
