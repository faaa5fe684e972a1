use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;
use tokio::sync::broadcast;

/// How many changes a slow watcher may fall behind before it skips to the newest one.
const CHANGES_KEPT: usize = 256;

/// A place that keeps stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warehouse {
    /// Short name, such as `w-1`.
    pub id: String,
    /// The city it stands in.
    pub city: String,
}

/// One article on the shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// How many are on the shelf, reservations already taken off.
    pub quantity_left: u32,
    /// Where they are.
    pub warehouse: Warehouse,
    /// What to know when handling it.
    pub tags: Vec<String>,
    /// When it was last restocked, if it ever was.
    pub restocked_at: Option<Timestamp>,
}

impl Item {
    /// An item of which `quantity` were just put on the shelf of the first warehouse.
    #[must_use]
    pub fn restocked(quantity: u32) -> Self {
        let now = Timestamp::now();
        Self {
            quantity_left: quantity,
            warehouse: Warehouse { id: "w-1".into(), city: "Oslo".into() },
            tags: vec!["fragile".into()],
            // whole seconds are all that the API promises
            restocked_at: Some(Timestamp::from_second(now.as_second()).unwrap_or(now)),
        }
    }
}

/// A quantity taken off the shelf for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// What to release it by.
    pub id: String,
    /// The article reserved.
    pub sku: String,
    /// How many.
    pub quantity: u32,
}

/// How much of a sku is left at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The article.
    pub sku: String,
    /// How many are on the shelf.
    pub quantity_left: u32,
}

/// Why the stock could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StockError {
    /// No such article was ever stocked.
    #[error("unknown sku")]
    UnknownSku {
        /// The article asked for.
        sku: String,
    },
    /// No such reservation, or it was released before.
    #[error("unknown reservation")]
    UnknownReservation {
        /// The reservation asked for.
        id: String,
    },
    /// Fewer are left than were asked for; nothing was reserved.
    #[error("insufficient stock")]
    Insufficient {
        /// The article asked for.
        sku: String,
        /// How many were asked for.
        requested: u32,
        /// How many there are.
        quantity_left: u32,
    },
    /// A reservation of nothing.
    #[error("quantity must be at least 1")]
    NothingAsked,
}

/// The shelf: cheap to clone, every clone is the same shelf.
#[derive(Clone)]
pub struct Stock {
    shelves: Arc<Mutex<Shelves>>,
    changes: broadcast::Sender<Level>,
    watched: broadcast::Sender<String>,
}

#[derive(Default)]
struct Shelves {
    items: HashMap<String, Item>,
    reservations: HashMap<String, Reservation>,
    reservations_made: u64,
}

/// A sku being followed: where it stood when the watch began, and every change since.
pub struct Watch {
    /// The level when the watch began.
    pub now: Level,
    changes: broadcast::Receiver<Level>,
    stock: Stock,
}

impl Default for Stock {
    fn default() -> Self {
        Self::new()
    }
}

impl Stock {
    /// An empty shelf.
    #[must_use]
    pub fn new() -> Self {
        let (changes, _) = broadcast::channel(CHANGES_KEPT);
        let (watched, _) = broadcast::channel(CHANGES_KEPT);
        Self { shelves: Arc::default(), changes, watched }
    }

    /// Puts an article on the shelf, in place of what was there under this sku; its reservations are forgotten.
    pub fn put(&self, sku: &str, item: Item) {
        let mut shelves = self.lock();
        let quantity_left = item.quantity_left;
        shelves.reservations.retain(|_, reservation| reservation.sku != sku);
        shelves.items.insert(sku.to_owned(), item);
        self.announce(sku, quantity_left);
    }

    /// Adds a delivery to what is on the shelf. Returns the level after it.
    ///
    /// # Errors
    ///
    /// [`StockError::UnknownSku`], or [`StockError::NothingAsked`] for a quantity of 0.
    pub fn restock(&self, sku: &str, quantity: u32) -> Result<Level, StockError> {
        let mut shelves = self.lock();
        if quantity == 0 {
            return Err(StockError::NothingAsked);
        }
        let unknown = || StockError::UnknownSku { sku: sku.to_owned() };
        let item = shelves.items.get_mut(sku).ok_or_else(unknown)?;
        let quantity_left = item.quantity_left.saturating_add(quantity);
        *item = Item { quantity_left, ..Item::restocked(0) };
        self.announce(sku, quantity_left);
        Ok(Level { sku: sku.to_owned(), quantity_left })
    }

