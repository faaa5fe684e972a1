//! `countersign mock start`.

use countersign_mock_server::control::{MasterConfig, MasterServer};

use super::{MasterAddress, Start};
use crate::app::Exit;
use crate::commands::broker::told_to_stop;
use crate::commands::listening::resolve;
use crate::failure::Failure;
use crate::output::print;

impl Start {
    pub(super) async fn run(self, master: &MasterAddress) -> Result<Exit, Failure> {
        let not_started = |problem: String| Failure::input("the master server did not start", problem);
        let address = resolve(&master.host, master.port).await.map_err(not_started)?;
        let config =
            MasterConfig { address, output_dir: self.output, base_port: self.base_port, server_key: self.server_key };
        let server = MasterServer::start(&config).map_err(|error| not_started(error.to_string()))?;
        print(&format!("Master server started on port {}", server.port()));
        print(&format!("Server key: '{}'", server.server_key()));
        tokio::select! {
            () = told_to_stop() => {}
            () = server.ended() => {}
        }
        server.stop().await;
        Ok(Exit::Well)
    }
}
