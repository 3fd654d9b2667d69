//! An LLM vendor on a local port, for as long as somebody holds it.
//!
//! Made for tests, and speaks of them: what is wrong with a test panics. [`Upstream::open`] and
//! [`Wait::outcome`] are for programs, which take care of the rest themselves.
//!
//! It is a real HTTP/1.1 server on `127.0.0.1`, written on bare sockets because the interesting
//! vendors are the ones that misbehave: an HTTP library would not let an answer stop inside a
//! chunk, or end in a reset. It runs on a thread and runtime of its own, so that a blocking test
//! can use it, a runtime under test cannot starve it, and a paused clock in the test does not pause
//! the vendor.
//!
//! ```
//! use std::io::{Read, Write};
//! use tidegate_kit::upstream::{Answer, Upstream};
//!
//! let answer = Answer::json(200, serde_json::json!({"id": "chatcmpl-1"})).then_close();
//! let upstream = Upstream::answering(answer);
//!
//! let mut client = std::net::TcpStream::connect(("127.0.0.1", upstream.port())).unwrap();
//! client.write_all(b"GET /v1/models HTTP/1.1\r\nAuthorization: Bearer key\r\n\r\n").unwrap();
//! let mut answer = String::new();
//! client.read_to_string(&mut answer).unwrap();
//!
//! assert!(answer.ends_with(r#"{"id":"chatcmpl-1"}"#));
//! assert_eq!(upstream.requests()[0].header("authorization"), Some("Bearer key"));
//! ```
//!
//! Nothing in here sleeps for a test: a stalled answer holds until the test opens its [`Valve`] or
//! the peer hangs up, and a test learns of what the upstream saw by waiting for it
//! ([`Upstream::wait_for_requests`] and its siblings).

// Reading order: a connection, what is said on it, what is heard, the socket beneath, and what the
// test learns of it all.
mod connection;

mod answering;
mod script;

mod answer;
mod head;
mod split;
mod valve;

mod incoming;

mod peer;

mod pace;
mod receive_queue;

mod wait;

mod journal;
mod request;

mod absent;

#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

pub use absent::Absent;
pub use answer::Answer;
pub use head::Framing;
pub use request::Request;
pub use split::Split;
pub use valve::Valve;
pub use wait::Wait;

use answering::Answering;
use journal::{Journal, Record};

/// How long a wait may last before it fails the test. Far above what a loaded CI machine needs
/// (compiling a large guest takes 20 s there), and still below the minute after which test runners
/// begin to complain.
const PATIENCE: Duration = Duration::from_secs(30);

