//! A schema put together from the descriptors of single files, as reflection tells them.

use super::wire::{Encoded, Raw, Reader};
use super::{Schema, SchemaError};

/// Serialised `google.protobuf.FileDescriptorProto`s, each once.
#[derive(Debug, Clone, Default)]
pub struct DescriptorFiles {
    files: Vec<File>,
}

#[derive(Debug, Clone)]
struct File {
    name: String,
    imports: Vec<String>,
    bytes: Vec<u8>,
}

impl DescriptorFiles {
    /// Adds a file; one of a known name is left out. `None` when the bytes are no descriptor.
    pub fn add(&mut self, bytes: Vec<u8>) -> Option<()> {
        let (mut name, mut imports) = (None, Vec::new());
        let mut reader = Reader::new(&bytes);
        while let Some((number, raw)) = reader.field().ok()? {
            match (number, raw) {
                (1, Raw::Bytes(text)) => name = Some(String::from_utf8(text.to_vec()).ok()?),
                (3, Raw::Bytes(text)) => imports.push(String::from_utf8(text.to_vec()).ok()?),
                _ => {}
            }
        }
        let name = name?;
        if !self.files.iter().any(|file| file.name == name) {
            self.files.push(File { name, imports, bytes });
        }
        Some(())
    }

    /// The files that are imported and not there yet.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let mut missing: Vec<String> = Vec::new();
        for import in self.files.iter().flat_map(|file| &file.imports) {
            let known = self.files.iter().any(|file| file.name == *import) || missing.contains(import);
            if !known {
                missing.push(import.clone());
            }
        }
        missing
    }

    /// The schema of all files.
    ///
    /// # Errors
    ///
    /// An import is missing, or the files contradict each other.
    pub fn into_schema(self) -> Result<Schema, SchemaError> {
        let mut set = Vec::new();
        for file in self.files {
            Encoded::Bytes(file.bytes).write_field(1, &mut set);
        }
        Schema::from_descriptor_set(set)
    }
}
