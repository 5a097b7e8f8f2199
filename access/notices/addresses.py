"""Which addresses the house may be made to connect to: public ones of the Internet alone. Pure.

Named by what they are and not left to a library's idea of "global", which changes from version to version.
"""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# The special-purpose registries of IANA, and one public address at which a cloud shows a machine its secrets.
_NEVER_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
# Of IPv6 only what is given out as unicast, and of that nothing that wraps an address of IPv4: what is mapped
# (::ffff:0:0/96) or translated (64:ff9b::/96) lies outside of it, Teredo and 6to4 are named.
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
_NEVER_6 = tuple(
    map(
        ipaddress.IPv6Network,
        ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
)


def is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NEVER_4)
    if address.scope_id is not None:
        return False
    return address in _UNICAST_6 and not any(address in network for network in _NEVER_6)
