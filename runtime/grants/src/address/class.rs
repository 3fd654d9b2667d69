//! What kind of address an address is, by the registries of IANA for special-purpose addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The kind of an address. Only [`AddressClass::Public`] is dialled without an operator's say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddressClass {
    /// Globally reachable, and none of the following.
    Public,
    /// This machine.
    Loopback,
    /// RFC 1918.
    Private,
    /// Shared by a carrier's customers, and by overlay networks such as Tailscale's.
    CarrierGrade,
    /// IPv6's private networks.
    UniqueLocal,
    /// What IPv6 had before unique-local addresses; some networks still do.
    SiteLocal,
    /// One network segment.
    LinkLocal,
    /// A service that hands the machine's own credentials to whoever asks.
    Metadata,
    /// Many receivers.
    Multicast,
    /// Every receiver of a segment.
    Broadcast,
    /// `0.0.0.0`, `::` and the rest of `0.0.0.0/8`; Linux connects to loopback instead.
    Unspecified,
    /// For examples in text.
    Documentation,
    /// For tests of network devices.
    Benchmarking,
    /// Set aside for protocols.
    Protocol,
    /// Where routers drop traffic on purpose.
    Discard,
    /// Not given out.
    Reserved,
    /// `::ffff:0:0/96`, an IPv4 address in IPv6 sockets.
    Mapped,
    /// `::/96`, an abandoned predecessor of the former.
    Compatible,
    /// NAT64 whose embedded address is not public, or of a network's own prefix.
    Nat64,
    /// An IPv6 network behind an IPv4 address.
    SixToFour,
    /// An IPv6 address through a relay of somebody's choice.
    Teredo,
}

/// Metadata services outside and inside link-local space: a request there returns the keys of this machine's role.
const METADATA_V4: [Ipv4Addr; 6] = [
    // AWS, Google Cloud, Azure, DigitalOcean, OpenStack and others.
    Ipv4Addr::new(169, 254, 169, 254),
    // AWS: the credentials of an ECS task, and of an EKS pod.
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    // Alibaba Cloud, in carrier-grade space, which `private = true` opens.
    Ipv4Addr::new(100, 100, 100, 200),
    // Azure's wire server, a public address that answers virtual machines only.
    Ipv4Addr::new(168, 63, 129, 16),
    // Oracle Cloud's older one.
    Ipv4Addr::new(192, 0, 0, 192),
];

const METADATA_V6: [Ipv6Addr; 3] = [
    // AWS: instances, and EKS pods; in unique-local space, which `private = true` opens.
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    // Google Cloud.
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

/// IPv4 blocks that are not public; the first that contains an address names it.
const BLOCKS_V4: [([u8; 4], u32, AddressClass); 16] = [
    // RFC 791, RFC 1122: "this network".
    ([0, 0, 0, 0], 8, AddressClass::Unspecified),
    // RFC 1918.
    ([10, 0, 0, 0], 8, AddressClass::Private),
    ([172, 16, 0, 0], 12, AddressClass::Private),
    ([192, 168, 0, 0], 16, AddressClass::Private),
    // RFC 6598.
    ([100, 64, 0, 0], 10, AddressClass::CarrierGrade),
    // RFC 1122.
    ([127, 0, 0, 0], 8, AddressClass::Loopback),
    // RFC 3927.
    ([169, 254, 0, 0], 16, AddressClass::LinkLocal),
    // RFC 6890: DS-Lite, NAT64 discovery and the like.
    ([192, 0, 0, 0], 24, AddressClass::Protocol),
    // RFC 5737.
    ([192, 0, 2, 0], 24, AddressClass::Documentation),
    ([198, 51, 100, 0], 24, AddressClass::Documentation),
    ([203, 0, 113, 0], 24, AddressClass::Documentation),
    // RFC 7526 withdrew the 6to4 relays that were here.
    ([192, 88, 99, 0], 24, AddressClass::Reserved),
    // RFC 2544.
    ([198, 18, 0, 0], 15, AddressClass::Benchmarking),
    // RFC 5771.
    ([224, 0, 0, 0], 4, AddressClass::Multicast),
    // RFC 919; stands before the block that it is the last address of.
    ([255, 255, 255, 255], 32, AddressClass::Broadcast),
    // RFC 1112.
    ([240, 0, 0, 0], 4, AddressClass::Reserved),
];

/// IPv6 blocks that are not public; the first that contains an address names it.
const BLOCKS_V6: [(Ipv6Addr, u32, AddressClass); 20] = [
    // RFC 4291: one address each, inside `::/96`.
    (Ipv6Addr::UNSPECIFIED, 128, AddressClass::Unspecified),
    (Ipv6Addr::LOCALHOST, 128, AddressClass::Loopback),
    (block(0, 0), 96, AddressClass::Compatible),
    (
        Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0),
        96,
        AddressClass::Mapped,
    ),
    // RFC 2765: `::ffff:0:a.b.c.d`, IPv4-translated, whose translators strip the rest.
    (
        Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, 0, 0),
        96,
        AddressClass::Mapped,
    ),
    // RFC 8215: a network's own NAT64; where the IPv4 address stands is its own affair.
    (
        Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0),
        48,
        AddressClass::Nat64,
    ),
    // RFC 6666, and RFC 9780 beside it.
    (block(0x100, 0), 64, AddressClass::Discard),
    (
        Ipv6Addr::new(0x100, 0, 0, 1, 0, 0, 0, 0),
        64,
        AddressClass::Discard,
    ),
    // RFC 4380; stands before the block that it is a part of, as do the next two.
    (block(0x2001, 0), 32, AddressClass::Teredo),
    // RFC 5180.
    (block(0x2001, 2), 48, AddressClass::Benchmarking),
    // RFC 4843 and RFC 7343: cryptographic identifiers, not locations.
    (block(0x2001, 0x10), 28, AddressClass::Protocol),
    // RFC 2928.
    (block(0x2001, 0), 23, AddressClass::Protocol),
    // RFC 3849 and RFC 9637.
    (block(0x2001, 0xdb8), 32, AddressClass::Documentation),
    (block(0x3fff, 0), 20, AddressClass::Documentation),
    // RFC 3056.
    (block(0x2002, 0), 16, AddressClass::SixToFour),
    // RFC 9602: segment routing identifiers.
    (block(0x5f00, 0), 16, AddressClass::Protocol),
    // RFC 4193.
    (block(0xfc00, 0), 7, AddressClass::UniqueLocal),
    // RFC 4291.
    (block(0xfe80, 0), 10, AddressClass::LinkLocal),
    // RFC 3879.
    (block(0xfec0, 0), 10, AddressClass::SiteLocal),
    // RFC 4291.
    (block(0xff00, 0), 8, AddressClass::Multicast),
];

