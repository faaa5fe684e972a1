//! From what was typed to a running stub.

use countersign_mock_server::stub::{StateFilter, StubConfig, StubServer};
use countersign_mock_server::{AllowedOrigin, Cors, Tls};

use super::watch::Watcher;
use super::{Server, States, Stub};
use crate::app::Exit;
use crate::commands::broker::told_to_stop;
use crate::commands::listening::resolve;
use crate::failure::Failure;
use crate::output::{Style, print, print_error};

impl Stub {
    /// Serves until the process is told to stop.
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        if self.sources.is_empty() {
            let advice = "name pacts with --file, --dir or --url, or a broker with --broker-url (PACT_BROKER_BASE_URL)";
            return Err(Failure::input("nothing to serve", advice));
        }
        let mut watcher = self.watcher()?;
        let pacts = self.sources.load(&self.credentials).await?;
        let loaded = pacts.len();
        let config = self.config().await?;
        let stub = StubServer::start(pacts, config).map_err(|error| not_started(error.to_string()))?;
        print(&format!("Loaded {loaded} pacts ({} total interactions)", stub.size()));
        print(&format!("Server started on port {}", stub.port()));
        tokio::select! {
            () = told_to_stop() => {}
            () = self.keep_up(&stub, watcher.as_mut()) => {}
        }
        stub.stop().await;
        Ok(Exit::Well)
    }

    fn watcher(&self) -> Result<Option<Watcher>, Failure> {
        if !self.sources.watch {
            return Ok(None);
        }
        let watcher = Watcher::over(&self.sources.file, &self.sources.dir);
        watcher.map(Some).map_err(|error| Failure::input("the pact files cannot be watched", error.to_string()))
    }

    async fn config(&self) -> Result<StubConfig, Failure> {
        let address = resolve(&self.server.host, self.server.port).await.map_err(not_started)?;
        Ok(StubConfig {
            address,
            states: self.states.filter().map_err(not_started)?,
            state_header: self.states.provider_state_header_name.clone(),
            stateless_too: self.states.empty_provider_state,
            cors: self.server.cors(),
            tls: self.server.tls()?,
        })
    }

    /// Loads the pacts again whenever their files change; without a watcher this never ends. What cannot be loaded leaves
    /// the former answers in place.
    async fn keep_up(&self, stub: &StubServer, watcher: Option<&mut Watcher>) {
        let Some(watcher) = watcher else { return std::future::pending().await };
        loop {
            watcher.changed().await;
            let reloaded = match self.sources.load(&self.credentials).await {
                Ok(pacts) => stub.reload(pacts).map_err(|error| Failure::input("not reloaded", error.to_string())),
                Err(failure) => Err(failure),
            };
            match reloaded {
                Ok(()) => print(&format!("Reloaded ({} total interactions)", stub.size())),
                Err(failure) => print_error(&failure.render(Style::for_stderr())),
            }
        }
    }
}

impl Server {
    fn cors(&self) -> Cors {
        match (self.cors, self.cors_referer) {
            (false, _) => Cors::AnyOrigin,
            (true, false) => Cors::Preflight(AllowedOrigin::Any),
            (true, true) => Cors::Preflight(AllowedOrigin::Referer),
        }
    }

    fn tls(&self) -> Result<Option<Tls>, Failure> {
        let Some(file) = &self.tls_certificate else { return Ok(None) };
        let tls = Tls::generated().map_err(|error| not_started(error.to_string()))?;
        std::fs::write(file, tls.trusted_pem())
            .map_err(|error| not_started(format!("cannot write {}: {error}", file.display())))?;
        Ok(Some(tls))
    }
}

impl States {
    fn filter(&self) -> Result<StateFilter, String> {
        match &self.provider_state {
            Some(regex) => StateFilter::matching(regex.as_str(), self.empty_provider_state),
            None => Ok(StateFilter::default()),
        }
    }
}

fn not_started(problem: String) -> Failure {
    Failure::input("the stub did not start", problem)
}
