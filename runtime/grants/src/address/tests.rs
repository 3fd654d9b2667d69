//! Tells apart: every special-purpose block by its first and last address, and what each policy lets through.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot parse its own input should fail there"
)]

use std::net::IpAddr;

use crate::address::{AddressClass, AddressPolicy};

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn blocks_are_named_at_both_ends() {
    use AddressClass::*;
    for (text, class) in [
        ("0.0.0.0", Unspecified),
        ("0.255.255.255", Unspecified),
        ("1.0.0.0", Public),
        ("9.255.255.255", Public),
        ("10.0.0.0", Private),
        ("10.255.255.255", Private),
        ("11.0.0.0", Public),
        ("100.63.255.255", Public),
        ("100.64.0.0", CarrierGrade),
        ("100.127.255.255", CarrierGrade),
        ("100.128.0.0", Public),
        ("127.0.0.0", Loopback),
        ("127.255.255.255", Loopback),
        ("128.0.0.0", Public),
        ("169.253.255.255", Public),
        ("169.254.0.0", LinkLocal),
        ("169.254.255.255", LinkLocal),
        ("169.255.0.0", Public),
        ("172.15.255.255", Public),
        ("172.16.0.0", Private),
        ("172.31.255.255", Private),
        ("172.32.0.0", Public),
        ("192.0.0.0", Protocol),
        ("192.0.0.255", Protocol),
        ("192.0.1.0", Public),
        ("192.0.2.1", Documentation),
        ("192.88.99.1", Reserved),
        ("192.168.0.0", Private),
        ("192.168.255.255", Private),
        ("192.169.0.0", Public),
        ("198.17.255.255", Public),
        ("198.18.0.0", Benchmarking),
        ("198.19.255.255", Benchmarking),
        ("198.20.0.0", Public),
        ("198.51.100.7", Documentation),
        ("203.0.113.7", Documentation),
        ("223.255.255.255", Public),
        ("224.0.0.0", Multicast),
        ("239.255.255.255", Multicast),
        ("240.0.0.0", Reserved),
        ("255.255.255.254", Reserved),
        ("255.255.255.255", Broadcast),
        ("169.254.169.254", Metadata),
        ("169.254.170.2", Metadata),
        ("100.100.100.200", Metadata),
        ("168.63.129.16", Metadata),
        ("::", Unspecified),
        ("::1", Loopback),
        ("::2", Compatible),
        ("::127.0.0.1", Compatible),
        ("::ffff:8.8.8.8", Mapped),
        ("::ffff:127.0.0.1", Mapped),
        ("::ffff:0:127.0.0.1", Mapped),
        ("64:ff9b::8.8.8.8", Public),
        ("64:ff9b::10.0.0.1", Nat64),
        ("64:ff9b::169.254.169.254", Nat64),
        ("64:ff9b:1::8.8.8.8", Nat64),
        ("100::", Discard),
        ("100::1:0:0:0:0", Discard),
        ("200::", Reserved),
        ("2001::1", Teredo),
        ("2001:2::1", Benchmarking),
        ("2001:10::1", Protocol),
        ("2001:20::1", Protocol),
        ("2001:1ff:ffff::", Protocol),
        ("2001:200::", Public),
        ("2001:db8::1", Documentation),
        ("2001:4860:4860::8888", Public),
        ("2002:a00:1::", SixToFour),
        ("2606:4700::1111", Public),
        ("3fff::1", Documentation),
        ("3fff:1000::", Public),
        ("4000::", Reserved),
        ("5f00::1", Protocol),
        ("fc00::", UniqueLocal),
        ("fdff:ffff::1", UniqueLocal),
        ("fe00::", Reserved),
        ("fe80::1", LinkLocal),
        ("febf::1", LinkLocal),
        ("fec0::1", SiteLocal),
        ("feff::1", SiteLocal),
        ("ff02::1", Multicast),
        ("fd00:ec2::254", Metadata),
        ("fd20:ce::254", Metadata),
    ] {
        assert_eq!(AddressClass::of(address(text)), class, "{text}");
    }
}

#[test]
fn private_opens_own_networks_and_nothing_else() {
    for text in [
        "127.0.0.1",
        "::1",
        "10.1.2.3",
        "100.64.0.1",
        "fd12::1",
        "fec0::1",
        "8.8.8.8",
    ] {
        assert!(
            AddressPolicy::Private.permits(address(text)).is_ok(),
            "{text}"
        );
    }
    for text in [
        "169.254.169.254",
        "fd00:ec2::254",
        "100.100.100.200",
        "169.254.1.1",
        "fe80::1",
        "0.0.0.0",
        "::",
        "255.255.255.255",
        "224.0.0.1",
        "ff02::1",
        "192.0.2.1",
        "198.18.0.1",
        "240.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:a00:1::",
        "2001::1",
    ] {
        assert!(
            AddressPolicy::Private.permits(address(text)).is_err(),
            "{text}"
        );
    }
}

#[test]
fn localhost_and_literals_permit_what_they_name() {
    assert!(
        AddressPolicy::Loopback
            .permits(address("127.0.0.1"))
            .is_ok()
    );
    assert!(AddressPolicy::Loopback.permits(address("::1")).is_ok());
    assert!(AddressPolicy::Loopback.permits(address("8.8.8.8")).is_err());
    assert!(
        AddressPolicy::Loopback
            .permits(address("::ffff:127.0.0.1"))
            .is_err()
    );
    let metadata = AddressPolicy::Only(address("169.254.169.254"));
    assert!(metadata.permits(address("169.254.169.254")).is_ok());
    assert!(metadata.permits(address("8.8.8.8")).is_err());
}

#[test]
fn a_refusal_names_the_class_and_what_is_inside() {
    for (policy, text, sentence) in [
        (
            AddressPolicy::Public,
            "127.0.0.1",
            "`127.0.0.1` is a loopback address",
        ),
        (
            AddressPolicy::Public,
            "::ffff:169.254.169.254",
            "`::ffff:169.254.169.254` is an IPv4-mapped IPv6 address; inside is `169.254.169.254`, a cloud metadata address",
        ),
        (
            AddressPolicy::Public,
            "2002:a00:1::",
            "`2002:a00:1::` is a 6to4 address; inside is `10.0.0.1`, an address of a private network",
        ),
        (
            AddressPolicy::Public,
            "64:ff9b:1::1",
            "`64:ff9b:1::1` is a NAT64 address",
        ),
        (
            AddressPolicy::Only(address("127.0.0.1")),
            "8.8.8.8",
            "`8.8.8.8` is not `127.0.0.1`, which is what the grant names",
        ),
    ] {
        assert_eq!(
            policy.permits(address(text)).unwrap_err().to_string(),
            sentence
        );
    }
}

#[test]
fn hints_offer_only_what_would_help() {
    let hint = |text| {
        AddressPolicy::Public
            .permits(address(text))
            .unwrap_err()
            .hint()
    };
    assert!(hint("10.0.0.1").contains("`private = true`"));
    assert!(hint("169.254.169.254").contains("as in `http://169.254.169.254/*`"));
    assert!(hint("fe80::1").contains("as in `http://[fe80::1]/*`"));
    assert!(hint("::ffff:10.0.0.1").contains("IPv4 address itself"));
}
