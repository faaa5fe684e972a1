//! What operators do with a broker's database: `countersign broker token …`, `clean`, `backup`, `restore`, `export`, `import`.

use std::io::{BufReader, BufWriter, Write as _};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use comfy_table::Cell;
use countersign_broker::Role as BrokerRole;
use countersign_broker::upkeep::{self, NewToken};

use super::server_settings::ServerSettings;
use crate::app::Exit;
use crate::failure::Failure;
use crate::output::{Style, print, table};

/// Commands that work on the database itself, whether or not a broker serves it.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Upkeep {
    /// Creates, lists and revokes API tokens
    #[command(subcommand)]
    Token(Token),
    /// Throws old data away now, as the --database-clean settings say
    Clean(Clean),
    /// Copies the database to a new file while brokers go on (SQLite: a database file and its key; PostgreSQL: an export)
    Backup(Copy),
    /// Makes a new database from a backup or an export
    Restore(Copy),
    /// Writes everything as lines of JSON
    Export(Transfer),
    /// Reads what export wrote into an empty database
    Import(Transfer),
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Token {
    /// Creates a token and prints it, once
    Create(Create),
    /// Lists tokens
    List(Settings),
    /// Revokes a token
    Revoke(Revoke),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Settings {
    #[command(flatten)]
    settings: ServerSettings,
}

/// What a token's holder may do; everyone may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    Read,
    Publish,
    Verify,
    Deploy,
    Admin,
}

impl From<Role> for BrokerRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Read => Self::Read,
            Role::Publish => Self::Publish,
            Role::Verify => Self::Verify,
            Role::Deploy => Self::Deploy,
            Role::Admin => Self::Admin,
        }
    }
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Create {
    /// What to call it
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What its holder may do (can be repeated)
    #[arg(long, value_enum, required = true)]
    role: Vec<Role>,
    /// The only pacticipant its holder may write about (can be repeated) [default: all]
    #[arg(long, value_name = "NAME")]
    pacticipant: Vec<String>,
    /// After how many days it ends [default: never]
    #[arg(long, value_name = "DAYS")]
    days: Option<u32>,
    #[command(flatten)]
    settings: ServerSettings,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Revoke {
    /// The token's UUID, as list shows it
    #[arg(long)]
    uuid: String,
    #[command(flatten)]
    settings: ServerSettings,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Clean {
    /// Say what would be deleted, and delete nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    settings: ServerSettings,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Copy {
    /// The file
    file: PathBuf,
    #[command(flatten)]
    settings: ServerSettings,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Transfer {
    /// The file [default: standard output or input]
    file: Option<PathBuf>,
    #[command(flatten)]
    settings: ServerSettings,
}

impl Upkeep {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        match self {
            Self::Token(Token::Create(command)) => command.run().await?,
            Self::Token(Token::List(command)) => list(&command.settings).await?,
            Self::Token(Token::Revoke(command)) => return command.run().await,
            Self::Clean(command) => command.run().await?,
            Self::Backup(command) => {
                upkeep::backup(&command.settings.config()?, &command.file).await?;
                print(&format!("Copied to {}", command.file.display()));
            }
            Self::Restore(command) => {
                upkeep::restore(&command.settings.config()?, &command.file).await?;
                print(&format!("Restored from {}", command.file.display()));
            }
            Self::Export(command) => command.export().await?,
            Self::Import(command) => command.import().await?,
        }
        Ok(Exit::Well)
    }
}

impl Create {
    async fn run(self) -> Result<(), Failure> {
        let config = self.settings.config()?;
        let new = NewToken {
            name: self.name,
            roles: self.role.into_iter().map(BrokerRole::from).collect(),
            pacticipants: self.pacticipant,
            days: self.days,
        };
        let (_, secret) = upkeep::create_token(&config, &new).await?;
        print(&secret);
        Ok(())
    }
}

async fn list(settings: &ServerSettings) -> Result<(), Failure> {
    let tokens = upkeep::list_tokens(&settings.config()?).await?;
    let date = |at: Option<i64>| {
        let at = at.and_then(|at| jiff::Timestamp::from_microsecond(at).ok());
        at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
    };
    let rows = tokens.iter().map(|token| {
        let roles: Vec<&str> = token.roles.iter().map(|role| role.name()).collect();
        let scope = token.pacticipants.as_ref().map_or_else(|| "all".to_owned(), |names| names.join(", "));
        let cells = [
            token.uuid.clone(),
            token.name.clone(),
            roles.join(", "),
            scope,
            date(Some(token.created_at)),
            date(token.expires_at),
            date(token.revoked_at),
        ];
        cells.into_iter().map(Cell::new).collect()
    });
    let header = ["UUID", "NAME", "ROLES", "PACTICIPANTS", "CREATED", "EXPIRES", "REVOKED"];
    print(&table(&header, rows.collect(), Style::for_stdout()));
    Ok(())
}

impl Revoke {
    async fn run(self) -> Result<Exit, Failure> {
        if upkeep::revoke_token(&self.settings.config()?, &self.uuid).await? {
            print(&format!("Revoked {}", self.uuid));
            return Ok(Exit::Well);
        }
        Err(Failure::input("nothing was revoked", format!("there is no token {} that still counts", self.uuid)))
    }
}

impl Clean {
    async fn run(self) -> Result<(), Failure> {
        let mut config = self.settings.config()?;
        config.clean.dry_run |= self.dry_run;
        let swept = upkeep::clean(&config).await?;
        for name in swept
            .branches
            .iter()
            .map(|name| format!("branch {name}"))
            .chain(swept.versions.iter().map(|name| format!("version {name}")))
        {
            print(&name);
        }
        let verb = if config.clean.dry_run { "Would delete" } else { "Deleted" };
        print(&format!("{verb} {swept}"));
        Ok(())
    }
}

impl Transfer {
    async fn export(self) -> Result<(), Failure> {
        let config = self.settings.config()?;
        let Some(file) = self.file else {
            upkeep::export(&config, &mut BufWriter::new(std::io::stdout())).await?;
            return Ok(());
        };
        let refuse = |error: std::io::Error| Failure::input("cannot export", format!("{}: {error}", file.display()));
        let mut out = BufWriter::new(std::fs::File::create_new(&file).map_err(refuse)?);
        let rows = upkeep::export(&config, &mut out).await?;
        out.flush().map_err(refuse)?;
        print(&format!("Wrote {rows} rows to {}", file.display()));
        Ok(())
    }

    async fn import(self) -> Result<(), Failure> {
        let config = self.settings.config()?;
        let rows = match &self.file {
            Some(file) => {
                let refuse = |error| Failure::input("cannot import", format!("{}: {error}", file.display()));
                upkeep::import(&config, BufReader::new(std::fs::File::open(file).map_err(refuse)?)).await?
            }
            None => upkeep::import(&config, BufReader::new(std::io::stdin())).await?,
        };
        print(&format!("Read {rows} rows"));
        Ok(())
    }
}
