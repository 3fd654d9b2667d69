//! Where connections are served: on the runtime that accepts them, or on threads of their own.

use std::io;

use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::crew::Crew;

/// Serves connections. Dropped, it drops them.
pub enum Hands {
    /// On the caller's runtime.
    Here(JoinSet<()>),
    /// On threads of their own.
    Crew(Crew),
}

impl Hands {
    pub fn new(threads: usize) -> io::Result<Self> {
        Ok(match threads {
            0 => Hands::Here(JoinSet::new()),
            threads => Hands::Crew(Crew::new(threads)?),
        })
    }

    /// Has a socket served.
    pub fn give<F>(
        &mut self,
        socket: TcpStream,
        serve: impl FnOnce(TcpStream) -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        match self {
            Hands::Here(connections) => {
                connections.spawn(serve(socket));
            }
            Hands::Crew(crew) => crew.give(socket, serve),
        }
    }

    /// Waits for the next connection to end, where that has to be noticed.
    pub async fn tidy(&mut self) {
        if let Hands::Here(connections) = self
            && connections.join_next().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }

    /// Ends all connections, and waits until what they held is gone.
    pub async fn cut(&mut self) {
        match self {
            Hands::Here(connections) => connections.shutdown().await,
            Hands::Crew(crew) => crew.cut().await,
        }
    }

    /// Waits until all connections have ended.
    pub async fn finish(&mut self) {
        match self {
            Hands::Here(connections) => while connections.join_next().await.is_some() {},
            Hands::Crew(crew) => crew.finish().await,
        }
    }
}
