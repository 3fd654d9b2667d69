//! A breaker against a simulated clock: what opens it, what closes it, and what says nothing.

// By name: `proptest::prelude` has a `Rng` of its own.
use fastrand::Rng;
use proptest::prelude::*;

use super::*;

const COOL_DOWN: Duration = Duration::from_secs(30);

struct Scene {
    breaker: Breaker,
    now: Instant,
    random: Rng,
}

impl Scene {
    fn new() -> Scene {
        let now = Instant::now();
        Scene {
            breaker: Breaker::new(BreakerConfig::default(), now),
            now,
            random: Rng::with_seed(1),
        }
    }

    fn opened() -> Scene {
        let mut scene = Scene::new();
        for _ in 0..5 {
            scene.fail(Ticket::Ordinary);
        }
        assert_eq!(scene.state(), BreakerState::Open);
        scene
    }

    fn fail(&mut self, ticket: Ticket) -> bool {
        self.breaker.failed(ticket, self.now, &mut self.random)
    }

    fn admit(&mut self) -> Result<Ticket, Duration> {
        self.breaker.admit(self.now)
    }

    fn state(&self) -> BreakerState {
        self.breaker.status(self.now).state
    }

    fn cool_down(&mut self) {
        self.now += COOL_DOWN.mul_f64(1.5);
    }
}

#[test]
fn it_opens_at_the_fifth_failure_in_a_row() {
    let mut scene = Scene::new();
    for _ in 0..4 {
        assert!(!scene.fail(Ticket::Ordinary));
    }
    scene.breaker.succeeded(Ticket::Ordinary, scene.now);
    for _ in 0..4 {
        assert!(!scene.fail(Ticket::Ordinary));
    }
    assert_eq!(scene.admit(), Ok(Ticket::Ordinary));
    assert!(scene.fail(Ticket::Ordinary));
    let status = scene.breaker.status(scene.now);
    assert_eq!((status.state, status.failures), (BreakerState::Open, 5));
    let wait = scene.admit().expect_err("it is open");
    assert!(
        wait >= COOL_DOWN && wait <= COOL_DOWN.mul_f64(1.5),
        "{wait:?}"
    );
    assert_eq!(status.retry_after, Some(wait));
}

#[test]
fn after_the_cool_down_one_call_goes_through() {
    let mut scene = Scene::opened();
    scene.cool_down();
    assert_eq!(scene.state(), BreakerState::HalfOpen);
    assert_eq!(scene.admit(), Ok(Ticket::Probe));
    assert!(scene.admit().is_err());
    scene.breaker.gave_back(Ticket::Probe);
    assert_eq!(scene.admit(), Ok(Ticket::Probe), "the probe was dropped");
}

#[test]
fn a_probe_that_fails_opens_it_again() {
    let mut scene = Scene::opened();
    scene.cool_down();
    let probe = scene.admit().expect("a probe");
    assert!(scene.fail(probe));
    assert!(scene.admit().is_err());
    assert_eq!(scene.breaker.failures(), 6);
}

#[test]
fn a_probe_that_begins_to_answer_closes_it_on_trust() {
    let mut scene = Scene::opened();
    scene.cool_down();
    let probe = scene.admit().expect("a probe");
    let ticket = scene.breaker.begun(probe, scene.now);
    assert_eq!(scene.state(), BreakerState::Closed);
    assert!(
        scene.fail(ticket),
        "the trust is gone with the first failure"
    );

    scene.cool_down();
    let probe = scene.admit().expect("a probe");
    let ticket = scene.breaker.begun(probe, scene.now);
    scene.breaker.succeeded(ticket, scene.now);
    assert!(!scene.fail(Ticket::Ordinary), "the trust was deserved");
}

#[test]
fn calls_from_before_the_outage_say_nothing() {
    let mut scene = Scene::opened();
    scene.breaker.succeeded(Ticket::Ordinary, scene.now);
    scene.breaker.gave_back(Ticket::Ordinary);
    assert!(!scene.fail(Ticket::Ordinary));
    assert!(scene.admit().is_err());
    scene.cool_down();
    scene.admit().expect("a probe");
    scene.breaker.gave_back(Ticket::Ordinary);
    scene.breaker.succeeded(Ticket::Ordinary, scene.now);
    assert!(scene.admit().is_err(), "the probe is still under way");
}

#[test]
fn zero_failures_never_open_it() {
    let now = Instant::now();
    let config = BreakerConfig {
        failures: 0,
        ..BreakerConfig::default()
    };
    let mut breaker = Breaker::new(config, now);
    for _ in 0..100 {
        assert!(!breaker.failed(Ticket::Ordinary, now, &mut Rng::with_seed(1)));
    }
    assert!(breaker.admit(now).is_ok());
}

#[derive(Debug, Clone)]
enum Event {
    Pass(u64),
    Admit,
    Begin,
    Succeed,
    Fail,
    Drop,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        (0..40_000_u64).prop_map(Event::Pass),
        Just(Event::Admit),
        Just(Event::Admit),
        Just(Event::Begin),
        Just(Event::Succeed),
        Just(Event::Fail),
        Just(Event::Fail),
        Just(Event::Drop),
    ];
    prop::collection::vec(event, 0..200)
}

proptest! {
    /// Whatever happens: never two probes at once, and never shut for good.
    #[test]
    fn one_probe_at_a_time_and_always_a_way_back(events in events()) {
        let mut scene = Scene::new();
        let mut under_way: Vec<Ticket> = Vec::new();
        for event in events {
            let now = scene.now;
            match event {
                Event::Pass(milliseconds) => scene.now += Duration::from_millis(milliseconds),
                Event::Admit => under_way.extend(scene.admit()),
                Event::Begin => {
                    if let Some(ticket) = under_way.last_mut() {
                        *ticket = scene.breaker.begun(*ticket, now);
                    }
                }
                Event::Succeed => {
                    if let Some(ticket) = under_way.pop() {
                        scene.breaker.succeeded(ticket, now);
                    }
                }
                Event::Fail => {
                    if let Some(ticket) = under_way.pop() {
                        scene.fail(ticket);
                    }
                }
                Event::Drop => {
                    if let Some(ticket) = under_way.pop() {
                        scene.breaker.gave_back(ticket);
                    }
                }
            }
            let probes = under_way.iter().filter(|ticket| **ticket == Ticket::Probe).count();
            prop_assert!(probes <= 1);
        }
        for ticket in under_way {
            scene.breaker.gave_back(ticket);
        }
        scene.cool_down();
        prop_assert!(scene.admit().is_ok());
    }
}
