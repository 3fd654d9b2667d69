//! Writes values of the contract: a serializer into `serde_json::Value`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{self, Serialize};
use serde_json::{Map, Number, Value};

use super::{JsonError, names};

pub(super) fn write<T: Serialize + ?Sized>(value: &T) -> Result<Value, JsonError> {
    value.serialize(Writer).map(Written::into_value)
}

/// What was written, with as much of its type as decides how it is written into what holds it.
enum Written {
    Value(Value),
    /// A list of these is base64.
    Byte(u8),
    /// Left out of a record.
    Nothing,
    /// Left out of a record.
    EmptyList,
}

impl Written {
    fn into_value(self) -> Value {
        match self {
            Written::Value(value) => value,
            Written::Byte(byte) => byte.into(),
            Written::Nothing => Value::Null,
            Written::EmptyList => Value::Array(Vec::new()),
        }
    }
}

struct Writer;

type Done = Result<Written, JsonError>;

fn done(value: impl Into<Value>) -> Done {
    Ok(Written::Value(value.into()))
}

/// `{"case": value}`.
fn case(variant: &str, value: Value) -> Done {
    done(Map::from_iter([(names::of_case(variant), value)]))
}

/// By way of its shortest decimal form: 0.1 is to be written 0.1, not 0.10000000149011612.
///
/// serde_json writes it without an allocation, which halves the time that embeddings take: they have
/// thousands of numbers for every input.
fn shortest(value: f32) -> f64 {
    // The longest there is, `-1.17549435e-38`, has 15.
    let mut text = [0; 32];
    let mut rest = text.as_mut_slice();
    if !value.is_finite() || serde_json::to_writer(&mut rest, &value).is_err() {
        return f64::from(value);
    }
    let unused = rest.len();
    let written = text.get(..text.len() - unused).unwrap_or_default();
    let number = std::str::from_utf8(written).ok();
    let number = number.and_then(|number| number.parse().ok());
    number.unwrap_or(f64::from(value))
}

/// What `bindgen!` never makes.
fn foreign(name: &str) -> JsonError {
    JsonError::new(format!(
        "`{name}` is a tuple with a name, which has no form in JSON"
    ))
}

macro_rules! plain {
    ($($serialize:ident $type:ty,)*) => {$(
        fn $serialize(self, value: $type) -> Done {
            done(value)
        }
    )*};
}

impl ser::Serializer for Writer {
    type Ok = Written;
    type Error = JsonError;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = ser::Impossible<Written, JsonError>;
    type SerializeTupleVariant = ser::Impossible<Written, JsonError>;
    type SerializeMap = Entries;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Case;

    plain! {
        serialize_bool bool, serialize_str &str, serialize_i8 i8, serialize_i16 i16,
        serialize_i32 i32, serialize_i64 i64, serialize_u16 u16, serialize_u32 u32,
        serialize_u64 u64,
    }
    fn serialize_u8(self, value: u8) -> Done {
        Ok(Written::Byte(value))
    }
    fn serialize_f32(self, value: f32) -> Done {
        self.serialize_f64(shortest(value))
    }
    fn serialize_f64(self, value: f64) -> Done {
        match Number::from_f64(value) {
            Some(number) => done(number),
            None if value.is_nan() => done("NaN"),
            None if value > 0.0 => done("Infinity"),
            None => done("-Infinity"),
        }
    }
    fn serialize_char(self, value: char) -> Done {
        done(value.to_string())
    }
    fn serialize_bytes(self, value: &[u8]) -> Done {
        done(STANDARD.encode(value))
    }
    fn serialize_none(self) -> Done {
        Ok(Written::Nothing)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        // An empty list that is there must not be left out: absent would mean `none`.
        done(write(value)?)
    }
    fn serialize_unit(self) -> Done {
        done(Value::Null)
    }
    fn serialize_unit_struct(self, _name: &'static str) -> Done {
        done(Value::Null)
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        done(names::of_case(variant))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        case(variant, write(value)?)
    }
    fn serialize_seq(self, _length: Option<usize>) -> Result<List, JsonError> {
        Ok(List::default())
    }
    fn serialize_tuple(self, _length: usize) -> Result<List, JsonError> {
        Ok(List::default())
    }
    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, JsonError> {
        Err(foreign(name))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, JsonError> {
        Err(foreign(variant))
    }
    fn serialize_map(self, _length: Option<usize>) -> Result<Entries, JsonError> {
        Ok(Entries::default())
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, JsonError> {
        Ok(Fields::default())
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Case, JsonError> {
        Ok(Case(variant, Fields::default()))
    }
}

/// The items of a list. All of one type, so that the first decides whether these are bytes.
#[derive(Default)]
struct List {
    bytes: Vec<u8>,
    values: Vec<Value>,
}

impl List {
    fn push<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), JsonError> {
        match item.serialize(Writer)? {
            Written::Byte(byte) if self.values.is_empty() => self.bytes.push(byte),
            item => {
                // A tuple that began with a byte and goes on with something else.
                self.values.extend(self.bytes.drain(..).map(Value::from));
                self.values.push(item.into_value());
            }
        }
        Ok(())
    }

    fn end(self) -> Done {
        match (self.bytes.is_empty(), self.values.is_empty()) {
            (true, true) => Ok(Written::EmptyList),
            (false, _) => done(STANDARD.encode(self.bytes)),
            (true, false) => done(self.values),
        }
    }
}

impl ser::SerializeSeq for List {
    type Ok = Written;
    type Error = JsonError;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), JsonError> {
        self.push(item)
    }
    fn end(self) -> Done {
        List::end(self)
    }
}

impl ser::SerializeTuple for List {
    type Ok = Written;
    type Error = JsonError;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), JsonError> {
        self.push(item)
    }
    fn end(self) -> Done {
        List::end(self)
    }
}

/// The fields of a record.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl ser::SerializeStruct for Fields {
    type Ok = Written;
    type Error = JsonError;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), JsonError> {
        match value.serialize(Writer)? {
            Written::Nothing | Written::EmptyList => {}
            value => {
                self.0.insert(names::of_field(name), value.into_value());
            }
        }
        Ok(())
    }
    fn end(self) -> Done {
        done(self.0)
    }
}

/// A case with fields of its own.
struct Case(&'static str, Fields);

impl ser::SerializeStructVariant for Case {
    type Ok = Written;
    type Error = JsonError;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), JsonError> {
        ser::SerializeStruct::serialize_field(&mut self.1, name, value)
    }
    fn end(self) -> Done {
        case(self.0, ser::SerializeStruct::end(self.1)?.into_value())
    }
}

/// The entries of a map. The contract has none; what surrounds it in a fixture may.
#[derive(Default)]
struct Entries {
    map: Map<String, Value>,
    key: String,
}

impl ser::SerializeMap for Entries {
    type Ok = Written;
    type Error = JsonError;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), JsonError> {
        self.key = match write(key)? {
            Value::String(key) => key,
            other => {
                return Err(JsonError::new(format!(
                    "the key of a map must be a string, not `{other}`"
                )));
            }
        };
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
        self.map
            .insert(std::mem::take(&mut self.key), write(value)?);
        Ok(())
    }
    fn end(self) -> Done {
        done(self.map)
    }
}
