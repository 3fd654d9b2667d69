//! Threads that serve connections, each with a runtime of its own.
//!
//! All that happens to a request then happens on one thread: the client's connection, the guest, the
//! upstream's connection. Nothing is handed to another core, and nothing is locked against one.

use std::io;
use std::net;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

/// A connection to be served, on whichever thread this is called.
type Job = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

/// Threads that serve connections. Dropped, it drops these.
pub struct Crew {
    members: Vec<Member>,
    /// Dropped to end everything at once.
    cut: Option<watch::Sender<()>>,
}

struct Member {
    /// None when there are no more to come.
    jobs: Option<mpsc::UnboundedSender<Job>>,
    /// Connections that it serves.
    load: Arc<AtomicUsize>,
    /// Completes with its thread; none once it has been waited for.
    over: Option<oneshot::Receiver<()>>,
}

impl Crew {
    pub fn new(threads: usize) -> io::Result<Self> {
        let (cut, ending) = watch::channel(());
        let members = (0..threads).map(|number| Member::new(number, ending.clone()));
        Ok(Crew {
            members: members.collect::<io::Result<_>>()?,
            cut: Some(cut),
        })
    }

    /// Gives a connection to the thread that has the fewest.
    pub fn give<F>(&self, socket: TcpStream, serve: impl FnOnce(TcpStream) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        // A socket is watched by the runtime on which it was made.
        let Ok(socket) = socket.into_std() else {
            return;
        };
        let least = |member: &&Member| member.load.load(Relaxed);
        if let Some(member) = self.members.iter().min_by_key(least) {
            member.give(socket, serve);
        }
    }

    /// Takes no more, and waits until all connections have ended.
    pub async fn finish(&mut self) {
        for member in &mut self.members {
            member.jobs = None;
        }
        for member in &mut self.members {
            if let Some(over) = &mut member.over {
                // An error is how its end is told.
                let _ = over.await;
            }
            member.over = None;
        }
    }

    /// Ends all connections, and waits until they have.
    pub async fn cut(&mut self) {
        self.cut = None;
        self.finish().await;
    }
}

impl Member {
    fn new(number: usize, ending: watch::Receiver<()>) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (jobs, mut waiting) = mpsc::unbounded_channel();
        let (done, over) = oneshot::channel::<()>();
        let run = move || {
            runtime.block_on(work(&mut waiting, ending));
            // Whatever is left there is nobody's any more, a name that does not resolve for instance.
            runtime.shutdown_background();
            drop(done);
        };
        thread::Builder::new()
            .name(format!("tidegate-serve-{number}"))
            .spawn(run)?;
        Ok(Member {
            jobs: Some(jobs),
            load: Arc::default(),
            over: Some(over),
        })
    }

    fn give<F>(&self, socket: net::TcpStream, serve: impl FnOnce(TcpStream) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let place = Place::new(&self.load);
        let job = move || {
            let serving = TcpStream::from_std(socket).map(serve);
            async move {
                let _place = place;
                if let Ok(serving) = serving {
                    serving.await;
                }
            }
            .boxed()
        };
        if let Some(jobs) = &self.jobs {
            // The other end lives as long as this does, unless its thread has died; the socket is
            // closed then.
            let _ = jobs.send(Box::new(job));
        }
    }
}

/// One connection among those of a thread.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn new(load: &Arc<AtomicUsize>) -> Self {
        load.fetch_add(1, Relaxed);
        Place(load.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// What a thread does: serves what it is given until there is no more to come and all has ended, or
/// until it is told to let everything go.
async fn work(waiting: &mut mpsc::UnboundedReceiver<Job>, mut ending: watch::Receiver<()>) {
    let mut connections = JoinSet::new();
    let mut more = true;
    while more || !connections.is_empty() {
        tokio::select! {
            _ = ending.changed() => return,
            job = waiting.recv(), if more => match job {
                Some(job) => {
                    connections.spawn(job());
                }
                None => more = false,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}
