//! What webhooks may do.

use std::time::Duration;

/// What webhooks may do, and how often they try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookConfig {
    /// The waits between attempts, shortened or lengthened by up to a tenth (default: 10, 60, 120, 300, 600, 1200 s).
    pub retry_schedule: Vec<Duration>,
    /// Methods a webhook may use (default: POST).
    pub methods: Vec<String>,
    /// Schemes a webhook may use (default: https).
    pub schemes: Vec<String>,
    /// Hosts a webhook may reach: a name, `*.name` (one label), `/regular expression/`, an address or a CIDR block.
    /// None (default) stands for every host with a public address; then answers' bodies are not shown. Private,
    /// loopback and link-local addresses are reached only when they are named here.
    pub hosts: Vec<String>,
    /// Status codes that count as success (default: 200 to 206).
    pub success_codes: Vec<u16>,
    /// Whether passwords, tokens and the like are left out of logs (default: yes).
    pub redact: bool,
    /// PEM texts of certificate authorities to trust besides the built-in ones.
    pub certificates: Vec<String>,
    /// Believe any certificate (default: no).
    pub accept_any_certificate: bool,
    /// The `User-Agent` requests are sent with.
    pub user_agent: String,
    /// How long a receiver may take (default: 15 s).
    pub timeout: Duration,
    /// How long a delivery belongs to the broker that began it; another takes it over when that broker died (default:
    /// 60 s, and never less than `timeout` and 5 s).
    pub lease: Duration,
    /// What passwords and secret headers are encrypted with. On SQLite a key file beside the database is made when this
    /// is not set; on PostgreSQL every replica needs the same value.
    pub secrets_key: Option<String>,
}

impl Default for WebhookConfig {
    fn default() -> Self {
        Self {
            retry_schedule: [10, 60, 120, 300, 600, 1200].map(Duration::from_secs).to_vec(),
            methods: vec!["POST".to_owned()],
            schemes: vec!["https".to_owned()],
            hosts: Vec::new(),
            success_codes: (200..=206).collect(),
            redact: true,
            certificates: Vec::new(),
            accept_any_certificate: false,
            user_agent: concat!("Countersign Broker v", env!("CARGO_PKG_VERSION")).to_owned(),
            timeout: Duration::from_secs(15),
            lease: Duration::from_secs(60),
            secrets_key: None,
        }
    }
}