/// RFC 6052: an IPv6-only network with DNS64 resolves every IPv4-only host to `64:ff9b::` and its address.
const NAT64: Ipv6Addr = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0);

/// RFC 4291: the only part of IPv6 from which IANA gives out global unicast addresses.
const GLOBAL_UNICAST: Ipv6Addr = block(0x2000, 0);

const fn block(first: u16, second: u16) -> Ipv6Addr {
    Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0)
}

impl AddressClass {
    /// The class of `address`. Addresses that translate to IPv4 are never better than the one inside.
    pub fn of(address: IpAddr) -> AddressClass {
        match address {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }

    /// Whether `private = true` permits it: the machine itself and networks of one's own.
    pub(super) fn is_opened_by_private(self) -> bool {
        matches!(
            self,
            AddressClass::Loopback
                | AddressClass::Private
                | AddressClass::CarrierGrade
                | AddressClass::UniqueLocal
                | AddressClass::SiteLocal
        )
    }

    pub(super) fn embeds_v4(self) -> bool {
        matches!(
            self,
            AddressClass::Mapped
                | AddressClass::Compatible
                | AddressClass::Nat64
                | AddressClass::SixToFour
                | AddressClass::Teredo
        )
    }
}

fn of_v4(address: Ipv4Addr) -> AddressClass {
    if METADATA_V4.contains(&address) {
        return AddressClass::Metadata;
    }
    BLOCKS_V4
        .iter()
        .find(|(block, length, _)| {
            (address.to_bits() ^ Ipv4Addr::from(*block).to_bits()) >> (32 - length) == 0
        })
        .map_or(AddressClass::Public, |(_, _, class)| *class)
}

fn of_v6(address: Ipv6Addr) -> AddressClass {
    if METADATA_V6.contains(&address) {
        return AddressClass::Metadata;
    }
    if let Some(inside) = nat64_v4(address) {
        // Refusing public ones too would leave IPv6-only networks without any IPv4 upstream.
        return match of_v4(inside) {
            AddressClass::Public => AddressClass::Public,
            _ => AddressClass::Nat64,
        };
    }
    let known = BLOCKS_V6
        .iter()
        .find(|(block, length, _)| is_within(address, *block, *length));
    match known {
        Some((_, _, class)) => *class,
        None if is_within(address, GLOBAL_UNICAST, 3) => AddressClass::Public,
        None => AddressClass::Reserved,
    }
}

fn is_within(address: Ipv6Addr, block: Ipv6Addr, length: u32) -> bool {
    (address.to_bits() ^ block.to_bits()) >> (128 - length) == 0
}

fn nat64_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    is_within(address, NAT64, 96).then(|| low_v4(address))
}

fn low_v4(address: Ipv6Addr) -> Ipv4Addr {
    let [.., a, b, c, d] = address.octets();
    Ipv4Addr::new(a, b, c, d)
}

/// The IPv4 address that `address` stands for, where the form fixes its place.
pub(super) fn embedded_v4(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else {
        return None;
    };
    match of_v6(address) {
        AddressClass::Mapped | AddressClass::Compatible => Some(low_v4(address)),
        AddressClass::Nat64 => nat64_v4(address),
        AddressClass::SixToFour => {
            let [_, _, a, b, c, d, ..] = address.octets();
            Some(Ipv4Addr::new(a, b, c, d))
        }
        // RFC 4380: the client's address, with every bit turned over.
        AddressClass::Teredo => Some(Ipv4Addr::from_bits(!low_v4(address).to_bits())),
        _ => None,
    }
}

impl fmt::Display for AddressClass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            AddressClass::Public => "a public address",
            AddressClass::Loopback => "a loopback address",
            AddressClass::Private => "an address of a private network",
            AddressClass::CarrierGrade => "a carrier-grade NAT address",
            AddressClass::UniqueLocal => "a unique-local address",
            AddressClass::SiteLocal => "a site-local address",
            AddressClass::LinkLocal => "a link-local address",
            AddressClass::Metadata => "a cloud metadata address",
            AddressClass::Multicast => "a multicast address",
            AddressClass::Broadcast => "a broadcast address",
            AddressClass::Unspecified => "an unspecified address",
            AddressClass::Documentation => "an address for documentation",
            AddressClass::Benchmarking => "an address for benchmarking",
            AddressClass::Protocol => "an address set aside for protocols",
            AddressClass::Discard => "a discard-only address",
            AddressClass::Reserved => "a reserved address",
            AddressClass::Mapped => "an IPv4-mapped IPv6 address",
            AddressClass::Compatible => "an IPv4-compatible IPv6 address",
            AddressClass::Nat64 => "a NAT64 address",
            AddressClass::SixToFour => "a 6to4 address",
            AddressClass::Teredo => "a Teredo address",
        })
    }
}