    /// Forgets an article and its reservations. Watchers of it keep waiting for its return.
    pub fn remove(&self, sku: &str) {
        let mut shelves = self.lock();
        shelves.reservations.retain(|_, reservation| reservation.sku != sku);
        shelves.items.remove(sku);
    }

    /// What is on the shelf under a sku.
    ///
    /// # Errors
    ///
    /// [`StockError::UnknownSku`] if it was never stocked.
    pub fn check(&self, sku: &str) -> Result<Item, StockError> {
        self.lock().item(sku).cloned()
    }

    /// Takes `quantity` off the shelf, all of it or nothing. Returns the reservation and how many are left.
    ///
    /// # Errors
    ///
    /// [`StockError::UnknownSku`], [`StockError::Insufficient`], or [`StockError::NothingAsked`] for a quantity of 0.
    pub fn reserve(&self, sku: &str, quantity: u32) -> Result<(Reservation, u32), StockError> {
        let mut shelves = self.lock();
        let id = format!("r-{}", shelves.reservations_made + 1);
        let quantity_left = shelves.take(sku, quantity)?;
        shelves.reservations_made += 1;
        let reservation = Reservation { id: id.clone(), sku: sku.to_owned(), quantity };
        shelves.reservations.insert(id, reservation.clone());
        self.announce(sku, quantity_left);
        Ok((reservation, quantity_left))
    }

    /// Makes a reservation under an id of the caller's choice, which a provider state may have promised.
    ///
    /// # Errors
    ///
    /// As [`Stock::reserve`].
    pub fn reserve_as(&self, id: &str, sku: &str, quantity: u32) -> Result<u32, StockError> {
        let mut shelves = self.lock();
        let quantity_left = shelves.take(sku, quantity)?;
        let reservation = Reservation { id: id.to_owned(), sku: sku.to_owned(), quantity };
        shelves.reservations.insert(id.to_owned(), reservation);
        self.announce(sku, quantity_left);
        Ok(quantity_left)
    }

    /// Puts a reservation's quantity back on the shelf. Returns the level after it.
    ///
    /// # Errors
    ///
    /// [`StockError::UnknownReservation`] if there is none, or it was released before.
    pub fn release(&self, id: &str) -> Result<Level, StockError> {
        let mut shelves = self.lock();
        let unknown = || StockError::UnknownReservation { id: id.to_owned() };
        let reservation = shelves.reservations.remove(id).ok_or_else(unknown)?;
        let item = shelves.items.get_mut(&reservation.sku).ok_or_else(unknown)?;
        item.quantity_left = item.quantity_left.saturating_add(reservation.quantity);
        let quantity_left = item.quantity_left;
        self.announce(&reservation.sku, quantity_left);
        Ok(Level { sku: reservation.sku, quantity_left })
    }

    /// The reservation under an id, if there is one.
    #[must_use]
    pub fn reservation(&self, id: &str) -> Option<Reservation> {
        self.lock().reservations.get(id).cloned()
    }

    /// Follows a sku. No change after the returned level is missed, except that a watcher more than 256 changes
    /// behind skips to the newest.
    ///
    /// # Errors
    ///
    /// [`StockError::UnknownSku`] if it was never stocked.
    pub fn watch(&self, sku: &str) -> Result<Watch, StockError> {
        let shelves = self.lock();
        let quantity_left = shelves.item(sku)?.quantity_left;
        let changes = self.changes.subscribe();
        drop(shelves);
        // nobody listening is the usual case
        let _ = self.watched.send(sku.to_owned());
        Ok(Watch { now: Level { sku: sku.to_owned(), quantity_left }, changes, stock: self.clone() })
    }

    /// Tells of every watch that begins from now on, by its sku.
    pub(crate) fn watches(&self) -> broadcast::Receiver<String> {
        self.watched.subscribe()
    }

    /// Called with the lock held, so that watchers see changes in the order they happened.
    fn announce(&self, sku: &str, quantity_left: u32) {
        // an error only says that nobody watches
        let _ = self.changes.send(Level { sku: sku.to_owned(), quantity_left });
    }

