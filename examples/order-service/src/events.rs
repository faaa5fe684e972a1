use serde::Serialize;

/// Says that an order was placed, for whoever listens on the topic [`OrderPlaced::TOPIC`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderPlaced {
    /// What the order is known by.
    pub order_id: String,
    /// What it costs, in euros.
    pub total_amount: f64,
    /// What was ordered.
    pub sku: String,
    /// How many.
    pub quantity: u32,
}

impl OrderPlaced {
    /// Where these events are published.
    pub const TOPIC: &'static str = "order.placed";

    /// The event as it travels.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and numbers are always JSON")
    }
}
