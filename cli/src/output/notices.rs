//! What a broker says, as lines.

use countersign_broker_client::{Notice, NoticeKind};

use crate::output::Style;

/// One indented paragraph per notice, in the broker's order.
pub(crate) fn notice_lines(notices: &[Notice], style: Style) -> String {
    let mut lines = String::new();
    for notice in notices {
        for line in notice.text.trim_end().lines() {
            let coloured = match notice.kind {
                NoticeKind::Success => style.good(line),
                NoticeKind::Error => style.bad(line),
                NoticeKind::Warning => style.doubtful(line),
                NoticeKind::Prompt => style.prompt(line),
                NoticeKind::Debug => style.quiet(line),
                NoticeKind::Info => line.to_owned(),
            };
            lines.push_str(format!("  {coloured}").trim_end());
            lines.push('\n');
        }
    }
    lines
}
