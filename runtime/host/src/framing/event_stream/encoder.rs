//! Writes event stream messages, for the tests and the fuzz target only.

/// A header value of one of the ten types, as the specification numbers them.
#[derive(Clone, Debug)]
pub enum Value {
    Bool(bool),
    Byte(i8),
    Short(i16),
    Integer(i32),
    Long(i64),
    ByteArray(Vec<u8>),
    Text(String),
    Timestamp(i64),
    Uuid([u8; 16]),
}

/// One header.
pub fn header(name: &str, value: &Value) -> Vec<u8> {
    let (kind, value) = match value {
        Value::Bool(true) => (0, vec![]),
        Value::Bool(false) => (1, vec![]),
        Value::Byte(number) => (2, number.to_be_bytes().to_vec()),
        Value::Short(number) => (3, number.to_be_bytes().to_vec()),
        Value::Integer(number) => (4, number.to_be_bytes().to_vec()),
        Value::Long(number) => (5, number.to_be_bytes().to_vec()),
        Value::ByteArray(bytes) => (6, counted(bytes)),
        Value::Text(text) => (7, counted(text.as_bytes())),
        Value::Timestamp(number) => (8, number.to_be_bytes().to_vec()),
        Value::Uuid(bytes) => (9, bytes.to_vec()),
    };
    [&[name.len() as u8], name.as_bytes(), &[kind], &value].concat()
}

/// A message around encoded headers, which may be nonsense; lengths and checksums are right.
pub fn message(headers: &[u8], payload: &[u8]) -> Vec<u8> {
    let total = 16 + headers.len() + payload.len();
    let mut message = prelude(total as u32, headers.len() as u32);
    message.extend_from_slice(headers);
    message.extend_from_slice(payload);
    seal(message)
}

/// The first twelve bytes of a message; the lengths may be nonsense.
pub fn prelude(total: u32, headers: u32) -> Vec<u8> {
    seal([total.to_be_bytes(), headers.to_be_bytes()].concat())
}

fn seal(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_be_bytes());
    bytes
}

fn counted(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u16).to_be_bytes(), bytes].concat()
}
