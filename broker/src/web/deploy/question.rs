//! What is asked: this version of this application, into that environment.

use crate::api::Query;
use crate::matrix::MatrixQuery;
use crate::matrix::query::{Choice, parse_ignore};
use crate::store::{Conn, StoreError, branches, environments, pacticipants, versions};

/// What a form or a link says, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) pacticipant: String,
    pub(super) version: String,
    pub(super) branch: String,
    pub(super) environment: String,
    /// A tag, where tags stand for environments.
    pub(super) to: String,
}

/// A question that can be put to the matrix.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) pacticipant: String,
    pub(super) version: String,
    /// The branch whose head the version is, if that is how it was asked for.
    pub(super) branch: Option<String>,
    pub(super) target: Choice,
    pub(super) matrix: MatrixQuery,
}

impl Asked {
    pub(super) fn read(query: &Query) -> Self {
        let text = |key: &str| query.text(key).unwrap_or_default().trim().to_owned();
        Self {
            pacticipant: text("pacticipant"),
            version: text("version"),
            branch: text("branch"),
            environment: text("environment"),
            to: text("to"),
        }
    }

    /// Whether there is anything to answer yet.
    pub(super) fn is_complete(&self) -> bool {
        let version = !self.version.is_empty() || !self.branch.is_empty();
        !self.pacticipant.is_empty() && version && (!self.environment.is_empty() || !self.to.is_empty())
    }

    /// The question, or what is wrong with it in words.
    pub(super) async fn question(
        &self,
        conn: &mut Conn,
        query: &Query,
    ) -> Result<Result<Question, Vec<String>>, StoreError> {
        let mut problems = Vec::new();
        let known = pacticipants::find(conn, &self.pacticipant).await?;
        if known.is_none() {
            problems.push(format!("There is no application named {}.", self.pacticipant));
        }
        let target = self.target(conn, &mut problems).await?;
        let ignore = parse_ignore(&query.0, &mut problems);
        let mut number = self.version.clone();
        if let Some(known) = known.filter(|_| number.is_empty()) {
            match self.head(conn, known.id).await? {
                Some(head) => number = head,
                None => problems.push(format!("{} has no version on branch {}.", self.pacticipant, self.branch)),
            }
        }
        if !problems.is_empty() {
            return Ok(Err(problems));
        }
        Ok(Ok(Question {
            matrix: MatrixQuery::can_i_deploy(&self.pacticipant, &number, target.clone(), ignore),
            pacticipant: self.pacticipant.clone(),
            version: number,
            branch: Some(self.branch.clone()).filter(|branch| self.version.is_empty() && !branch.is_empty()),
            target,
        }))
    }

    async fn target(&self, conn: &mut Conn, problems: &mut Vec<String>) -> Result<Choice, StoreError> {
        if self.environment.is_empty() {
            return Ok(Choice::TagHead(self.to.clone()));
        }
        if environments::by_name(conn, &self.environment).await?.is_none() {
            problems.push(format!("There is no environment named {}.", self.environment));
        }
        Ok(Choice::Environment(self.environment.clone()))
    }

    async fn head(&self, conn: &mut Conn, pacticipant: i64) -> Result<Option<String>, StoreError> {
        let head = match self.branch.as_str() {
            "" => versions::latest(conn, pacticipant).await?,
            branch => branches::head(conn, pacticipant, branch).await?,
        };
        Ok(head.map(|version| version.number))
    }
}
