//! One accepted connection: requests read, scripts played, and the peer watched meanwhile.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::answer::Answer;
use super::answering::Answering;
use super::incoming::{self, Unread};
use super::journal::Journal;
use super::pace::Pace;
use super::peer::Peer;
use super::script::{self, Step};

/// How a script came to its end.
enum Played {
    /// The answer is complete and the connection can carry another request.
    Whole,
    /// The upstream ends the connection in order.
    Closing,
    /// The upstream ends the connection without a farewell.
    Resetting,
    /// The peer hung up first.
    Abandoned,
}

/// Serves connection `number` until either side ends it.
pub(super) async fn serve(
    stream: TcpStream,
    number: usize,
    answering: Arc<Mutex<Answering>>,
    journal: Journal,
) {
    let mut peer = Peer::new(stream);
    loop {
        let script = match incoming::request(&mut peer, number).await {
            Ok(request) => {
                journal.arrived(request.clone());
                // Poisoned only by a panic that `Answering` has already kept for the test.
                answering
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .script(&request)
            }
            Err(Unread::Malformed(reason)) => script::refusal(&Answer::html(400, reason)),
            Err(Unread::HungUp) => break,
        };
        match play(&mut peer, script).await {
            Played::Whole => continue,
            Played::Closing => peer.part().await,
            // It fails if the peer was faster with a reset of its own.
            Played::Resetting => drop(peer.stream.set_zero_linger()),
            Played::Abandoned => journal.abandoned(),
        }
        break;
    }
    drop(peer);
    journal.closed();
}

/// Plays a script, unless the peer hangs up first.
async fn play(peer: &mut Peer, script: Vec<Step>) -> Played {
    let Peer {
        stream,
        inbox,
        pace,
    } = peer;
    let (mut reader, mut writer) = stream.split();
    tokio::select! {
        // In this order: an answer whose last byte is written was not abandoned, even if the peer
        // is gone by now.
        biased;
        played = perform(&mut writer, pace, script) => played.unwrap_or(Played::Abandoned),
        () = hang_up(&mut reader, inbox) => Played::Abandoned,
    }
}

async fn perform(
    writer: &mut (impl AsyncWrite + Unpin),
    pace: &mut Pace,
    script: Vec<Step>,
) -> io::Result<Played> {
    let mut begun = false;
    for step in script {
        match step {
            Step::Write(bytes) => {
                // The first one has nothing of this answer to be kept apart from.
                if begun {
                    pace.until_read().await;
                }
                begun = true;
                writer.write_all(&bytes).await?;
                pace.wrote(bytes.len());
            }
            Step::Hold(valve) => valve.pass().await,
            Step::Close => return Ok(Played::Closing),
            Step::Reset => {
                // Some kernels drop what the peer has not read yet when a reset arrives.
                pace.until_read().await;
                return Ok(Played::Resetting);
            }
        }
    }
    Ok(Played::Whole)
}

/// Returns when the peer has hung up. What it sends until then (the next request, pipelined) is
/// kept.
async fn hang_up(reader: &mut (impl AsyncRead + Unpin), inbox: &mut BytesMut) {
    while let Ok(1..) = reader.read_buf(inbox).await {}
}
