//! Futures that are dropped at an await point, as happens when a function is killed.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

/// Runs a future until it completes or was polled `polls` times. Then it is dropped at its await
/// point, as happens when a function is killed, and the result is `None`.
pub async fn until_killed<F: Future>(future: F, polls: Option<u64>) -> Option<F::Output> {
    let Some(polls) = polls else {
        return Some(future.await);
    };
    Mortal {
        future: pin!(future),
        polls,
    }
    .await
}

struct Mortal<'f, F> {
    future: Pin<&'f mut F>,
    polls: u64,
}

impl<F: Future> Future for Mortal<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.future.as_mut().poll(cx).map(Some)
    }
}
