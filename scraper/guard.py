"""Which network addresses may be asked: public ones, in whatever form they are written. No I/O; `connect` obeys it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NOT_PUBLIC_V4 = {
    IPv4Network(network): kind
    for network, kind in (
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a carrier-grade NAT address"),
        ("127.0.0.0/8", "a loopback address"),
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "a reserved address"),
        ("192.88.99.0/24", "a reserved address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "a reserved address"),
        ("198.51.100.0/24", "a reserved address"),
        ("203.0.113.0/24", "a reserved address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
    )
}
"""IANA's IPv4 special-purpose registry, and multicast. `ipaddress.is_private` means another list in each Python."""

_NOT_PUBLIC_V6 = {
    IPv6Network(network): kind
    for network, kind in (
        ("::/128", "an unspecified address"),
        ("::1/128", "a loopback address"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("ff00::/8", "a multicast address"),
        ("2001::/23", "a reserved address"),
        ("2001:db8::/32", "a reserved address"),
        ("3fff::/20", "a reserved address"),
    )
}
_PUBLIC_V6 = IPv6Network("2000::/3")
"""All that IANA has given out as global unicast; what lies outside is reserved."""

_CARRIES_V4 = (
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("2002::/16"), 80),
)
"""IPv4-mapped, NAT64 and 6to4: each network, with how many bits follow the IPv4 address that it leads to."""


def refusal(address: str) -> str | None:
    """Why an IP address may not be asked ("a loopback address"); None for a public one."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return next((kind for network, kind in _NOT_PUBLIC_V4.items() if ip in network), None)
    for network, bits_after in _CARRIES_V4:
        if ip in network:
            return refusal(str(_carried(ip, bits_after)))
    kind = next((kind for network, kind in _NOT_PUBLIC_V6.items() if ip in network), None)
    return kind or (None if ip in _PUBLIC_V6 else "a reserved address")


def _carried(ip: IPv6Address, bits_after: int) -> IPv4Address:
    return IPv4Address(int(ip) >> bits_after & 0xFFFF_FFFF)
