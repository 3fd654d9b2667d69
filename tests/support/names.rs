//! A resolver that says what a test wants.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tidegate_host::Resolver;

/// Answers for host names. A name that is not here does not exist.
#[derive(Clone, Default)]
pub struct Names(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    answers: HashMap<String, VecDeque<Vec<IpAddr>>>,
    asked: Vec<String>,
}

impl Names {
    /// Adds an answer for a name. Of several, each is given once, and the last one from then on.
    pub fn answer(self, host: &str, addresses: &[&str]) -> Names {
        let address = |text: &&str| text.parse().expect("an address");
        let addresses = addresses.iter().map(address).collect();
        self.state(|state| {
            state
                .answers
                .entry(host.into())
                .or_default()
                .push_back(addresses)
        });
        self
    }

    /// The names that were asked for, in order.
    pub fn asked(&self) -> Vec<String> {
        self.state(|state| state.asked.clone())
    }

    /// What a runtime is given.
    pub fn resolver(&self) -> Arc<dyn Resolver> {
        Arc::new(self.clone())
    }

    fn state<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Resolver for Names {
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let answer = self.state(|state| {
            state.asked.push(host.clone());
            let answers = state.answers.get_mut(&host)?;
            match answers.len() {
                1 => answers.front().cloned(),
                _ => answers.pop_front(),
            }
        });
        let answer = answer.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such name"));
        futures::future::ready(answer).boxed()
    }
}