    fn lock(&self) -> MutexGuard<'_, Shelves> {
        // every change below is complete before anything can panic, so a poisoned lock holds a sound shelf
        self.shelves.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Shelves {
    fn item(&self, sku: &str) -> Result<&Item, StockError> {
        self.items.get(sku).ok_or_else(|| StockError::UnknownSku { sku: sku.to_owned() })
    }

    /// Takes a quantity off the shelf and returns how many are left.
    fn take(&mut self, sku: &str, quantity: u32) -> Result<u32, StockError> {
        let left = self.item(sku)?.quantity_left;
        if quantity == 0 {
            return Err(StockError::NothingAsked);
        }
        let remaining = left.checked_sub(quantity).ok_or_else(|| StockError::Insufficient {
            sku: sku.to_owned(),
            requested: quantity,
            quantity_left: left,
        })?;
        if let Some(item) = self.items.get_mut(sku) {
            item.quantity_left = remaining;
        }
        Ok(remaining)
    }
}

impl Watch {
    /// The next change; `None` once the stock is gone.
    pub async fn changed(&mut self) -> Option<Level> {
        loop {
            match self.changes.recv().await {
                Ok(level) if level.sku == self.now.sku => return Some(level),
                Ok(_) => {}
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    if let Ok(item) = self.stock.check(&self.now.sku) {
                        return Some(Level { sku: self.now.sku.clone(), quantity_left: item.quantity_left });
                    }
                }
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stock_of(sku: &str, quantity: u32) -> Stock {
        let stock = Stock::new();
        stock.put(sku, Item::restocked(quantity));
        stock
    }

    #[test]
    fn a_reservation_takes_from_the_shelf_and_a_release_puts_back() {
        let stock = stock_of("ABC-1", 5);
        let (reservation, left) = stock.reserve("ABC-1", 2).unwrap();
        assert_eq!((left, stock.check("ABC-1").unwrap().quantity_left), (3, 3));
        assert_eq!(stock.release(&reservation.id), Ok(Level { sku: "ABC-1".into(), quantity_left: 5 }));
        assert_eq!(stock.release(&reservation.id), Err(StockError::UnknownReservation { id: reservation.id }));
    }

    #[test]
    fn a_delivery_adds_to_the_shelf() {
        let stock = stock_of("ABC-1", 5);
        assert_eq!(stock.restock("ABC-1", 3), Ok(Level { sku: "ABC-1".into(), quantity_left: 8 }));
        assert_eq!(stock.restock("ABC-1", 0), Err(StockError::NothingAsked));
        assert_eq!(stock.restock("NOPE", 1), Err(StockError::UnknownSku { sku: "NOPE".into() }));
        assert_eq!(stock.check("ABC-1").unwrap().quantity_left, 8);
    }

    #[test]
    fn a_refused_reservation_changes_nothing() {
        let stock = stock_of("ABC-1", 5);
        let refusals = [
            ("ABC-1", 6, StockError::Insufficient { sku: "ABC-1".into(), requested: 6, quantity_left: 5 }),
            ("ABC-1", 0, StockError::NothingAsked),
            ("NOPE", 1, StockError::UnknownSku { sku: "NOPE".into() }),
        ];
        for (sku, quantity, expected) in refusals {
            assert_eq!(stock.reserve(sku, quantity), Err(expected), "{quantity} of {sku}");
        }
        assert_eq!(stock.check("ABC-1").unwrap().quantity_left, 5);
        assert_eq!(stock.reserve("ABC-1", 5).unwrap().0.id, "r-1", "refusals use no numbers up");
    }

    #[test]
    fn concurrent_reservations_never_oversell() {
        let stock = stock_of("ABC-1", 50);
        let sold: u32 = std::thread::scope(|scope| {
            let shoppers: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| (0..10).filter(|_| stock.reserve("ABC-1", 1).is_ok()).count() as u32))
                .collect();
            shoppers.into_iter().map(|shopper| shopper.join().unwrap()).sum()
        });
        assert_eq!((sold, stock.check("ABC-1").unwrap().quantity_left), (50, 0));
    }

    #[tokio::test]
    async fn a_watch_sees_every_change_of_its_sku_and_of_no_other() {
        let stock = stock_of("ABC-1", 5);
        stock.put("XYZ-9", Item::restocked(1));
        let mut watch = stock.watch("ABC-1").unwrap();
        stock.reserve("XYZ-9", 1).unwrap();
        let (reservation, _) = stock.reserve("ABC-1", 2).unwrap();
        stock.release(&reservation.id).unwrap();
        let seen = [watch.changed().await.unwrap(), watch.changed().await.unwrap()].map(|level| level.quantity_left);
        assert_eq!((watch.now.quantity_left, seen), (5, [3, 5]));
    }

    #[tokio::test]
    async fn a_watcher_that_fell_behind_skips_to_the_newest_level() {
        let stock = stock_of("ABC-1", 1000);
        let mut watch = stock.watch("ABC-1").unwrap();
        for _ in 0..CHANGES_KEPT + 50 {
            stock.reserve("ABC-1", 1).unwrap();
        }
        let newest = stock.check("ABC-1").unwrap().quantity_left;
        assert_eq!(watch.changed().await.unwrap().quantity_left, newest);
    }
}
