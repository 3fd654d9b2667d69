//! `[admin]`: the listener for operators.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Range;

use crate::listen;
use crate::problem::Problems;
use crate::secret::{self, Secrets};
use crate::surroundings::Surroundings;
use crate::table::Table;

/// Where operators look at providers and change them. Without this section there is no such place.
#[derive(Debug, Clone)]
pub struct Admin {
    /// Where it listens.
    pub listen: SocketAddr,
    /// What has to be shown there; each is valid.
    pub key: Secrets,
    /// Where it says where it listens, and where its key does.
    pub(crate) place: Range<usize>,
    pub(crate) key_place: Range<usize>,
}

/// Where it listens if nothing is written.
pub(crate) const USUAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8081);

pub(crate) fn read(
    mut table: Table,
    surroundings: &Surroundings,
    problems: &mut Problems,
) -> Admin {
    let listen = listen::read(table.take("listen"), USUAL, &table.span, problems);
    let key = table.take("key");
    if key.is_none() {
        problems.add(
            &table.span,
            "`admin` has no `key`, and whoever reaches it can replace providers",
            "add `key = { env = \"TIDEGATE_ADMIN_KEY\" }`, or leave the section out",
        );
    }
    let key_place = key.as_ref().map_or(0..0, |key| key.span.clone());
    let key = key.map(|key| secret::read(&key, surroundings, problems));
    table.finish(problems);
    Admin {
        listen: listen.address,
        key: key.unwrap_or_default(),
        place: listen.span,
        key_place,
    }
}
