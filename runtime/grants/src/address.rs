//! Which addresses may be dialled once a name has resolved.
//!
//! A grant names hosts, and DNS says where they are. Whoever controls a granted name, or the resolver, could
//! point it at `127.0.0.1`, at the network behind the gateway or at a cloud's metadata service, and the host would
//! carry the request there with the provider's credentials on it. So the addresses are judged again, after resolving.

mod class;

use std::net::IpAddr;

use thiserror::Error;

pub use class::AddressClass;

/// Which addresses a rule lets the host dial. Small and comparable: the host keeps one connection pool for each,
/// so that a provider held to public addresses never reuses a connection that another made to a private one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressPolicy {
    /// Addresses of the public internet.
    Public,
    /// Those, and loopback and private networks (`private = true`). Not link-local addresses: that is where clouds
    /// put metadata services, under more addresses than a list can keep up with.
    Private,
    /// The loopback addresses, for a rule that names `localhost`: nothing else may answer to that name.
    Loopback,
    /// The one address that a rule names, of whatever class.
    Only(IpAddr),
}

/// An address that the policy does not permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[error("`{address}` is {}", self.described())]
pub struct AddressDenied {
    address: IpAddr,
    class: AddressClass,
    policy: AddressPolicy,
}

impl AddressPolicy {
    /// The policy for hosts that are names, by whether the grant says `private = true`.
    pub(crate) fn for_names(private: bool) -> AddressPolicy {
        if private {
            AddressPolicy::Private
        } else {
            AddressPolicy::Public
        }
    }

    /// Judges one resolved address. Ask for every address, and dial only those permitted.
    ///
    /// ```
    /// use tidegate_grants::AddressPolicy;
    ///
    /// assert!(AddressPolicy::Public.permits("8.8.8.8".parse()?).is_ok());
    /// assert!(AddressPolicy::Public.permits("10.0.0.1".parse()?).is_err());
    /// assert!(AddressPolicy::Private.permits("10.0.0.1".parse()?).is_ok());
    /// assert!(AddressPolicy::Private.permits("169.254.169.254".parse()?).is_err());
    /// # Ok::<(), std::net::AddrParseError>(())
    /// ```
    pub fn permits(&self, address: IpAddr) -> Result<(), AddressDenied> {
        let class = AddressClass::of(address);
        let permitted = match self {
            AddressPolicy::Public => class == AddressClass::Public,
            AddressPolicy::Private => class == AddressClass::Public || class.is_opened_by_private(),
            AddressPolicy::Loopback => class == AddressClass::Loopback,
            AddressPolicy::Only(named) => address == *named,
        };
        if permitted {
            return Ok(());
        }
        Err(AddressDenied {
            address,
            class,
            policy: *self,
        })
    }
}

impl AddressDenied {
    /// The address.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// What kind of address it is.
    pub fn class(&self) -> AddressClass {
        self.class
    }

    /// What the operator can do about it.
    pub fn hint(&self) -> String {
        match (self.policy, self.class) {
            (AddressPolicy::Loopback, _) => {
                "a grant for `localhost` permits loopback addresses only; grant the address itself".to_owned()
            }
            (AddressPolicy::Only(named), _) => {
                format!("the grant permits `{named}` only; grant the other address in a line of its own")
            }
            (_, class) if class.is_opened_by_private() => {
                "to allow private networks, set `private = true` beside `allow`, or name the address in a line of its own".to_owned()
            }
            (_, class) if class.embeds_v4() => {
                "let the name resolve to the IPv4 address itself".to_owned()
            }
            _ => format!(
                "`private = true` does not open this; if it is meant, name the address in a line of its own, as in `http://{}/*`",
                bracketed(self.address)
            ),
        }
    }

    fn described(&self) -> String {
        if let AddressPolicy::Only(named) = self.policy {
            return format!("not `{named}`, which is what the grant names");
        }
        match class::embedded_v4(self.address) {
            Some(embedded) if self.class.embeds_v4() => {
                let inside = AddressClass::of(IpAddr::V4(embedded));
                format!("{}; inside is `{embedded}`, {inside}", self.class)
            }
            _ => self.class.to_string(),
        }
    }
}

fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

#[cfg(test)]
mod tests;
