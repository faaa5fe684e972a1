//! Where pacts come from.

mod broker;
mod files;
mod loaded;
mod places;

pub use broker::Broker;
pub(crate) use loaded::{LoadedPact, Origin, Wanted};
pub use places::{PactFiles, PactSource, PactUrl};

use countersign_core::format::SharedReader;

use crate::VerifyError;

/// Loads all pacts of all sources, in their order.
pub(crate) async fn load(sources: &[PactSource], wanted: &Wanted) -> Result<Vec<LoadedPact>, VerifyError> {
    let mut reader = SharedReader::default();
    let mut pacts = Vec::new();
    let mut problems = Vec::new();
    let mut strangers = Vec::new();
    for source in sources {
        match source {
            PactSource::Files(files) => {
                let found = files::load(files, wanted, &mut reader);
                pacts.extend(found.pacts);
                problems.extend(found.problems);
                strangers.extend(found.strangers);
            }
            PactSource::Url(url) => match places::load_url(url, &mut reader).await {
                Ok(pact) => pacts.push(pact),
                Err(problem) => problems.push(problem),
            },
            PactSource::Broker(broker) => match broker::load(broker, wanted, &mut reader).await {
                Ok((found, wrong)) => {
                    pacts.extend(found);
                    problems.extend(wrong);
                }
                // a provider that nobody has a pact with yet
                Err(VerifyError::Broker { error }) if error.is_not_found() && wanted.allow_none => {}
                Err(error) => return Err(error),
            },
            PactSource::Pact(pact) => pacts.push(LoadedPact::given((**pact).clone())),
        }
    }
    if !problems.is_empty() {
        return Err(VerifyError::Pacts { problems });
    }
    if pacts.is_empty() && !wanted.allow_none {
        return Err(nothing_found(sources, wanted, &strangers));
    }
    Ok(pacts)
}

fn nothing_found(sources: &[PactSource], wanted: &Wanted, strangers: &[String]) -> VerifyError {
    let places: Vec<_> = sources.iter().map(PactSource::describe).collect();
    let hint = if strangers.is_empty() {
        "check that the consumers' tests have written or published them, or allow that there are none".to_owned()
    } else {
        format!("the pacts there are with other providers: {}", strangers.join(", "))
    };
    VerifyError::NoPacts { provider: wanted.provider.clone(), places: places.join(", "), hint }
}
