//! Every setting: its flag, its environment variable, its key in a TOML file, and what it does.

use super::layers::{Draft, oidc, read_file, set_part, user};
use super::parse;

/// One setting. A flag `--some-name` is `some_name` (or `some-name`) in a file.
#[derive(Clone, Copy)]
pub struct Setting {
    /// Its flag, without dashes in front.
    pub name: &'static str,
    /// Its environment variable.
    pub env: &'static str,
    /// What stands for its value in help texts.
    pub value_name: &'static str,
    /// Its default, as shown; empty when nothing is set.
    pub default: &'static str,
    /// What it does.
    pub help: &'static str,
    /// Whether its value is kept out of help texts and messages.
    pub secret: bool,
    pub(super) apply: fn(&mut Draft, &str) -> Result<(), String>,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setting").field("name", &self.name).finish_non_exhaustive()
    }
}

/// `"name" VALUE = "default", "help" => |config, text| effect;`, with `secret` in front where the value is none of
/// anybody's business. The environment variable follows from the name.
macro_rules! settings {
    ($($(#$mark:ident)? $name:literal $env:literal $value:ident = $default:literal, $help:literal => |$c:ident, $t:ident| $effect:expr;)*) => {
        /// Every setting, in the order of help texts.
        pub const SETTINGS: &[Setting] = &[$(Setting {
            name: $name,
            env: $env,
            value_name: stringify!($value),
            default: $default,
            help: $help,
            secret: settings!(@secret $($mark)?),
            apply: |$c, $t| {
                $effect;
                Ok(())
            },
        },)*];
    };
    (@secret) => { false };
    (@secret secret) => { true };
}

settings! {
    #secret "database-url" "PACT_BROKER_DATABASE_URL" URL = "countersign.sqlite",
        "Where contracts are kept: a path or sqlite:… for an embedded database (created when missing; sqlite::memory: is forgotten at the end), postgres://… for a server that several brokers can share"
        => |c, t| c.database_url = t.to_owned();
    "database-adapter" "PACT_BROKER_DATABASE_ADAPTER" NAME = "",
        "The kind of database, when its address is given in parts: sqlite or postgres"
        => |c, t| set_part(c, "adapter", t);
    #secret "database-username" "PACT_BROKER_DATABASE_USERNAME" NAME = "",
        "The database user"
        => |c, t| set_part(c, "username", t);
    #secret "database-password" "PACT_BROKER_DATABASE_PASSWORD" PASSWORD = "",
        "The database user's password"
        => |c, t| set_part(c, "password", t);
    "database-host" "PACT_BROKER_DATABASE_HOST" HOST = "",
        "The database server"
        => |c, t| set_part(c, "host", t);
    "database-port" "PACT_BROKER_DATABASE_PORT" PORT = "",
        "The database server's port"
        => |c, t| set_part(c, "port", t);
    "database-name" "PACT_BROKER_DATABASE_NAME" NAME = "",
        "The name of the database, or the path of an SQLite file"
        => |c, t| set_part(c, "name", t);
    "database-sslmode" "PACT_BROKER_DATABASE_SSLMODE" MODE = "",
        "disable, prefer, require, verify-ca or verify-full"
        => |c, t| set_part(c, "sslmode", t);
    "database-max-connections" "PACT_BROKER_DATABASE_MAX_CONNECTIONS" NUMBER = "10",
        "Connections to PostgreSQL, at most; half of them read, half write"
        => |c, t| c.database.max_connections = parse::number(t)?;
    "database-pool-timeout" "PACT_BROKER_DATABASE_POOL_TIMEOUT" SECONDS = "5",
        "How long a request waits for a connection before it is answered with 503"
        => |c, t| c.database.pool_timeout = parse::seconds(t)?;
    "database-statement-timeout" "PACT_BROKER_DATABASE_STATEMENT_TIMEOUT" SECONDS = "15",
        "How long PostgreSQL works on one statement before it gives up"
        => |c, t| c.database.statement_timeout = parse::seconds(t)?;
    "database-connect-max-retries" "PACT_BROKER_DATABASE_CONNECT_MAX_RETRIES" NUMBER = "0",
        "How often a start repeats connecting to a PostgreSQL that does not answer, a second apart"
        => |c, t| c.database.connect_max_retries = parse::number(t)?;
    "auto-migrate-db" "PACT_BROKER_AUTO_MIGRATE_DB" BOOL = "true",
        "Bring the tables to the shape this version needs at start"
        => |c, t| c.database.auto_migrate = parse::flag(t)?;
    "auto-migrate-db-data" "PACT_BROKER_AUTO_MIGRATE_DB_DATA" BOOL = "true",
        "Taken for compatibility, without effect: data is brought along with the tables"
        => |_c, t| parse::flag(t).map(|_| ())?;
    "host" "PACT_BROKER_HOST" HOST = "127.0.0.1",
        "The host name or address to listen on; 0.0.0.0 lets other machines in"
        => |c, t| c.host = t.to_owned();
    "port" "PACT_BROKER_PORT" PORT = "9292",
        "The port to listen on; 0 takes any free one"
        => |c, t| c.port = parse::number(t)?;
    "base-url" "PACT_BROKER_BASE_URL" URLS = "",
        "The address people and clients reach the broker by, when a proxy stands in front; several separated by spaces"
        => |c, t| c.base_urls = parse::list(t);
    "body-limit" "PACT_BROKER_BODY_LIMIT" BYTES = "67108864",
        "The largest request body taken"
        => |c, t| c.body_limit = parse::number(t)?;
    "request-timeout" "PACT_BROKER_REQUEST_TIMEOUT" SECONDS = "60",
        "How long a request may take"
        => |c, t| c.request_timeout = parse::seconds(t)?;
    "puma-persistent-timeout" "PACT_BROKER_PUMA_PERSISTENT_TIMEOUT" SECONDS = "30",
        "How long a connection may go without a whole request head, at its beginning and between requests"
        => |c, t| c.idle_timeout = parse::seconds(t)?;
    "metrics-sql-statement-timeout" "PACT_BROKER_METRICS_SQL_STATEMENT_TIMEOUT" SECONDS = "30",
        "How long the figures of /metrics may take to count"
        => |c, t| c.figures_timeout = parse::seconds(t)?;
    "http-debug-logging-enabled" "PACT_BROKER_HTTP_DEBUG_LOGGING_ENABLED" BOOL = "false",
        "Log the headers of every request and answer (secret ones left out), at level info"
        => |c, t| c.surfaces.log_headers = parse::flag(t)?;
    "use-hal-browser" "PACT_BROKER_USE_HAL_BROWSER" BOOL = "true",
        "Serve the page to walk through the API"
        => |c, t| c.surfaces.api_browser = parse::flag(t)?;
    "enable-diagnostic-endpoints" "PACT_BROKER_ENABLE_DIAGNOSTIC_ENDPOINTS" BOOL = "true",
        "Serve /diagnostic/status/heartbeat and dependencies"
        => |c, t| c.surfaces.diagnostics = parse::flag(t)?;
    "features" "PACT_BROKER_FEATURES" NAMES = "",
        "Taken for compatibility, without effect: switches of the official broker's unfinished features"
        => |_c, t| drop(parse::list(t));
    "check-for-potential-duplicate-pacticipant-names" "PACT_BROKER_CHECK_FOR_POTENTIAL_DUPLICATE_PACTICIPANT_NAMES" BOOL = "true",
        "Refuse a new pacticipant whose name is too like a known one"
        => |c, t| c.rules.check_for_duplicate_names = parse::flag(t)?;
    "allow-dangerous-contract-modification" "PACT_BROKER_ALLOW_DANGEROUS_CONTRACT_MODIFICATION" BOOL = "false",
        "Let a publication replace the contract of a version that has one already"
        => |c, t| c.rules.allow_contract_modification = parse::flag(t)?;
    "use-first-tag-as-branch" "PACT_BROKER_USE_FIRST_TAG_AS_BRANCH" BOOL = "true",
        "Take the first tag of a fresh version without a branch as its branch"
        => |c, t| c.rules.use_first_tag_as_branch = parse::flag(t)?;
    "use-first-tag-as-branch-time-limit" "PACT_BROKER_USE_FIRST_TAG_AS_BRANCH_TIME_LIMIT" SECONDS = "10",
        "How soon after its creation a version's first tag also names its branch"
        => |c, t| c.rules.use_first_tag_as_branch_within = parse::seconds(t)?;
    "auto-detect-main-branch" "PACT_BROKER_AUTO_DETECT_MAIN_BRANCH" BOOL = "true",
        "Give a pacticipant without a main branch the first branch or tag named like one"
        => |c, t| c.rules.auto_detect_main_branch = parse::flag(t)?;
    "main-branch-candidates" "PACT_BROKER_MAIN_BRANCH_CANDIDATES" NAMES = "develop main master",
        "What main branches are called"
        => |c, t| c.rules.main_branch_candidates = parse::list(t);
    "create-deployed-versions-for-tags" "PACT_BROKER_CREATE_DEPLOYED_VERSIONS_FOR_TAGS" BOOL = "true",
        "Record a deployment when a version is tagged with an environment's name"
        => |c, t| c.rules.create_deployed_versions_for_tags = parse::flag(t)?;
    "verified-by-other-branch-lookback-days" "PACT_BROKER_VERIFIED_BY_OTHER_BRANCH_LOOKBACK_DAYS" DAYS = "30",
        "How far back successes on other branches keep a pact from being work in progress"
        => |c, t| c.rules.wip_look_back = parse::days(t)?;
    "dynamic-wip-window" "PACT_BROKER_DYNAMIC_WIP_WINDOW" BOOL = "false",
        "Ignore the date verifiers ask work in progress from; look at the last 7 to 14 days"
        => |c, t| c.rules.dynamic_wip_window = parse::flag(t)?;
    "pact-content-diff-timeout" "PACT_BROKER_PACT_CONTENT_DIFF_TIMEOUT" SECONDS = "15",
        "How long a comparison of two contracts may take"
        => |c, t| c.rules.diff_timeout = parse::seconds(t)?;
    "network-diagram-max-pacticipants" "PACT_BROKER_NETWORK_DIAGRAM_MAX_PACTICIPANTS" NUMBER = "150",
        "How many pacticipants a network diagram shows, at most"
        => |c, t| c.rules.network_max_pacticipants = parse::number(t)?;
    "seed-example-data" "PACT_BROKER_SEED_EXAMPLE_DATA" BOOL = "true",
        "Give a new database the environments test and production"
        => |c, t| c.rules.seed_environments = parse::flag(t)?;
    "allow-anonymous" "PACT_BROKER_ALLOW_ANONYMOUS" BOOL = "false",
        "Let anyone who reaches this broker do anything, also on addresses other machines reach"
        => |c, t| c.auth.allow_anonymous = parse::flag(t)?;
    "basic-auth-enabled" "PACT_BROKER_BASIC_AUTH_ENABLED" BOOL = "true",
        "Whether the two users below count"
        => |c, t| set_part(c, "basic_auth", if parse::flag(t)? { "true" } else { "false" });
    "basic-auth-username" "PACT_BROKER_BASIC_AUTH_USERNAME" NAME = "",
        "The user who may do everything"
        => |c, t| user(&mut c.auth.user).username = t.to_owned();
    #secret "basic-auth-password" "PACT_BROKER_BASIC_AUTH_PASSWORD" PASSWORD = "",
        "Their password"
        => |c, t| user(&mut c.auth.user).password = t.to_owned();
    "basic-auth-read-only-username" "PACT_BROKER_BASIC_AUTH_READ_ONLY_USERNAME" NAME = "",
        "The user who may read"
        => |c, t| user(&mut c.auth.read_only_user).username = t.to_owned();
    #secret "basic-auth-read-only-password" "PACT_BROKER_BASIC_AUTH_READ_ONLY_PASSWORD" PASSWORD = "",
        "Their password"
        => |c, t| user(&mut c.auth.read_only_user).password = t.to_owned();
    "token-auth-enabled" "PACT_BROKER_TOKEN_AUTH_ENABLED" BOOL = "false",
        "Ask every request for an API token (countersign broker token create), or one of the other ways in"
        => |c, t| c.auth.tokens = parse::flag(t)?;
    "allow-public-read" "PACT_BROKER_ALLOW_PUBLIC_READ" BOOL = "false",
        "Let anyone read"
        => |c, t| c.auth.public_read = parse::flag(t)?;
    "public-heartbeat" "PACT_BROKER_PUBLIC_HEARTBEAT" BOOL = "false",
        "Let anyone see the heartbeat"
        => |c, t| c.auth.public_heartbeat = parse::flag(t)?;
    "enable-public-badge-access" "PACT_BROKER_ENABLE_PUBLIC_BADGE_ACCESS" BOOL = "false",
        "Let anyone see badges"
        => |c, t| c.auth.public_badges = parse::flag(t)?;
    "oidc-jwks-url" "PACT_BROKER_OIDC_JWKS_URL" URL = "",
        "Take bearer tokens of an OpenID Connect provider that publishes its keys here"
        => |c, t| oidc(c).jwks_url = t.to_owned();
    "oidc-issuer" "PACT_BROKER_OIDC_ISSUER" URL = "",
        "The issuer those tokens must name"
        => |c, t| oidc(c).issuer = Some(t.to_owned());
    "oidc-audience" "PACT_BROKER_OIDC_AUDIENCE" NAME = "",
        "The audience those tokens must name"
        => |c, t| oidc(c).audience = Some(t.to_owned());
    "oidc-role-claim" "PACT_BROKER_OIDC_ROLE_CLAIM" CLAIM = "roles",
        "The claim that says what their holder may do; dots lead into objects"
        => |c, t| oidc(c).role_claim = t.to_owned();
    "oidc-roles" "PACT_BROKER_OIDC_ROLES" PAIRS = "",
        "What values of the claim stand for, as value=role separated by spaces"
        => |c, t| oidc(c).roles = parse::role_map(t)?;
    "webhook-retry-schedule" "PACT_BROKER_WEBHOOK_RETRY_SCHEDULE" SECONDS = "10 60 120 300 600 1200",
        "Waits between attempts to deliver a webhook"
        => |c, t| c.webhooks.retry_schedule = parse::each(t, parse::seconds)?;
    "webhook-http-method-whitelist" "PACT_BROKER_WEBHOOK_HTTP_METHOD_WHITELIST" METHODS = "POST",
        "Methods a webhook may use"
        => |c, t| c.webhooks.methods = parse::list(&t.to_ascii_uppercase());
    "webhook-scheme-whitelist" "PACT_BROKER_WEBHOOK_SCHEME_WHITELIST" SCHEMES = "https",
        "Schemes a webhook may use"
        => |c, t| c.webhooks.schemes = parse::list(&t.to_ascii_lowercase());
    "webhook-host-whitelist" "PACT_BROKER_WEBHOOK_HOST_WHITELIST" HOSTS = "",
        "Hosts a webhook may reach: names, *.name, /regular expressions/, addresses, CIDR blocks; none stands for every public one"
        => |c, t| c.webhooks.hosts = parse::list(t);
    "webhook-http-code-success" "PACT_BROKER_WEBHOOK_HTTP_CODE_SUCCESS" CODES = "200 201 202 203 204 205 206",
        "Status codes that count as success"
        => |c, t| c.webhooks.success_codes = parse::each(t, parse::number)?;
    "webhook-redact-sensitive-data" "PACT_BROKER_WEBHOOK_REDACT_SENSITIVE_DATA" BOOL = "true",
        "Leave passwords, tokens and the like out of webhook logs"
        => |c, t| c.webhooks.redact = parse::flag(t)?;
    "webhook-certificates" "PACT_BROKER_WEBHOOK_CERTIFICATES" FILES = "",
        "PEM files of certificate authorities to trust besides the built-in ones"
        => |c, t| c.webhooks.certificates = parse::each(t, read_file)?;
    "webhook-timeout" "PACT_BROKER_WEBHOOK_TIMEOUT" SECONDS = "15",
        "How long a webhook's receiver may take"
        => |c, t| c.webhooks.timeout = parse::seconds(t)?;
    "webhook-lease" "PACT_BROKER_WEBHOOK_LEASE" SECONDS = "60",
        "How long a delivery belongs to the broker that began it; another takes it over when that broker died"
        => |c, t| c.webhooks.lease = parse::seconds(t)?;
    "disable-ssl-verification" "PACT_BROKER_DISABLE_SSL_VERIFICATION" BOOL = "false",
        "Believe any certificate of a webhook receiver"
        => |c, t| c.webhooks.accept_any_certificate = parse::flag(t)?;
    "user-agent" "PACT_BROKER_USER_AGENT" TEXT = "Countersign Broker v…",
        "What webhook requests call themselves"
        => |c, t| c.webhooks.user_agent = t.to_owned();
    #secret "secrets-key" "PACT_BROKER_SECRETS_KEY" TEXT = "",
        "What passwords and secret headers of webhooks are encrypted with; every replica needs the same"
        => |c, t| c.webhooks.secrets_key = Some(t.to_owned());
    "badge-provider-mode" "PACT_BROKER_BADGE_PROVIDER_MODE" MODE = "proxy",
        "redirect sends whoever asks for a badge to the service below; proxy draws it here, which tells that service nothing"
        => |c, t| set_part(c, "badges", parse::one_of(t, &["proxy", "redirect"])?);
    "shields-io-base-url" "PACT_BROKER_SHIELDS_IO_BASE_URL" URL = "https://img.shields.io",
        "The service badges redirect to"
        => |c, t| set_part(c, "shields", parse::http_url(t)?);
    "badge-default-cache-setting" "PACT_BROKER_BADGE_DEFAULT_CACHE_SETTING" SECONDS = "30",
        "How long caches may keep a badge"
        => |c, t| c.badge_max_age = parse::number(t.trim_start_matches("max-age="))?;
    "database-clean-enabled" "PACT_BROKER_DATABASE_CLEAN_ENABLED" BOOL = "false",
        "Throw old data away by schedule"
        => |c, t| c.clean.enabled = parse::flag(t)?;
    "database-clean-cron-schedule" "PACT_BROKER_DATABASE_CLEAN_CRON_SCHEDULE" CRON = "15 2 * * *",
        "When, in UTC"
        => |c, t| c.clean.schedule = crate::clean::Schedule::parse(t).map(|_| t.to_owned())?;
    "database-clean-deletion-limit" "PACT_BROKER_DATABASE_CLEAN_DELETION_LIMIT" NUMBER = "500",
        "Versions one run deletes, at most"
        => |c, t| c.clean.deletion_limit = parse::number(t)?;
    "database-clean-max-age" "PACT_BROKER_DATABASE_CLEAN_MAX_AGE" DAYS = "90",
        "Versions younger than this stay"
        => |c, t| c.clean.max_age = parse::days(t)?;
    "database-clean-branch-max-age" "PACT_BROKER_DATABASE_CLEAN_BRANCH_MAX_AGE" DAYS = "90",
        "Branches without a new version for this long go, main branches aside"
        => |c, t| c.clean.branch_max_age = parse::days(t)?;
    "database-clean-overwritten-data-max-age" "PACT_BROKER_DATABASE_CLEAN_OVERWRITTEN_DATA_MAX_AGE" DAYS = "90",
        "Overwritten revisions and results, finished deliveries and audit entries older than this go"
        => |c, t| c.clean.overwritten_max_age = parse::days(t)?;
    "database-clean-keep-version-selectors" "PACT_BROKER_DATABASE_CLEAN_KEEP_VERSION_SELECTORS" JSON = "",
        "Which versions stay, as a JSON list of selectors"
        => |c, t| c.clean.keep = Some(parse::keep_selectors(t)?);
    "database-clean-dry-run" "PACT_BROKER_DATABASE_CLEAN_DRY_RUN" BOOL = "false",
        "Log what would be deleted, and delete nothing"
        => |c, t| c.clean.dry_run = parse::flag(t)?;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_variables_follow_them() {
        for (index, setting) in SETTINGS.iter().enumerate() {
            assert!(SETTINGS[..index].iter().all(|other| other.name != setting.name), "{}", setting.name);
            assert_eq!(setting.env, format!("PACT_BROKER_{}", setting.name.to_uppercase().replace('-', "_")));
        }
    }
}
