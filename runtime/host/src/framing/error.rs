//! What can be wrong with a framed body; all of it is the upstream's doing.

use super::Framing;

/// Why a body could not be divided into frames.
///
/// Offsets count from the first byte of the body as it was pushed, so after any content encoding
/// was undone. The sentence has no hint in it; [`FramingError::hint`] has, for a line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FramingError {
    /// A frame is larger than [`FrameLimits::frame_bytes`](super::FrameLimits::frame_bytes).
    #[error(
        "upstream sent {} of more than {limit} bytes, at byte {offset} of the response body",
        frame(*.framing)
    )]
    TooLarge {
        /// The framing that was asked for.
        framing: Framing,
        /// The limit that was passed.
        limit: usize,
        /// Where the message begins, or the line that passed the limit.
        offset: u64,
    },

    /// An event stream message that no correct encoder writes, or that was changed on its way.
    #[error(
        "upstream sent a malformed event stream message at byte {offset} of the response body: {defect}"
    )]
    Malformed {
        /// Where the message begins.
        offset: u64,
        /// What is wrong with it.
        defect: MessageDefect,
    },

    /// The body ended inside an event stream message.
    #[error(
        "response body ended inside the event stream message at byte {offset}, after {arrived} bytes of it"
    )]
    Truncated {
        /// Where the message begins.
        offset: u64,
        /// How many of its bytes there were.
        arrived: usize,
    },
}

impl FramingError {
    /// What the reader of the error can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => {
                "if this upstream is known to send frames this large, raise the limit for one frame"
            }
            // By far the likeliest cause: text read as binary fails in the first twelve bytes.
            Self::Malformed {
                offset: 0,
                defect: MessageDefect::PreludeChecksum { .. },
            } => "check that the upstream answers with `application/vnd.amazon.eventstream`",
            Self::Malformed { .. } => {
                "check for a proxy between here and the upstream that changes response bodies"
            }
            Self::Truncated { .. } => "the connection was cut; the request can be made again",
        }
    }
}

/// What is wrong with an event stream message.
///
/// See [Message Format](https://smithy.io/2.0/aws/amazon-eventstream.html#message-format) and
/// [Headers Format](https://smithy.io/2.0/aws/amazon-eventstream.html#headers-format).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageDefect {
    /// The first checksum, over the two lengths, is wrong.
    #[error("prelude checksum is `{stated:08x}`, should be `{computed:08x}`")]
    PreludeChecksum {
        /// As the message has it.
        stated: u32,
        /// As it follows from the bytes.
        computed: u32,
    },
    /// The second checksum, over the whole message, is wrong.
    #[error("message checksum is `{stated:08x}`, should be `{computed:08x}`")]
    MessageChecksum {
        /// As the message has it.
        stated: u32,
        /// As it follows from the bytes.
        computed: u32,
    },
    /// The total length has no room for prelude, headers and checksum.
    #[error("{headers} bytes of headers do not fit a message of {total} bytes")]
    Lengths {
        /// The total length stated.
        total: u32,
        /// The headers length stated.
        headers: u32,
    },
    /// The headers are larger than the specification allows.
    #[error("{0} bytes of headers are more than 128 KiB")]
    HeadersTooLong(u32),
    /// The payload is larger than the specification allows.
    #[error("{0} bytes of payload are more than 24 MiB")]
    PayloadTooLong(u32),
    /// The headers end inside a header.
    #[error("the last header is cut off")]
    HeaderCut,
    /// A header's name is empty or is not UTF-8.
    #[error("a header name is empty or not UTF-8")]
    HeaderName,
    /// A value of type string is not UTF-8.
    #[error("a header value of type string is not UTF-8")]
    HeaderText,
    /// A type other than the ten there are; how long its value is cannot be known.
    #[error("header value type {0} does not exist")]
    HeaderType(u8),
}

fn frame(framing: Framing) -> &'static str {
    match framing {
        Framing::Lines => "a line",
        Framing::ServerSentEvents => "a server-sent event",
        Framing::AwsEventStream => "an event stream message",
    }
}
