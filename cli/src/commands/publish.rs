//! `countersign publish`.

use std::path::Path;

use clap::Args;
use countersign_broker_client::{
    BrokerClient, Contract, OnConflict, PactFile, Publication, Published, VersionProperties, collect_pact_files,
};
use serde_json::Value;

use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::failure::Failure;
use crate::output::{Output, Style, notice_lines, print};

/// Publishes pact files as a version of their consumer. Every file is checked before anything is sent.
#[derive(Debug, Clone, Args)]
pub(crate) struct Publish {
    /// Pact files, directories (every .json file below them) or glob patterns
    #[arg(value_name = "PACT_FILES_DIRS_OR_GLOBS")]
    places: Vec<String>,
    /// A directory of pact files (can be repeated)
    #[arg(long, value_name = "DIR")]
    dir: Vec<String>,
    /// The consumer's version
    #[arg(short = 'a', long, value_name = "VERSION")]
    consumer_app_version: Option<String>,
    /// The branch the version was built from
    #[arg(long, value_name = "BRANCH")]
    branch: Option<String>,
    /// Take version, branch and build URL, where not given, from the CI system's variables or git
    #[arg(short = 'r', long)]
    auto_detect_version_properties: bool,
    /// A tag for the version (can be repeated, or separated by commas)
    #[arg(short, long, value_name = "TAG", value_delimiter = ',')]
    tag: Vec<String>,
    /// Tag the version with the branch that the CI system's variables or git name
    #[arg(short = 'g', long)]
    tag_with_git_branch: bool,
    /// Where the build that made the pacts can be looked at
    #[arg(long, value_name = "URL")]
    build_url: Option<String>,
    /// Add to a pact this version already has with the provider, instead of replacing it
    #[arg(long)]
    merge: bool,
    /// Accepted for compatibility: files are always checked
    #[arg(long, hide = true)]
    validate: bool,
    /// Accepted for compatibility: files are always checked
    #[arg(long, hide = true)]
    strict: bool,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl Publish {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let (client, publications) = self.prepare()?;
        let mut answers = Vec::new();
        for publication in &publications {
            let published = client.publish(publication).await?;
            if self.output == Output::Text {
                print(&told(publication, &published, &client, Style::for_stdout()));
            }
            answers.push(published.document);
        }
        let document = if answers.len() == 1 { answers.remove(0) } else { Value::Array(answers) };
        if let Some(text) = self.output.document(&document) {
            print(&text);
        }
        Ok(Exit::Well)
    }

    /// Everything there is to send, or everything that stands in the way of it.
    fn prepare(&self) -> Result<(BrokerClient, Vec<Publication>), Failure> {
        let mut problems = Vec::new();
        let client = self.broker.client().map_err(|error| problems.push(with_hint(&error))).ok();
        let version = self.version().map_err(|problem| problems.push(problem)).ok();
        let files = self.files().map_err(|found| problems.extend(found)).ok();
        match (client, version, files) {
            (Some(client), Some(version), Some(files)) => Ok((client, self.publications(&version, files))),
            _ => Err(Failure::Input { what: "nothing was published".to_owned(), problems }),
        }
    }

    fn files(&self) -> Result<Vec<PactFile>, Vec<String>> {
        let places: Vec<_> = self.places.iter().chain(&self.dir).cloned().collect();
        if places.is_empty() {
            return Err(vec!["no pact files were named: give files, directories or patterns".to_owned()]);
        }
        collect_pact_files(&places).map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    fn version(&self) -> Result<Version, String> {
        let detected = if self.auto_detect_version_properties || self.tag_with_git_branch {
            VersionProperties::detect(Path::new("."))
        } else {
            VersionProperties::default()
        };
        let mut tags = self.tag.clone();
        if self.tag_with_git_branch {
            let branch = detected.branch.clone();
            tags.push(branch.ok_or("--tag-with-git-branch: neither CI variables nor git name a branch")?);
        }
        let taken = if self.auto_detect_version_properties { detected } else { VersionProperties::default() };
        let number = self.consumer_app_version.clone().filter(|number| !number.trim().is_empty()).or(taken.commit);
        let missing = "no version was given: use --consumer-app-version (-a), or --auto-detect-version-properties (-r) \
                       in a CI build or git checkout";
        Ok(Version {
            number: number.ok_or(missing)?,
            branch: self.branch.clone().or(taken.branch),
            build_url: self.build_url.clone().or(taken.build_url),
            tags,
        })
    }

    /// One publication per consumer, in the order of their names.
    fn publications(&self, version: &Version, files: Vec<PactFile>) -> Vec<Publication> {
        let mut publications: Vec<Publication> = Vec::new();
        for file in files {
            let contract = Contract {
                provider: file.provider,
                content: file.content,
                on_conflict: if self.merge { OnConflict::Merge } else { OnConflict::Overwrite },
            };
            match publications.last_mut() {
                Some(last) if last.consumer == file.consumer => last.contracts.push(contract),
                _ => publications.push(Publication {
                    consumer: file.consumer,
                    version: version.number.clone(),
                    branch: version.branch.clone(),
                    tags: version.tags.clone(),
                    build_url: version.build_url.clone(),
                    contracts: vec![contract],
                }),
            }
        }
        publications
    }
}

struct Version {
    number: String,
    branch: Option<String>,
    build_url: Option<String>,
    tags: Vec<String>,
}

fn with_hint(error: &countersign_broker_client::Error) -> String {
    match error.hint() {
        Some(hint) => format!("{error}: {hint}"),
        None => error.to_string(),
    }
}

fn told(publication: &Publication, published: &Published, client: &BrokerClient, style: Style) -> String {
    let branch = publication.branch.as_ref().map(|branch| format!(" ({branch})")).unwrap_or_default();
    let heading = format!(
        "{} {} {}{branch} published to {}",
        style.good("✓"),
        publication.consumer,
        publication.version,
        client.base_url()
    );
    format!("{heading}\n{}", notice_lines(&published.notices, style))
}
