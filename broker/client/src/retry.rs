//! When a request is worth sending again, and how long to wait before that.

use std::time::Duration;

use jiff::Timestamp;

/// How often and how long a client repeats requests that failed for reasons that may pass.
///
/// Answers 408, 429 and 5xx are repeated up to [`retries`](Self::retries) times, connections that could not be made or broke
/// up to [`connect_retries`](Self::connect_retries) times. Delays double from [`first_delay`](Self::first_delay) up to
/// [`max_delay`](Self::max_delay), each cut by a random part so that many pipelines do not return at the same moment;
/// a `Retry-After` header replaces the computed delay. Nothing is repeated that would start after
/// [`deadline`](Self::deadline).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Repeats after an answer that may pass (408, 429, 5xx). Default 8.
    pub retries: u32,
    /// Repeats after a connection that could not be made or broke. Default 3: a broker that is down should be reported soon.
    pub connect_retries: u32,
    /// Delay before the first repeat. Default 500 ms.
    pub first_delay: Duration,
    /// Longest delay between two attempts, also for `Retry-After`. Default 30 s.
    pub max_delay: Duration,
    /// Time from the first attempt after which no further one starts. Default 2 minutes.
    pub deadline: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            retries: 8,
            connect_retries: 3,
            first_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(30),
            deadline: Duration::from_secs(120),
        }
    }
}

impl RetryPolicy {
    /// A policy that sends everything exactly once.
    #[must_use]
    pub fn never() -> Self {
        Self { retries: 0, connect_retries: 0, ..Self::default() }
    }

    /// The default policy with `retries` repeats; connections that cannot be made are repeated at most three times.
    #[must_use]
    pub fn with_retries(retries: u32) -> Self {
        let default = Self::default();
        Self { retries, connect_retries: retries.min(default.connect_retries), ..default }
    }

    /// How long to wait before the next attempt, or `None` when the failure is final.
    ///
    /// `repeat` counts the repeats made so far, `elapsed` is the time since the first attempt started, and `random`
    /// lies in `0.0..1.0`.
    pub(crate) fn next_delay(
        &self,
        obstacle: Obstacle,
        repeat: u32,
        elapsed: Duration,
        random: f64,
    ) -> Option<Duration> {
        let allowed = match obstacle {
            Obstacle::NotConnected | Obstacle::Interrupted => self.connect_retries,
            Obstacle::Answer { .. } => self.retries,
        };
        if repeat >= allowed {
            return None;
        }
        let delay = match obstacle {
            Obstacle::Answer { retry_after: Some(asked) } => asked.min(self.max_delay),
            _ => self.backoff(repeat, random),
        };
        (elapsed + delay <= self.deadline).then_some(delay)
    }

    /// Between half of and the whole of the doubled delay.
    fn backoff(&self, repeat: u32, random: f64) -> Duration {
        let doubled = self.first_delay.saturating_mul(2_u32.saturating_pow(repeat));
        doubled.min(self.max_delay).mul_f64(1.0 - random.clamp(0.0, 1.0) / 2.0)
    }
}

/// Why an attempt did not succeed, as far as repeating it is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// No connection came about, so the broker has seen nothing of the request.
    NotConnected,
    /// The connection broke or timed out after the request may have been sent.
    Interrupted,
    /// An answer that may pass: 408, 429 or 5xx.
    Answer {
        /// What the `Retry-After` header asks for.
        retry_after: Option<Duration>,
    },
}

impl Obstacle {
    /// Judges an answer by its status, `Retry-After` and `Date`, which is this moment where the broker does not tell it; `None`
    /// when repeating it would bring the same.
    pub(crate) fn of_answer(
        status: u16,
        retry_after: Option<&str>,
        date: Option<&str>,
        now: Timestamp,
    ) -> Option<Self> {
        let passing = matches!(status, 408 | 429 | 500..=599);
        let retry_after = retry_after.and_then(|text| seconds(text).or_else(|| until(text, date, now)));
        passing.then_some(Self::Answer { retry_after })
    }
}

fn seconds(text: &str) -> Option<Duration> {
    text.trim().parse().ok().map(Duration::from_secs)
}

/// From one moment to another, both by the broker's clock where it tells the time, so that clocks need not agree.
fn until(then: &str, date: Option<&str>, now: Timestamp) -> Option<Duration> {
    let parse = |text: &str| jiff::fmt::rfc2822::parse(text.trim()).ok().map(|moment| moment.timestamp());
    let distance = parse(then)?.duration_since(date.and_then(parse).unwrap_or(now));
    Some(Duration::try_from(distance).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: Obstacle = Obstacle::Answer { retry_after: None };

    #[test]
    fn delays_double_up_to_the_maximum() {
        let policy = RetryPolicy::default();
        let delays: Vec<_> = (0..9)
            .map(|repeat| policy.next_delay(ANSWER, repeat, Duration::ZERO, 0.0).map(|d| d.as_millis()))
            .collect();
        let expected = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
        assert_eq!(delays[..8], expected.map(Some));
        assert_eq!(delays[8], None);
    }

    #[test]
    fn chance_takes_at_most_half_of_a_delay() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.next_delay(ANSWER, 0, Duration::ZERO, 1.0), Some(Duration::from_millis(250)));
    }

    #[test]
    fn a_broker_that_cannot_be_reached_is_given_up_sooner() {
        let policy = RetryPolicy::with_retries(8);
        assert!(policy.next_delay(Obstacle::NotConnected, 2, Duration::ZERO, 0.0).is_some());
        assert_eq!(policy.next_delay(Obstacle::NotConnected, 3, Duration::ZERO, 0.0), None);
        assert_eq!(RetryPolicy::never().next_delay(ANSWER, 0, Duration::ZERO, 0.0), None);
    }

    #[test]
    fn nothing_starts_after_the_deadline() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.next_delay(ANSWER, 0, Duration::from_millis(119_501), 0.0), None);
    }

    #[test]
    fn answers_worth_repeating() {
        let seconds = |s| Some(Obstacle::Answer { retry_after: Some(Duration::from_secs(s)) });
        let cases = [
            ((200, None, None), None),
            ((404, Some("3"), None), None),
            ((409, None, None), None),
            ((408, None, None), Some(ANSWER)),
            ((429, Some("7"), None), seconds(7)),
            ((503, Some("Wed, 21 Oct 2026 07:28:00 GMT"), None), seconds(90)),
            ((503, Some("Wed, 21 Oct 2026 07:28:00 GMT"), Some("Wed, 21 Oct 2026 07:27:40 GMT")), seconds(20)),
            ((503, Some("Wed, 21 Oct 2026 07:28:00 GMT"), Some("Wed, 21 Oct 2026 07:28:40 GMT")), seconds(0)),
            ((503, Some("soon"), None), Some(ANSWER)),
        ];
        let now = "2026-10-21T07:26:30Z".parse().unwrap();
        for ((status, header, date), expected) in cases {
            assert_eq!(Obstacle::of_answer(status, header, date, now), expected, "{status} {header:?} {date:?}");
        }
        let asked = Obstacle::Answer { retry_after: Some(Duration::from_secs(7)) };
        let policy = RetryPolicy::default();
        assert_eq!(policy.next_delay(asked, 0, Duration::ZERO, 0.9), Some(Duration::from_secs(7)));
    }
}
