-- Who talks to whom, under which version, with which contract, and who verified it.
-- {{id}} and {{bytes}} are spelled per database by store/dialect.rs. Times are microseconds since 1970 (UTC).
-- A version's id is also its order: "latest" means highest id.

CREATE TABLE pacticipants (
    id {{id}},
    name TEXT NOT NULL UNIQUE,
    display_name TEXT,
    main_branch TEXT,
    repository_url TEXT,
    repository_name TEXT,
    repository_namespace TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE labels (
    pacticipant_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pacticipant_id, name)
);
CREATE INDEX labels_by_name ON labels (name);

CREATE TABLE versions (
    id {{id}},
    pacticipant_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    number TEXT NOT NULL,
    build_url TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (pacticipant_id, number)
);
CREATE INDEX versions_in_order ON versions (pacticipant_id, id);

CREATE TABLE branches (
    id {{id}},
    pacticipant_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (pacticipant_id, name)
);

CREATE TABLE branch_versions (
    branch_id BIGINT NOT NULL REFERENCES branches (id) ON DELETE CASCADE,
    version_id BIGINT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    auto_created BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (branch_id, version_id)
);
CREATE INDEX branch_versions_by_version ON branch_versions (version_id);

-- Kept ready: the version at the head of each branch.
CREATE TABLE branch_heads (
    branch_id BIGINT PRIMARY KEY REFERENCES branches (id) ON DELETE CASCADE,
    pacticipant_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    version_id BIGINT NOT NULL REFERENCES versions (id) ON DELETE CASCADE
);
CREATE INDEX branch_heads_by_version ON branch_heads (version_id);
CREATE INDEX branch_heads_by_pacticipant ON branch_heads (pacticipant_id);

CREATE TABLE tags (
    version_id BIGINT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    pacticipant_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (version_id, name)
);
CREATE INDEX tags_in_order ON tags (pacticipant_id, name, version_id);

-- Kept ready: the latest version carrying each tag.
CREATE TABLE tag_heads (
    pacticipant_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    version_id BIGINT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    PRIMARY KEY (pacticipant_id, name)
);
CREATE INDEX tag_heads_by_version ON tag_heads (version_id);

CREATE TABLE integrations (
    consumer_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    provider_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    contract_data_updated_at BIGINT NOT NULL,
    PRIMARY KEY (consumer_id, provider_id)
);
CREATE INDEX integrations_by_provider ON integrations (provider_id);

-- One row per distinct contract between two pacticipants; the bytes are those first published.
CREATE TABLE pact_contents (
    id {{id}},
    consumer_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    provider_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    sha TEXT NOT NULL,
    content {{bytes}} NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (consumer_id, provider_id, sha)
);

CREATE TABLE pact_publications (
    id {{id}},
    version_id BIGINT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    provider_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    consumer_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    revision BIGINT NOT NULL,
    content_id BIGINT NOT NULL REFERENCES pact_contents (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    UNIQUE (version_id, provider_id, revision)
);
CREATE INDEX pact_publications_by_content ON pact_publications (content_id);
CREATE INDEX pact_publications_by_pair ON pact_publications (consumer_id, provider_id, version_id);

-- Kept ready: the newest revision of each (consumer version, provider).
CREATE TABLE current_pacts (
    version_id BIGINT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    provider_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    consumer_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    publication_id BIGINT NOT NULL REFERENCES pact_publications (id) ON DELETE CASCADE,
    content_id BIGINT NOT NULL REFERENCES pact_contents (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (version_id, provider_id)
);
CREATE INDEX current_pacts_by_pair ON current_pacts (consumer_id, provider_id, version_id);
CREATE INDEX current_pacts_by_provider ON current_pacts (provider_id, consumer_id, version_id);
CREATE INDEX current_pacts_by_content ON current_pacts (content_id, version_id);
CREATE INDEX current_pacts_by_publication ON current_pacts (publication_id);

-- Every verification ever published; the id is the number shown to people.
CREATE TABLE verifications (
    id {{id}},
    content_id BIGINT NOT NULL REFERENCES pact_contents (id) ON DELETE CASCADE,
    provider_version_id BIGINT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    success BIGINT NOT NULL,
    build_url TEXT,
    test_results TEXT,
    verified_by TEXT,
    wip BIGINT NOT NULL DEFAULT 0,
    pending BIGINT,
    consumer_versions TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX verifications_by_content ON verifications (content_id, provider_version_id, id);
CREATE INDEX verifications_by_version ON verifications (provider_version_id);

-- Kept ready: the newest verification of each contract by each provider version.
CREATE TABLE current_verifications (
    content_id BIGINT NOT NULL REFERENCES pact_contents (id) ON DELETE CASCADE,
    provider_version_id BIGINT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    verification_id BIGINT NOT NULL REFERENCES verifications (id) ON DELETE CASCADE,
    success BIGINT NOT NULL,
    verified_at BIGINT NOT NULL,
    PRIMARY KEY (content_id, provider_version_id)
);
CREATE INDEX current_verifications_by_version ON current_verifications (provider_version_id);
CREATE INDEX current_verifications_by_verification ON current_verifications (verification_id);
