//! A client that does nothing on its own.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::upstream::Upstream;

/// One connection.
pub(super) struct Client(TcpStream);

impl Client {
    pub(super) async fn connect(upstream: &Upstream) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", upstream.port())).await;
        Client(stream.expect("the upstream accepts"))
    }

    /// A connection that has sent `GET /`.
    pub(super) async fn get(upstream: &Upstream) -> Client {
        let mut client = Client::connect(upstream).await;
        client.send("GET / HTTP/1.1\r\n\r\n").await;
        client
    }

    pub(super) async fn send(&mut self, bytes: &str) {
        self.0
            .write_all(bytes.as_bytes())
            .await
            .expect("the upstream reads");
    }

    /// What one read gives, up to 64 KiB; empty at the end.
    pub(super) async fn read(&mut self) -> String {
        let mut buffer = vec![0; 65536];
        let length = self
            .0
            .read(&mut buffer)
            .await
            .expect("the upstream answers");
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    /// Reads exactly what is expected, however it arrives.
    #[track_caller]
    pub(super) fn expect(&mut self, expected: &str) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let mut buffer = vec![0; expected.len()];
            self.0
                .read_exact(&mut buffer)
                .await
                .expect("the upstream answers");
            assert_eq!(String::from_utf8_lossy(&buffer), expected, "at {caller}");
        }
    }

    /// Reads up to the end, and says whether it was a reset.
    pub(super) async fn rest(&mut self) -> (String, bool) {
        let mut bytes = Vec::new();
        let end = self.0.read_to_end(&mut bytes).await;
        let reset = end.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset);
        (String::from_utf8_lossy(&bytes).into_owned(), reset)
    }

    /// Nothing has arrived and the connection is open, at this moment.
    pub(super) fn is_silent(&self) -> bool {
        let nothing = self.0.try_read(&mut [0]);
        nothing.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    }
}
