//! Whether the peer of a connection has read what it was sent.
//!
//! The sending side cannot tell: its own queue (SIOCOUTQ) is empty as soon as the peer's kernel has
//! acknowledged, long before the peer reads. But both ends are sockets of this machine, and on
//! Linux the kernel answers questions about any socket (`sock_diag(7)`), given its two addresses.
//! One question takes 6 µs. `/proc/net/tcp` knows the queue too, but scans the table of all
//! connections for it, which was measured at 5 ms.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};

// Numbers from `linux/netlink.h`, `linux/sock_diag.h` and `linux/inet_diag.h`: the kernel's ABI,
// which does not change.
const AF_INET: u8 = 2;
const AF_NETLINK: i32 = 16;
const NETLINK_SOCK_DIAG: i32 = 4;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLM_F_REQUEST: u16 = 1;
const IPPROTO_TCP: u8 = 6;
const INET_DIAG_INFO: u16 = 2;

/// The length of `nlmsghdr`, which begins a question and an answer.
const HEADER: usize = 16;

/// The length of `inet_diag_req_v2`.
const QUESTION: usize = 56;

/// The length of `inet_diag_msg`, which the attributes follow.
const ANSWER: usize = 72;

/// Where `idiag_rqueue` stands in it: after four bytes, `inet_diag_sockid` and `idiag_expires`.
const QUEUE: usize = 4 + 48 + 4;

/// Where `tcpi_bytes_received` stands in `tcp_info`.
const RECEIVED: usize = 128;

/// The receive queue of a peer.
pub(super) struct ReceiveQueue {
    kernel: Socket,
    question: Vec<u8>,
}

/// What the kernel says of it.
struct Look {
    /// Bytes received since the connection began.
    received: u64,
    /// Bytes received and not read.
    unread: u32,
}

impl ReceiveQueue {
    /// The queue of the socket at `peer` that is connected to `own`. None where there is no kernel
    /// to ask.
    pub(super) fn of(peer: SocketAddr, own: SocketAddr) -> Option<ReceiveQueue> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        let protocol = Protocol::from(NETLINK_SOCK_DIAG);
        let kernel = Socket::new(Domain::from(AF_NETLINK), Type::DGRAM, Some(protocol)).ok()?;
        // The kernel answers before `send` returns; if it ever does not, a test must not hang.
        kernel.set_nonblocking(true).ok()?;
        Some(ReceiveQueue {
            kernel,
            question: question(peer, own)?,
        })
    }

    /// Whether the peer has received and read `total` bytes since the connection began. None if
    /// the kernel does not know the peer, which is then gone or in another container.
    ///
    /// A queue that is empty may be one that the bytes have not reached: while the peer is inside
    /// `recv`, they wait beside it. So the queue counts only in a look after all have arrived.
    pub(super) fn has_been_read(&self, total: u64) -> Option<bool> {
        Some(self.look()?.received >= total && self.look()?.unread == 0)
    }

    fn look(&self) -> Option<Look> {
        let mut answer = [0; 1024];
        let length = self.ask(&mut answer).ok()?;
        let (header, answer) = answer[..length].split_at_checked(HEADER)?;
        if header[4..6] != SOCK_DIAG_BY_FAMILY.to_ne_bytes() {
            return None;
        }
        let (answer, attributes) = answer.split_at_checked(ANSWER)?;
        let tcp_info = attribute(attributes, INET_DIAG_INFO)?;
        Some(Look {
            received: u64::from_ne_bytes(*tcp_info.get(RECEIVED..)?.first_chunk()?),
            unread: u32::from_ne_bytes(*answer[QUEUE..].first_chunk()?),
        })
    }

    fn ask(&self, answer: &mut [u8]) -> io::Result<usize> {
        (&self.kernel).write_all(&self.question)?;
        (&self.kernel).read(answer)
    }
}

/// Asks for one socket. Only IPv4: the upstream listens on nothing else.
fn question(peer: SocketAddr, own: SocketAddr) -> Option<Vec<u8>> {
    let (SocketAddr::V4(peer), SocketAddr::V4(own)) = (peer, own) else {
        return None;
    };
    let mut question = Vec::with_capacity(HEADER + QUESTION);
    question.extend(((HEADER + QUESTION) as u32).to_ne_bytes());
    question.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    question.extend(NLM_F_REQUEST.to_ne_bytes());
    // Sequence and port: one question is open at a time.
    question.extend([0; 8]);
    question.extend([AF_INET, IPPROTO_TCP, 1 << (INET_DIAG_INFO - 1), 0]);
    // In any state.
    question.extend(u32::MAX.to_ne_bytes());
    question.extend(peer.port().to_be_bytes());
    question.extend(own.port().to_be_bytes());
    // Each address has room for IPv6.
    question.extend(peer.ip().octets());
    question.extend([0; 12]);
    question.extend(own.ip().octets());
    question.extend([0; 12]);
    // Any interface, and no cookie from an earlier answer.
    question.extend([0; 4]);
    question.extend([0xff; 8]);
    Some(question)
}

/// The content of the first attribute of this kind. Each is a length (its own four bytes of header
/// included), a kind and the content, padded to four bytes.
fn attribute(mut attributes: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let length = usize::from(u16::from_ne_bytes(*attributes.first_chunk()?));
        let kind = u16::from_ne_bytes(*attributes.get(2..)?.first_chunk()?);
        if kind == wanted {
            return attributes.get(4..length);
        }
        // At least its header, or this would not come to an end.
        attributes = attributes.get(length.next_multiple_of(4).max(4)..)?;
    }
}
