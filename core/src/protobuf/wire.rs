//! The wire format: tags, variable-length integers and length-delimited parts.
//!
//! What a contract expects is what its bytes contain, explicit defaults and several members of a `oneof` included. The
//! common codecs drop both, hence this one.

/// The value of one field on the wire.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Raw<'a> {
    Varint(u64),
    Fixed32(u32),
    Fixed64(u64),
    Bytes(&'a [u8]),
    /// The fields between a group's beginning and its end.
    Group(&'a [u8]),
}

impl Raw<'_> {
    /// The wire type's name, for errors.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Varint(_) => "a variable-length integer",
            Self::Fixed32(_) => "four bytes",
            Self::Fixed64(_) => "eight bytes",
            Self::Bytes(_) => "a length-delimited value",
            Self::Group(_) => "a group",
        }
    }
}

/// How deep groups may nest.
const DEEPEST_GROUP: usize = 100;

/// Reads fields one after another.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

type Result<T> = std::result::Result<T, &'static str>;

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next field's number and value; `None` at the end.
    pub(super) fn field(&mut self) -> Result<Option<(u32, Raw<'a>)>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (number, wire_type) = self.tag()?;
        Ok(Some((number, self.value(number, wire_type, 0)?)))
    }

    fn tag(&mut self) -> Result<(u32, u8)> {
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).ok().filter(|number| (1..1 << 29).contains(number));
        Ok((number.ok_or("a field number is out of range")?, (tag & 7) as u8))
    }

    fn value(&mut self, number: u32, wire_type: u8, depth: usize) -> Result<Raw<'a>> {
        match wire_type {
            0 => Ok(Raw::Varint(self.varint()?)),
            1 => Ok(Raw::Fixed64(self.fixed64()?)),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| "a length is out of range")?;
                Ok(Raw::Bytes(self.take(length)?))
            }
            3 => self.group(number, depth + 1),
            4 => Err("a group ends that did not begin"),
            5 => Ok(Raw::Fixed32(self.fixed32()?)),
            _ => Err("a wire type is unknown"),
        }
    }

    fn group(&mut self, number: u32, depth: usize) -> Result<Raw<'a>> {
        if depth > DEEPEST_GROUP {
            return Err("groups nest too deeply");
        }
        let whole = self.rest;
        loop {
            let fields = &whole[..whole.len() - self.rest.len()];
            let (inner, wire_type) = self.tag()?;
            if wire_type == 4 {
                return if inner == number { Ok(Raw::Group(fields)) } else { Err("another group ends than began") };
            }
            self.value(inner, wire_type, depth)?;
        }
    }

    /// How many bytes are left.
    pub(super) fn remaining(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn varint(&mut self) -> Result<u64> {
        let mut value = 0_u64;
        for (index, byte) in self.rest.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.rest = &self.rest[index + 1..];
                return Ok(value);
            }
        }
        Err(if self.rest.len() < 10 { "the message ends inside a number" } else { "a number has too many bytes" })
    }

    pub(super) fn fixed32(&mut self) -> Result<u32> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes(bytes.try_into().expect("four bytes were taken")))
    }

    pub(super) fn fixed64(&mut self) -> Result<u64> {
        let bytes = self.take(8)?;
        Ok(u64::from_le_bytes(bytes.try_into().expect("eight bytes were taken")))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or("the message ends inside a value")?;
        self.rest = rest;
        Ok(taken)
    }
}

/// A field's value ready for the wire.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Encoded {
    Varint(u64),
    Fixed32(u32),
    Fixed64(u64),
    Bytes(Vec<u8>),
    /// The fields of a group.
    Group(Vec<u8>),
}

impl Encoded {
    /// The value as it would be read.
    pub(super) fn as_raw(&self) -> Raw<'_> {
        match self {
            Self::Varint(value) => Raw::Varint(*value),
            Self::Fixed32(value) => Raw::Fixed32(*value),
            Self::Fixed64(value) => Raw::Fixed64(*value),
            Self::Bytes(bytes) => Raw::Bytes(bytes),
            Self::Group(fields) => Raw::Group(fields),
        }
    }

    /// Appends the field with its tag.
    pub(super) fn write_field(&self, number: u32, out: &mut Vec<u8>) {
        let wire_type = match self {
            Self::Varint(_) => 0,
            Self::Fixed64(_) => 1,
            Self::Bytes(_) => 2,
            Self::Group(_) => 3,
            Self::Fixed32(_) => 5,
        };
        write_varint(u64::from(number) << 3 | wire_type, out);
        self.write(out);
        if let Self::Group(_) = self {
            write_varint(u64::from(number) << 3 | 4, out);
        }
    }

    /// Appends the value alone, as in packed fields.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Varint(value) => write_varint(*value, out),
            Self::Fixed32(value) => out.extend_from_slice(&value.to_le_bytes()),
            Self::Fixed64(value) => out.extend_from_slice(&value.to_le_bytes()),
            Self::Bytes(bytes) => {
                write_varint(bytes.len() as u64, out);
                out.extend_from_slice(bytes);
            }
            Self::Group(fields) => out.extend_from_slice(fields),
        }
    }
}

fn write_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(bytes: &[u8]) -> Result<Vec<(u32, Raw<'_>)>> {
        let mut reader = Reader::new(bytes);
        let mut fields = Vec::new();
        while let Some(field) = reader.field()? {
            fields.push(field);
        }
        Ok(fields)
    }

    #[test]
    fn reads_what_was_written() {
        let mut bytes = Vec::new();
        Encoded::Varint(u64::MAX).write_field(1, &mut bytes);
        Encoded::Fixed32(7).write_field(16, &mut bytes);
        Encoded::Fixed64(8).write_field(536_870_911, &mut bytes);
        Encoded::Bytes(b"ab".to_vec()).write_field(2, &mut bytes);
        let fields =
            [(1, Raw::Varint(u64::MAX)), (16, Raw::Fixed32(7)), (536_870_911, Raw::Fixed64(8)), (2, Raw::Bytes(b"ab"))];
        assert_eq!(read(&bytes).unwrap(), fields);
        for end in 1..bytes.len() {
            // a cut either falls between fields or is noticed
            let _ = read(&bytes[..end]);
        }
    }

    #[test]
    fn refuses_what_is_no_message() {
        for (bytes, reason) in [
            (&[0x08][..], "the message ends inside a number"),
            (&[0x08, 0x80], "the message ends inside a number"),
            (&[0xff; 11], "a number has too many bytes"),
            (&[0x0a, 0x05, b'a'], "the message ends inside a value"),
            (&[0x00, 0x01], "a field number is out of range"),
            (&[0x0c], "a group ends that did not begin"),
            (&[0x0f], "a wire type is unknown"),
            (&[0x0b, 0x14], "another group ends than began"),
            (&[0x0b; 200], "groups nest too deeply"),
            (&[0x0d, 1, 2, 3], "the message ends inside a value"),
        ] {
            assert_eq!(read(bytes), Err(reason), "{bytes:?}");
        }
        assert_eq!(
            read(&[0x0b, 0x10, 0x01, 0x0c, 0x10, 0x02]),
            Ok(vec![(1, Raw::Group(&[0x10, 0x01])), (2, Raw::Varint(2))])
        );
    }
}
