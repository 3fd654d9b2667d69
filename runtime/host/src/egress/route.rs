//! The way to a URL that has passed the grant.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use tidegate_grants::{AddressPolicy, Target};

use crate::egress::client::Client;
use crate::egress::load::Load;

/// URLs remembered per version: providers ask for a handful, again and again.
const MOST: usize = 64;
/// Longer ones have something in them that is asked for once.
const LONGEST: usize = 512;

/// A request's method and URL, checked and in the forms that sending takes.
pub(crate) struct Route {
    pub(crate) target: Target,
    pub(crate) method: http::Method,
    pub(crate) uri: http::Uri,
    pub(crate) origin: String,
    pub(crate) policy: AddressPolicy,
    pub(crate) client: Client,
    pub(crate) load: Arc<Load>,
}

/// Routes by method and URL as the guest writes them. Only what the grant allows is ever in here,
/// and the grant of a version does not change.
#[derive(Default)]
pub(crate) struct Routes(RwLock<HashMap<String, HashMap<String, Arc<Route>>>>);

impl Routes {
    pub(crate) fn find(&self, method: &str, url: &str) -> Option<Arc<Route>> {
        if url.len() > LONGEST {
            return None;
        }
        let routes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        routes.get(method)?.get(url).cloned()
    }

    pub(crate) fn keep(&self, method: &str, url: &str, route: Arc<Route>) {
        if url.len() > LONGEST {
            return;
        }
        let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if routes.values().map(HashMap::len).sum::<usize>() >= MOST {
            routes.clear();
        }
        let routes = routes.entry(method.into()).or_default();
        routes.insert(url.into(), route);
    }
}
