//! The page that answers whether a version can be deployed.

use askama::Template;
use axum::extract::State;

use super::answer::{Shown, explain};
use super::form::Form;
use super::question::Asked;
use super::table::{Table, details};
use crate::api::Query;
use crate::app::AppState;
use crate::store::{self, matrix};
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::Site;

#[derive(Template)]
#[template(path = "can_i_deploy.html")]
struct CanIDeploy {
    frame: Frame,
    form: Form,
    problems: Vec<String>,
    answer: Option<Shown>,
    table: Option<Table>,
}

/// The form, and the answer to what was asked.
pub(crate) async fn page(State(app): State<AppState>, site: Site, query: Query) -> Page {
    let mut conn = app.store.read().await?;
    let asked = Asked::read(&query);
    let mut page = CanIDeploy {
        frame: Frame::new(&site, Section::Deploy, "Can I deploy?"),
        form: Form::load(&mut conn, &site, asked.clone()).await?,
        problems: Vec::new(),
        answer: None,
        table: None,
    };
    if !asked.is_complete() {
        return render(&page);
    }
    match asked.question(&mut conn, &query).await? {
        Err(problems) => page.problems = problems,
        Ok(question) => {
            let answer = matrix::answer(&mut conn, &question.matrix).await?;
            let details = details(&mut conn, &answer.rows).await?;
            let shown = explain(&mut conn, &site, &question, &answer, &details).await?;
            page.table = Some(Table::new(&site, &answer.rows, &details, Some(&shown.awaited), store::now()));
            page.answer = Some(shown);
        }
    }
    render(&page)
}
