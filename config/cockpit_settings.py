"""How the operators' pages look: what Unfold is told. Which pages stand where is config.cockpit_menu's."""

_FONT = {
    "subtle-light": "var(--color-base-500)",
    "subtle-dark": "var(--color-base-400)",
    "default-light": "var(--color-base-700)",
    "default-dark": "var(--color-base-300)",
    "important-light": "var(--color-base-900)",
    "important-dark": "var(--color-base-100)",
}

UNFOLD = {
    "SITE_TITLE": "Ballast operators",
    "SITE_HEADER": "Ballast operators",
    "SITE_URL": None,
    "SITE_SYMBOL": "anchor",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "config.cockpit_menu.favicon"},
    ],
    "SHOW_BACK_BUTTON": True,
    "SHOW_HISTORY": False,  # changes stand in the audit trail
    "SHOW_VIEW_ON_SITE": False,
    "ENVIRONMENT": "config.cockpit_menu.environment",
    "COLORS": {"font": _FONT},
}
