-- Where versions run.

CREATE TABLE environments (
    id {{id}},
    uuid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT,
    production BIGINT NOT NULL,
    contacts TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE deployed_versions (
    id {{id}},
    uuid TEXT NOT NULL UNIQUE,
    version_id BIGINT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    pacticipant_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    environment_id BIGINT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    application_instance TEXT,
    currently_deployed BIGINT NOT NULL,
    undeployed_at BIGINT,
    auto_created BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);
-- An instance runs one version at a time; no name is an instance of its own.
CREATE UNIQUE INDEX deployed_versions_running
    ON deployed_versions (environment_id, pacticipant_id, COALESCE(application_instance, ''))
    WHERE currently_deployed = 1;
CREATE INDEX deployed_versions_by_version ON deployed_versions (version_id);
CREATE INDEX deployed_versions_by_pacticipant ON deployed_versions (pacticipant_id);

CREATE TABLE released_versions (
    id {{id}},
    uuid TEXT NOT NULL UNIQUE,
    version_id BIGINT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    pacticipant_id BIGINT NOT NULL REFERENCES pacticipants (id) ON DELETE CASCADE,
    environment_id BIGINT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    currently_supported BIGINT NOT NULL,
    support_ended_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (version_id, environment_id)
);
CREATE INDEX released_versions_supported
    ON released_versions (environment_id, pacticipant_id)
    WHERE currently_supported = 1;
CREATE INDEX released_versions_by_pacticipant ON released_versions (pacticipant_id);

-- What runs where, both ways of running: an index look-up per environment and pacticipant.
CREATE VIEW live_versions AS
    SELECT environment_id, pacticipant_id, version_id FROM deployed_versions WHERE currently_deployed = 1
    UNION
    SELECT environment_id, pacticipant_id, version_id FROM released_versions WHERE currently_supported = 1;

-- Facts about this database itself, such as whether it was given its first environments.
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
