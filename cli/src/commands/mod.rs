//! One file per command, or per small family of commands: what can be typed, then what is done.

mod broker_options;
mod listening;
mod matrix_selectors;
mod places;
mod server_settings;

pub(crate) mod broker;
pub(crate) mod completions;
pub(crate) mod convert;
pub(crate) mod demo;
pub(crate) mod lint;
pub(crate) mod mock;
pub(crate) mod show;
pub(crate) mod stub;
pub(crate) mod upkeep;
pub(crate) mod verify;

pub(crate) mod branches;
pub(crate) mod can_i_deploy;
pub(crate) mod can_i_merge;
pub(crate) mod deliveries;
pub(crate) mod deployments;
pub(crate) mod environments;
pub(crate) mod generate_uuid;
pub(crate) mod get_pacts;
pub(crate) mod latest_pacts;
pub(crate) mod matrix;
pub(crate) mod migrate;
pub(crate) mod pacticipants;
pub(crate) mod provider_states;
pub(crate) mod publish;
pub(crate) mod releases;
pub(crate) mod tags;
pub(crate) mod versions;
pub(crate) mod webhooks;

pub(crate) use broker_options::BrokerOptions;
