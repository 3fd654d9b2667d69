//! The tables of special-purpose blocks against the standard library's own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use tidegate_grants::AddressPolicy;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8192))]

    #[test]
    fn what_std_calls_special_is_not_public(first in any::<u8>(), rest in any::<[u8; 3]>()) {
        let address = Ipv4Addr::new(first, rest[0], rest[1], rest[2]);
        let is_special = address.is_private() || address.is_loopback() || address.is_link_local()
            || address.is_broadcast() || address.is_documentation() || address.is_multicast() || address.is_unspecified();
        if is_special {
            prop_assert!(AddressPolicy::Public.permits(address.into()).is_err(), "{address}");
        }
    }

    #[test]
    fn nor_are_its_ipv6_forms(bits in any::<u128>(), prefix in prop::sample::select(vec![0xfc_u8, 0xfd, 0xfe, 0xff, 0])) {
        let address = Ipv6Addr::from_bits(bits >> 8 | u128::from(prefix) << 120);
        let is_special = address.is_loopback() || address.is_unspecified() || address.is_multicast()
            || address.is_unique_local() || address.is_unicast_link_local();
        if is_special {
            prop_assert!(AddressPolicy::Public.permits(address.into()).is_err(), "{address}");
        }
    }

    #[test]
    fn no_policy_but_its_own_permits_an_ipv4_address_in_disguise(bits in any::<u32>()) {
        let inside = Ipv4Addr::from_bits(bits);
        for policy in [AddressPolicy::Public, AddressPolicy::Private, AddressPolicy::Loopback, AddressPolicy::Only(inside.into())] {
            for address in [inside.to_ipv6_mapped(), inside.to_ipv6_compatible()] {
                let is_itself = policy == AddressPolicy::Loopback && address.is_loopback();
                let is_loopback = policy == AddressPolicy::Private && address.is_loopback();
                prop_assert!(is_itself || is_loopback || policy.permits(address.into()).is_err(), "{address}");
            }
        }
    }

    #[test]
    fn a_named_address_permits_itself_alone(named in any::<IpAddr>(), other in any::<IpAddr>()) {
        prop_assert!(AddressPolicy::Only(named).permits(named).is_ok());
        prop_assert_eq!(AddressPolicy::Only(named).permits(other).is_ok(), named == other);
    }
}
