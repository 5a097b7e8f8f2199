"""People's accounts: how one is opened, logged in to, recovered and watched. It shows nothing: pages do."""