/// A vendor's server. Dropping it closes every connection and ends its thread; if the test's
/// answering function panicked, the drop passes that panic on, so that an assertion about a request
/// fails the test.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    journal: Journal,
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Upstream {
    /// A vendor that asks `answer` what to say to each request; fails where there is no port or no
    /// thread to be had.
    ///
    /// The function is called once per request, on the upstream's thread, never twice at a time.
    pub fn open(answer: impl FnMut(&Request) -> Answer + Send + 'static) -> io::Result<Upstream> {
        let journal = Journal::default();
        let answering = Arc::new(Mutex::new(Answering::new(answer, journal.clone())));
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let accepting = accept(listener, answering, journal.clone());
        let serve = move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accepting => (),
                    _ = stopped => (),
                }
            });
        };
        let thread = std::thread::Builder::new()
            .name(format!("upstream-{}", address.port()))
            .spawn(serve)?;
        Ok(Upstream {
            address,
            journal,
            runtime: handle,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The same, for tests.
    ///
    /// # Panics
    ///
    /// Where there is no port or no thread to be had.
    pub fn start(answer: impl FnMut(&Request) -> Answer + Send + 'static) -> Upstream {
        Upstream::open(answer).expect("a free local port and a thread for the upstream")
    }

    /// A vendor that says the same to everything.
    pub fn answering(answer: Answer) -> Upstream {
        Upstream::start(move |_| answer.clone())
    }

    /// A vendor that gives these answers in the order in which requests arrive, and after the last
    /// one status 500 with a message that says so.
    pub fn sequence(answers: impl IntoIterator<Item = Answer>) -> Upstream {
        let answers: Vec<Answer> = answers.into_iter().collect();
        let prepared = answers.len();
        let mut answers = answers.into_iter();
        Upstream::start(move |request| {
            answers.next().unwrap_or_else(|| {
                let message = format!(
                    "the test prepared {prepared} answers for this upstream, \
                     and `{request}` came after the last of them"
                );
                Answer::json(500, serde_json::json!({"error": {"message": message}}))
            })
        })
    }

    /// A vendor that is not there: its port is taken, and every connection to it is refused.
    pub fn absent() -> Absent {
        Absent::new()
    }

    /// Scheme, host and port: `http://127.0.0.1:49152`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The origin followed by `path`, which begins with `/`.
    pub fn url(&self, path: &str) -> String {
        assert!(
            path.starts_with('/'),
            "`{path}` is to be a path that begins with `/`"
        );
        format!("http://{}{path}", self.address)
    }

    /// The port that the vendor listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Every request that has arrived whole, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.journal.read(|record| record.requests.clone())
    }

    /// How many connections have been accepted so far.
    pub fn connections(&self) -> usize {
        self.journal.read(|record| record.accepted)
    }

    /// How many connections are open now. After the upstream ended one, it counts until the peer
    /// closes its side too, so that a client which leaks connections shows.
    pub fn open_connections(&self) -> usize {
        self.journal.read(|record| record.accepted - record.closed)
    }

    /// How many answers the peer hung up on before the last byte was handed to the kernel.
    ///
    /// An answer small enough to be written at once is never abandoned; hold it, or let it come
    /// through a [`Valve`]. A peer that closes only its sending side counts as having hung up.
    pub fn abandoned(&self) -> usize {
        self.journal.read(|record| record.abandoned)
    }

    /// Waits until `n` requests have arrived whole since the start.
    #[track_caller]
    pub fn wait_for_requests(&self, n: usize) -> Wait {
        self.wait_until(format!("{n} requests"), move |record| {
            record.requests.len() >= n
        })
    }

    /// Waits until `n` connections have been accepted and closed again since the start.
    #[track_caller]
    pub fn wait_for_closed(&self, n: usize) -> Wait {
        self.wait_until(format!("{n} closed connections"), move |record| {
            record.closed >= n
        })
    }

    /// Waits until the peer has hung up on `n` answers since the start; see
    /// [`Upstream::abandoned`].
    #[track_caller]
    pub fn wait_for_abandoned(&self, n: usize) -> Wait {
        self.wait_until(format!("{n} abandoned answers"), move |record| {
            record.abandoned >= n
        })
    }

    #[track_caller]
    fn wait_until(&self, goal: String, reached: impl Fn(&Record) -> bool + Send + 'static) -> Wait {
        Wait::until(&self.runtime, &self.journal, PATIENCE, goal, reached)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        // Neither can fail in a way that matters: the thread is gone if nobody listens.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let ended = self.thread.take().map(JoinHandle::join);
        // A panic inside a panic would abort the test run and hide the first.
        if std::thread::panicking() {
            return;
        }
        if let Some(Err(_)) = ended {
            panic!("the upstream's own thread panicked; its message is above");
        }
        if let Some(panic) = self.journal.read(|record| record.panics.first().cloned()) {
            panic!("{panic}");
        }
    }
}

/// Accepts connections for ever, each served by a task of its own. The tasks end with the runtime.
async fn accept(
    listener: std::net::TcpListener,
    answering: Arc<Mutex<Answering>>,
    journal: Journal,
) {
    let listener =
        TcpListener::from_std(listener).expect("the upstream's runtime takes the listener");
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // The peer was gone before its turn.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            // Out of file descriptors, most likely: without this, the test would see only a stall.
            Err(error) => panic!("the upstream cannot accept a connection: {error}"),
        };
        let number = journal.accepted();
        tokio::spawn(connection::serve(
            stream,
            number,
            Arc::clone(&answering),
            journal.clone(),
        ));
    }
}
