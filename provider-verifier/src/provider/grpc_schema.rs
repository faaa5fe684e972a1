//! What a provider says of its own schema, by reflection or by descriptors that were given.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use countersign_core::protobuf::{DescriptorFiles, Schema};
use http::HeaderMap;
use tokio::sync::Mutex;
use tonic::metadata::MetadataMap;
use tonic::transport::Channel;
use tonic::{Extensions, Request};
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

/// How long a provider may take to tell its schema; one that takes longer is believed to tell none.
const PATIENCE: Duration = Duration::from_secs(2);

/// No schema needs more files than this.
const MOST_FILES: usize = 500;

/// A provider's schemas by service; each is asked for once.
#[derive(Debug, Clone, Default)]
pub(super) struct ProviderSchemas {
    given: Option<Schema>,
    asked: Arc<Mutex<HashMap<String, Option<Schema>>>>,
}

impl ProviderSchemas {
    /// With descriptors that were given, the provider is not asked.
    pub(super) fn known(given: Option<Schema>) -> Self {
        Self { given, ..Self::default() }
    }

    /// The schema of a service; `None` when the provider does not tell.
    pub(super) async fn of_service(&self, channel: &Channel, headers: &HeaderMap, service: &str) -> Option<Schema> {
        if let Some(schema) = &self.given {
            return Some(schema.clone());
        }
        let mut asked = self.asked.lock().await;
        if let Some(known) = asked.get(service) {
            return known.clone();
        }
        let answer = tokio::time::timeout(PATIENCE, ask(channel, headers, service)).await.ok().flatten();
        asked.insert(service.to_owned(), answer.clone());
        answer
    }
}

/// Asks for the file that declares a service, then for the files it imports.
async fn ask(channel: &Channel, headers: &HeaderMap, service: &str) -> Option<Schema> {
    let mut files = DescriptorFiles::default();
    let mut wanted = vec![MessageRequest::FileContainingSymbol(service.to_owned())];
    for _ in 0..MOST_FILES {
        let Some(request) = wanted.pop() else { break };
        for file in descriptors(channel, headers, request).await? {
            files.add(file)?;
        }
        wanted = files.missing().into_iter().map(MessageRequest::FileByFilename).collect();
    }
    files.into_schema().ok()
}

async fn descriptors(channel: &Channel, headers: &HeaderMap, request: MessageRequest) -> Option<Vec<Vec<u8>>> {
    let mut client = ServerReflectionClient::new(channel.clone());
    let question = ServerReflectionRequest { host: String::new(), message_request: Some(request) };
    let questions = futures::stream::iter([question]);
    let metadata = MetadataMap::from_headers(headers.clone());
    let request = Request::from_parts(metadata, Extensions::default(), questions);
    let mut answers = client.server_reflection_info(request).await.ok()?.into_inner();
    match answers.message().await.ok()??.message_response? {
        MessageResponse::FileDescriptorResponse(response) => Some(response.file_descriptor_proto),
        _ => None,
    }
}
