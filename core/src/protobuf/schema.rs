//! Compiled `.proto` files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use md5::{Digest as _, Md5};
use prost_reflect::{DescriptorPool, MessageDescriptor, MethodDescriptor, ServiceDescriptor};

/// How many schemas are remembered.
const REMEMBERED: usize = 16;

/// Compiled `.proto` files with everything they import. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Schema {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: DescriptorPool,
    /// A serialised `FileDescriptorSet`.
    descriptors: Vec<u8>,
    key: String,
    proto_file: Option<String>,
    /// The entry file's name within the set.
    entry: Option<String>,
}

/// Why a schema cannot be used, or does not have what was looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// The file cannot be read.
    #[error("cannot read {path}: {reason}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// The file does not compile.
    #[error("{path} does not compile:\n{reason}")]
    Invalid {
        /// The file that was to be compiled.
        path: PathBuf,
        /// The compiler's words, with file, line and column.
        reason: String,
    },
    /// The bytes are no descriptors.
    #[error("the protobuf descriptors cannot be read: {reason}")]
    Descriptors {
        /// What is wrong with them.
        reason: String,
    },
    /// There is no such service.
    #[error("there is no service '{service}'; {}", listed("services", .known))]
    UnknownService {
        /// What was looked for.
        service: String,
        /// The services that there are.
        known: Vec<String>,
    },
    /// Several services have that name.
    #[error("several services are called '{service}': say which one of {}", .known.join(", "))]
    AmbiguousService {
        /// What was looked for.
        service: String,
        /// The services of that name.
        known: Vec<String>,
    },
    /// The service has no such method.
    #[error("the service {service} has no method '{method}'; {}", listed("methods", .known))]
    UnknownMethod {
        /// The service.
        service: String,
        /// What was looked for.
        method: String,
        /// The service's methods.
        known: Vec<String>,
    },
    /// The text names no method.
    #[error("'{text}' names no method: expected package.Service/Method")]
    NotAMethod {
        /// The text.
        text: String,
    },
    /// There is no such message type.
    #[error("there is no message type '{name}'")]
    UnknownMessage {
        /// What was looked for.
        name: String,
    },
}

fn listed(what: &str, names: &[String]) -> String {
    if names.is_empty() { format!("it has no {what}") } else { format!("the {what} are {}", names.join(", ")) }
}

impl Schema {
    /// Compiles a `.proto` file. Imports are looked up in the file's own directory first, then in `includes`; the files that
    /// come with protobuf (`google/protobuf/timestamp.proto` and the like) are always there.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or does not compile: with file, line and column.
    pub fn compile(proto: &Path, includes: &[PathBuf]) -> Result<Self, SchemaError> {
        let text = std::fs::read_to_string(proto)
            .map_err(|error| SchemaError::Unreadable { path: proto.to_owned(), reason: error.to_string() })?;
        let invalid = |error: protox::Error| {
            // the longer form has the file, line and column
            SchemaError::Invalid { path: proto.to_owned(), reason: format!("{error:?}") }
        };
        let directory = match proto.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let name = PathBuf::from(proto.file_name().unwrap_or_default());
        let all = std::iter::once(directory).chain(includes.iter().map(PathBuf::as_path));
        let mut compiler = protox::Compiler::new(all).map_err(invalid)?;
        compiler.include_imports(true).include_source_info(false);
        compiler.open_file(&name).map_err(invalid)?;
        let descriptors = compiler.encode_file_descriptor_set();
        Self::new(descriptors, Some(text), Some(name.to_string_lossy().into_owned()))
    }

    /// A schema from a serialised `google.protobuf.FileDescriptorSet` with all imports.
    ///
    /// # Errors
    ///
    /// The bytes are no such set, or an import is missing.
    pub fn from_descriptor_set(bytes: impl Into<Vec<u8>>) -> Result<Self, SchemaError> {
        Self::new(bytes.into(), None, None)
    }

    pub(super) fn new(
        descriptors: Vec<u8>,
        proto_file: Option<String>,
        entry: Option<String>,
    ) -> Result<Self, SchemaError> {
        let key = descriptor_key(&descriptors);
        let pool = pool(&descriptors)?;
        Ok(Self { inner: Arc::new(Inner { pool, descriptors, key, proto_file, entry }) })
    }

