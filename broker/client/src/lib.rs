//! A typed client of the Pact Broker API, for any broker that speaks it
