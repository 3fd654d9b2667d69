//! What a runtime is made of, and how a changed configuration becomes another one.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::audit::{AuditSink, AuditSinks, AuditTail, Books};
use crate::component::Component;
use crate::egress::{ClientConfig, Egress, Resolver, SystemResolver};
use crate::error::{Error, Result};
use crate::provider::Provider;
use crate::provider_config::ProviderConfig;
use crate::record::{CallSink, CallSinks};
use crate::roster::Roster;
use crate::router::{Backoff, Route};
use crate::table::{Outside, Table};
use crate::version::Version;

/// What a runtime is made of.
#[derive(Default)]
pub struct RuntimeBuilder {
    providers: Vec<(String, Component, ProviderConfig)>,
    routes: Vec<(String, Route)>,
    retries: u32,
    backoff: Backoff,
    resolver: Option<Arc<dyn Resolver>>,
    client: ClientConfig,
    audit: Option<AuditSink>,
    calls: Option<CallSink>,
    audit_tail: Option<Arc<AuditTail>>,
}

/// A table, and the versions that have to be swapped in with it.
pub(crate) struct Plan {
    pub(crate) table: Table,
    swaps: Vec<(Arc<Provider>, Arc<Version>)>,
}

impl RuntimeBuilder {
    /// Adds a provider under a name, which is what stands before the `/` of a model.
    pub fn provider(
        mut self,
        name: impl Into<String>,
        component: Component,
        config: ProviderConfig,
    ) -> Self {
        self.providers.push((name.into(), component, config));
        self
    }

    /// Adds a route under a name, which callers use in place of `provider/model`. It may be any
    /// name, and wins over a provider's.
    pub fn route(mut self, alias: impl Into<String>, route: Route) -> Self {
        self.routes.push((alias.into(), route));
        self
    }

    /// How often a `provider/model` that failed is asked again; 0 unless it is set. A route has
    /// retries of its own.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// How long to wait before such a retry.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Resolves host names in another way than by asking the operating system.
    pub fn resolver(mut self, resolver: Arc<dyn Resolver>) -> Self {
        self.resolver = Some(resolver);
        self
    }

    /// Sets what outbound connections trust and go through.
    pub fn client(mut self, client: ClientConfig) -> Self {
        self.client = client;
        self
    }

    /// Receives a record of every outbound request.
    pub fn audit(mut self, sink: AuditSink) -> Self {
        self.audit = Some(sink);
        self
    }

    /// Keeps the last of these records.
    pub fn audit_tail(mut self, tail: Arc<AuditTail>) -> Self {
        self.audit_tail = Some(tail);
        self
    }

    /// Receives a record of every attempt to answer a call.
    pub fn calls(mut self, sink: CallSink) -> Self {
        self.calls = Some(sink);
        self
    }

    /// What is to be, without what was.
    pub(crate) fn first(mut self) -> Result<Table> {
        let resolver = self.resolver.take();
        let outside = Outside::new(
            resolver.unwrap_or_else(|| Arc::new(SystemResolver)),
            Books {
                sinks: Arc::new(AuditSinks::new(self.audit.take())),
                tail: self.audit_tail.take(),
            },
            Arc::new(CallSinks::new(self.calls.take())),
            self.client.clone(),
            Arc::default(),
        )?;
        let nothing = Table {
            providers: BTreeMap::new(),
            routes: BTreeMap::new(),
            retries: 0,
            backoff: Backoff::default(),
            outside: Arc::new(outside),
        };
        Ok(self.after(&nothing)?.table)
    }

    /// What is to be after `before`, keeping of it what has not changed. Nothing has changed yet when
    /// this returns, and nothing can fail any more.
    pub(crate) fn after(self, before: &Table) -> Result<Plan> {
        let same_outside = before.outside.client == self.client;
        let outside = match same_outside {
            true => before.outside.clone(),
            false => {
                let outside = &before.outside;
                let (audit, calls) = (outside.audit.clone(), outside.calls.clone());
                let (resolver, roster) = (outside.resolver.clone(), outside.roster.clone());
                Arc::new(Outside::new(resolver, audit, calls, self.client, roster)?)
            }
        };
        let mut providers = BTreeMap::new();
        let mut swaps = Vec::new();
        for (name, component, config) in self.providers {
            if name.is_empty() || name.contains('/') {
                return Err(Error::Config {
                    message: format!("a provider cannot be called `{name}`"),
                    hint: "the name stands before the `/` of a model".into(),
                });
            }
            let same = before
                .providers
                .get(&name)
                .filter(|it| *it.config() == config);
            let provider = match same.filter(|_| same_outside) {
                Some(provider) => {
                    if provider.configured() != component.digest() {
                        swaps.push((provider.clone(), provider.prepare(component)?));
                    }
                    provider.clone()
                }
                None => {
                    let egress = outside.egress.clone();
                    let calls = outside.calls.clone();
                    let provider = Provider::new(&name, component, config, egress, calls)?;
                    if let Some(before) = before.providers.get(&name) {
                        provider.succeed(before)?;
                    }
                    outside.roster.enter(provider.deadlines());
                    Arc::new(provider)
                }
            };
            if providers.insert(name.clone(), provider).is_some() {
                return Err(Error::Config {
                    message: format!("there are two providers called `{name}`"),
                    hint: "give one of them another name".into(),
                });
            }
        }
        let table = Table {
            providers,
            routes: before.routes.clone(),
            retries: self.retries,
            backoff: self.backoff,
            outside,
        };
        Ok(Plan {
            table: table.with_routes(self.routes)?,
            swaps,
        })
    }
}

impl Plan {
    /// Swaps in the versions, and hands over the table.
    pub(crate) fn carry_out(self) -> Table {
        for (provider, version) in self.swaps {
            provider.reconfigure(version);
        }
        self.table
    }
}

impl Outside {
    fn new(
        resolver: Arc<dyn Resolver>,
        audit: Books,
        calls: Arc<CallSinks>,
        client: ClientConfig,
        roster: Arc<Roster>,
    ) -> Result<Outside> {
        Ok(Outside {
            egress: Arc::new(Egress::new(
                resolver.clone(),
                client.clone(),
                audit.clone(),
            )?),
            resolver,
            audit,
            calls,
            client,
            roster,
        })
    }
}
