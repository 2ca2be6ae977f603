//! `Transport`: one pool of connections, with the time limits and checks that hold for every request.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use object_store::client::{HttpError, HttpRequest, HttpResponse, HttpService};
use reqwest::{StatusCode, header};
use tokio::time::{Instant, sleep_until, timeout};

use super::{
    body,
    errors::{late, unfit},
    reach::{self, Reach},
    reply::{self, reads},
    validator,
};
use crate::remote::last_status::LastStatus;

/// A connection that moves less than this per second is as good as dead.
const SLOWEST_UPLOAD: u64 = 64 << 10;

/// One pool of connections, with what holds for every request.
#[derive(Debug)]
pub(super) struct Transport<C> {
    client: C,
    reach: Reach,
    /// How long to wait for an answer to begin, and for each further bit of it.
    idle: Duration,
    /// No service makes everybody wait longer than this.
    longest_pause: Duration,
    /// Until when the service asked to be left alone.
    pause: Arc<Mutex<Option<Instant>>>,
}

impl<C: HttpService> Transport<C> {
    pub(super) fn new(client: C, reach: Reach, idle: Duration, longest_pause: Duration) -> Self {
        Transport {
            client,
            reach,
            idle,
            longest_pause,
            pause: Arc::default(),
        }
    }

    /// Waits as long as the service asked for, in an earlier answer.
    async fn obey(&self) {
        let until = *self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = until {
            sleep_until(until).await;
        }
    }

    fn note_pause(&self, response: &HttpResponse) {
        if !matches!(
            response.status(),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
        ) {
            return;
        }
        let asked = response.headers().get(header::RETRY_AFTER);
        let seconds = asked.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        if let Some(seconds) = seconds {
            let pause = Duration::from_secs(seconds).min(self.longest_pause);
            *self.pause.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(Instant::now() + pause);
        }
    }
}

#[async_trait]
impl<C: HttpService> HttpService for Transport<C> {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if self.reach == Reach::Public {
            reach::check(&request)?;
        }
        self.obey().await;
        let asked = reply::RequestKind::of(&request);
        let is_read = reads(request.method());
        let upload = request.body().content_length() as u64 / SLOWEST_UPLOAD;
        let limit = self.idle + Duration::from_secs(upload);
        LastStatus::note(0);
        let response = timeout(limit, self.client.call(request))
            .await
            .map_err(|_| late("no answer within the time limit"))?
            .map_err(reach::told)?;
        if self.reach == Reach::Public && response.status().is_redirection() {
            return Err(unfit(
                "the server sends us to another host, where an untrusted address may not lead",
            ));
        }
        self.note_pause(&response);
        let most = asked.most(response.status());
        let response = body::watched(response, self.idle, most);
        let response = asked.judge(response).await?;
        let response = match is_read {
            true => validator::noted(response),
            false => response,
        };
        LastStatus::note(response.status().as_u16());
        Ok(response)
    }
}
