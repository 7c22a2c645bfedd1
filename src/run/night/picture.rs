//! Takes the live picture and hands it to whoever looks.

use std::sync::Arc;

use super::Night;
use crate::{
    control::Moment,
    lang::Lang,
    ui::{
        lines,
        live::{Flow, Worker},
        reel::Now,
    },
};

impl Night<'_> {
    /// One picture for all who look; nobody is waited for.
    pub(super) fn picture(&mut self) {
        let at = self.given.clock.now();
        let now = self.now(at);
        self.given.herald.status(&lines::sum_up(&now.view, &now.flow, Lang::En));
        let live = self.reel.frame(at, now);
        self.given.live.send_replace(Some(Arc::new(live)));
    }

    /// One line, for whoever reads lines.
    pub(super) fn sum_up(&mut self) {
        if self.given.screen.has_lines() {
            let at = self.given.clock.now();
            let flow = self.flow();
            self.given.screen.sum_up(at, &self.given.dispatcher.view(at), &flow);
        }
    }

    /// What went through all hands.
    pub(super) fn flow(&self) -> Flow {
        let mailbox_s = self.seconds.distribution().map(|seconds| (seconds.p50, seconds.p90));
        Flow { mailbox_s, ..self.crew.flow() }
    }

    fn now(&self, at: Moment) -> Now {
        let dispatcher = &self.given.dispatcher;
        let workers = dispatcher.carried(at).into_iter().filter_map(|carried| {
            let seen = self.crew.seen(carried.account)?;
            let seat = self.given.seats.get(&carried.account)?;
            Some(Worker {
                id: carried.account.0,
                account: seat.source.clone(),
                bytes: carried.bytes,
                stage: seen.stage,
                sent_bytes: seen.sent_bytes,
                sent_items: seen.sent_items,
                bytes_per_s: None,
                since_s: carried.since.as_secs_f64(),
                attempt: seen.attempt,
                parked: carried.parked,
            })
        });
        Now {
            workers: workers.collect(),
            view: dispatcher.view(at),
            flow: self.flow(),
            backlog: dispatcher.left().to_vec(),
            tokens: (self.given.tokens)(),
            window: dispatcher.window(),
            ceiling: self.given.desk.policy.max_workers,
        }
    }
}