    /// What names the schema in pacts: the MD5 of its descriptors in lower-case hexadecimal.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.inner.key
    }

    /// The serialised `FileDescriptorSet`.
    #[must_use]
    pub fn descriptors(&self) -> &[u8] {
        &self.inner.descriptors
    }

    /// The text of the `.proto` file it was compiled from, if known.
    #[must_use]
    pub fn proto_file(&self) -> Option<&str> {
        self.inner.proto_file.as_deref()
    }

    /// The descriptors in memory.
    #[must_use]
    pub fn pool(&self) -> &DescriptorPool {
        &self.inner.pool
    }

    /// Finds a method by `package.Service/Method`, `.package.Service/Method` or `Service/Method`.
    ///
    /// # Errors
    ///
    /// Lists the services or methods that there are.
    pub fn method(&self, name: &str) -> Result<Method, SchemaError> {
        let (service, method) = name
            .trim_start_matches('/')
            .rsplit_once('/')
            .filter(|(service, method)| !service.is_empty() && !method.is_empty())
            .ok_or_else(|| SchemaError::NotAMethod { text: name.to_owned() })?;
        let service = self.service(service.trim_start_matches('.'))?;
        match service.methods().find(|known| known.name() == method) {
            Some(found) => Ok(Method { descriptor: found }),
            None => Err(SchemaError::UnknownMethod {
                service: service.full_name().to_owned(),
                method: method.to_owned(),
                known: service.methods().map(|method| method.name().to_owned()).collect(),
            }),
        }
    }

    fn service(&self, name: &str) -> Result<ServiceDescriptor, SchemaError> {
        if let Some(service) = self.inner.pool.get_service_by_name(name) {
            return Ok(service);
        }
        let names = |services: &[ServiceDescriptor]| -> Vec<String> {
            services.iter().map(|service| service.full_name().to_owned()).collect()
        };
        let all: Vec<ServiceDescriptor> = self.inner.pool.services().collect();
        let called: Vec<ServiceDescriptor> = all.iter().filter(|service| service.name() == name).cloned().collect();
        let in_entry = |service: &&ServiceDescriptor| Some(service.parent_file().name()) == self.inner.entry.as_deref();
        match (called.as_slice(), called.iter().find(in_entry)) {
            ([only], _) => Ok(only.clone()),
            (_, Some(own)) => Ok(own.clone()),
            ([], None) => Err(SchemaError::UnknownService { service: name.to_owned(), known: names(&all) }),
            (several, None) => Err(SchemaError::AmbiguousService { service: name.to_owned(), known: names(several) }),
        }
    }

    /// Finds a message type by its full name, with or without a leading dot.
    ///
    /// # Errors
    ///
    /// There is none of that name.
    pub fn message(&self, name: &str) -> Result<MessageDescriptor, SchemaError> {
        let found = self.inner.pool.get_message_by_name(name.trim_start_matches('.'));
        found.ok_or_else(|| SchemaError::UnknownMessage { name: name.to_owned() })
    }

    /// All methods of all services.
    pub fn methods(&self) -> impl Iterator<Item = Method> + '_ {
        let services = self.inner.pool.services();
        services.flat_map(|service| service.methods().collect::<Vec<_>>()).map(|descriptor| Method { descriptor })
    }
}

/// The descriptors in memory. Interactions of a pact name their schema one by one, so those last read are remembered.
fn pool(descriptors: &[u8]) -> Result<DescriptorPool, SchemaError> {
    static RECENT: Mutex<Vec<(Vec<u8>, DescriptorPool)>> = Mutex::new(Vec::new());
    let recent = || RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, pool)) = recent().iter().find(|(known, _)| known == descriptors) {
        return Ok(pool.clone());
    }
    let pool = DescriptorPool::decode(descriptors)
        .map_err(|error| SchemaError::Descriptors { reason: format!("{error:?}") })?;
    let mut recent = recent();
    if recent.len() >= REMEMBERED {
        recent.remove(0);
    }
    recent.push((descriptors.to_vec(), pool.clone()));
    Ok(pool)
}

/// Schemas are the same when their descriptors are.
impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.inner.key == other.inner.key
    }
}

pub(super) fn descriptor_key(descriptors: &[u8]) -> String {
    Md5::digest(descriptors).iter().fold(String::with_capacity(32), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a string does not fail");
        hex
    })
}

/// A method of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Method {
    descriptor: MethodDescriptor,
}

impl Method {
    /// The type of the request message.
    #[must_use]
    pub fn input(&self) -> MessageDescriptor {
        self.descriptor.input()
    }

    /// The type of the response message.
    #[must_use]
    pub fn output(&self) -> MessageDescriptor {
        self.descriptor.output()
    }

    /// The path of the HTTP/2 request: `/package.Service/Method`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/{}/{}", self.service_name(), self.descriptor.name())
    }

    /// The way pacts name it: `.package.Service/Method`.
    #[must_use]
    pub fn pact_name(&self) -> String {
        format!(".{}/{}", self.service_name(), self.descriptor.name())
    }

    /// The service's full name.
    #[must_use]
    pub fn service_name(&self) -> String {
        self.descriptor.parent_service().full_name().to_owned()
    }

    /// The method's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.descriptor.name()
    }

    /// Whether the client sends a stream.
    #[must_use]
    pub fn is_client_streaming(&self) -> bool {
        self.descriptor.is_client_streaming()
    }

    /// Whether the server answers with a stream.
    #[must_use]
    pub fn is_server_streaming(&self) -> bool {
        self.descriptor.is_server_streaming()
    }
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
