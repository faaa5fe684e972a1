-- Webhooks and their deliveries, who may do what, who did what, and who does scheduled work.

-- Passwords and secret headers are in "secrets", encrypted; "request" holds everything else as JSON.
CREATE TABLE webhooks (
    id {{id}},
    uuid TEXT NOT NULL UNIQUE,
    description TEXT,
    consumer_id BIGINT REFERENCES pacticipants (id) ON DELETE CASCADE,
    consumer_label TEXT,
    provider_id BIGINT REFERENCES pacticipants (id) ON DELETE CASCADE,
    provider_label TEXT,
    enabled BIGINT NOT NULL,
    request TEXT NOT NULL,
    secrets TEXT,
    events TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX webhooks_by_consumer ON webhooks (consumer_id);
CREATE INDEX webhooks_by_provider ON webhooks (provider_id);

-- The outbox: written by the transaction that causes the event, delivered by whichever broker claims it first.
-- due_at is when the next attempt is due, and null when there is none. A webhook's deletion keeps its history.
CREATE TABLE triggered_webhooks (
    id {{id}},
    uuid TEXT NOT NULL UNIQUE,
    webhook_id BIGINT REFERENCES webhooks (id) ON DELETE SET NULL,
    webhook_uuid TEXT NOT NULL,
    consumer_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    provider_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    version_id BIGINT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    verification_id BIGINT REFERENCES verifications (id) ON DELETE SET NULL,
    trigger_type TEXT NOT NULL,
    event_name TEXT NOT NULL,
    status TEXT NOT NULL,
    variables TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT,
    claimed_until BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX triggered_webhooks_due ON triggered_webhooks (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX triggered_webhooks_by_webhook ON triggered_webhooks (webhook_id);
CREATE INDEX triggered_webhooks_by_pair ON triggered_webhooks (consumer_id, provider_id, id);
CREATE INDEX triggered_webhooks_by_provider ON triggered_webhooks (provider_id);
CREATE INDEX triggered_webhooks_by_version ON triggered_webhooks (version_id, provider_id);
CREATE INDEX triggered_webhooks_by_verification ON triggered_webhooks (verification_id);

CREATE TABLE webhook_executions (
    id {{id}},
    triggered_webhook_id BIGINT NOT NULL REFERENCES triggered_webhooks (id) ON DELETE CASCADE,
    success BIGINT NOT NULL,
    logs TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX webhook_executions_by_trigger ON webhook_executions (triggered_webhook_id, id);

-- Only a digest of each token is kept.
CREATE TABLE tokens (
    id {{id}},
    uuid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    roles TEXT NOT NULL,
    pacticipants TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);

CREATE TABLE audit_log (
    id {{id}},
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    detail TEXT,
    request_id TEXT
);
CREATE INDEX audit_log_in_order ON audit_log (at);

-- Work that one broker does at a time.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    held_until BIGINT NOT NULL
);

-- Deleting a provider's row looks for its pacts.
CREATE INDEX pact_contents_by_provider ON pact_contents (provider_id);
CREATE INDEX pact_publications_by_provider ON pact_publications (provider_id);
