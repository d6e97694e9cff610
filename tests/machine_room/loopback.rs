//! Runs a function between two stand-ins on loopback: the Lambda runtime API, which passes events
//! with a deadline to it, and AWS, which treats each call as a test wants: it answers, fails,
//! delays or hangs.
//!
//! `MiniStack` runs the functions too, but never hangs.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as InPath, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tokio::sync::{Mutex, mpsc as tokio_mpsc, oneshot};

use super::{Leash, REGION, functions};

/// The behaviour of the AWS stand-in for a call.
pub(crate) enum Does {
    /// Answers with this value.
    Answers(Value),
    /// Answers with this value after a delay.
    Takes(Duration, Value),
    /// Answers with an error of the service.
    Fails,
    /// Never answers.
    Hangs,
}

/// A call of a function to AWS.
pub(crate) struct Call<'c> {
    /// The operation: `DynamoDB_20120810.GetItem`.
    pub(crate) target: &'c str,
    /// The request.
    pub(crate) body: &'c Value,
    /// True if it was made before the function asked for its first event.
    pub(crate) is_init: bool,
}

/// The answer of a function to an event.
#[derive(Debug)]
pub(crate) struct Answered {
    /// The response or the error.
    pub(crate) payload: Value,
    /// True if it is an error.
    pub(crate) is_error: bool,
    /// The time from when the function received the event.
    pub(crate) took: Duration,
}

/// A running function.
pub(crate) struct Function {
    // Dropped in this order, so that the function ends before the servers it talks to.
    _function: Leash,
    events: tokio_mpsc::UnboundedSender<Event>,
    answers: mpsc::Receiver<Answered>,
    end: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

struct Event {
    payload: Vec<u8>,
    left: Duration,
}

struct Shared {
    aws: Box<dyn Fn(&Call<'_>) -> Does + Send + Sync>,
    events: Mutex<tokio_mpsc::UnboundedReceiver<Event>>,
    handed_out: Mutex<Option<Instant>>,
    answers: mpsc::Sender<Answered>,
    is_init: AtomicBool,
    /// Receives a message each time the function asks for an event, if a start is timed.
    polled: Option<mpsc::Sender<Moment>>,
}

impl Function {
    /// Starts a function of this workspace with additional environment variables. `aws` decides how
    /// the stand-in of AWS treats each call.
    pub(crate) fn start(
        program: &str,
        environment: &[(&str, &str)],
        aws: impl Fn(&Call<'_>) -> Does + Send + Sync + 'static,
    ) -> Self {
        let (events, event_receiver) = tokio_mpsc::unbounded_channel();
        let (answer_sender, answers) = mpsc::channel();
        let (end, ended) = oneshot::channel();
        let shared = Arc::new(Shared {
            aws: Box::new(aws),
            events: Mutex::new(event_receiver),
            handed_out: Mutex::default(),
            answers: answer_sender,
            is_init: AtomicBool::new(true),
            polled: None,
        });
        let (endpoint, server) = listen(shared, ended);
        let mut command = Leash::command(functions::program(program));
        let function = Leash::start(
            as_lambda_does(&mut command, program, &endpoint).envs(environment.iter().copied()),
        );
        Self {
            _function: function,
            events,
            answers,
            end: Some(end),
            server: Some(server),
        }
    }

    /// Passes an event with this much time left to the function, and waits for its answer.
    pub(crate) fn invoke(&self, payload: &Value, left: Duration) -> Answered {
        let payload = payload.to_string().into_bytes();
        self.events.send(Event { payload, left }).unwrap();
        self.answers
            .recv_timeout(Duration::from_mins(2))
            .unwrap_or_else(|_| panic!("the function did not answer"))
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(server) = self.server.take() {
            let _ = server.join();
        }
    }
}

/// The duration of a start, until the function asked for its first event.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    /// The time from the start of the process to its first call to AWS.
    pub(crate) before_aws: Duration,
    /// The time after that, which includes waiting for the stand-in.
    pub(crate) after: Duration,
}

/// Starts a built function once, directly under the clock, and ends it when it has asked for its
/// first event. AWS answers every call with `answer`.
pub(crate) fn time_start(program: &Path, name: &str, answer: &Value) -> Start {
    let (moments, moment) = mpsc::channel();
    // Held until the end, because dropping it would tell the function that there are no more
    // events.
    let (_events, event_receiver) = tokio_mpsc::unbounded_channel();
    let (end, ended) = oneshot::channel();
    let called = moments.clone();
    let answer = answer.clone();
    let shared = Arc::new(Shared {
        aws: Box::new(move |_| {
            let _ = called.send(Moment::Aws(Instant::now()));
            Does::Answers(answer.clone())
        }),
        events: Mutex::new(event_receiver),
        handed_out: Mutex::default(),
        answers: mpsc::channel().0,
        is_init: AtomicBool::new(true),
        polled: Some(moments),
    });
    let (endpoint, server) = listen(shared, ended);
    let mut command = Command::new(program);
    let command = as_lambda_does(&mut command, name, &endpoint).stdin(Stdio::null());
    let begun = Instant::now();
    let mut function = command.spawn().unwrap();
    let mut first_call = None;
    let polled = loop {
        match moment.recv_timeout(Duration::from_secs(30)) {
            Ok(Moment::Aws(at)) => first_call = first_call.or(Some(at)),
            Ok(Moment::Poll(at)) => break Ok(at),
            Err(error) => break Err(error),
        }
    };
    let _ = function.kill();
    let _ = function.wait();
    drop(end);
    let _ = server.join();
    let polled = polled.unwrap_or_else(|_| panic!("{name} did not ask for an event"));
    let first_call = first_call.unwrap_or(polled);
    Start {
        before_aws: first_call - begun,
        after: polled - first_call,
    }
}

/// A moment during a start.
enum Moment {
    /// A call to AWS arrived.
    Aws(Instant),
    /// The function asked for an event.
    Poll(Instant),
}

/// Sets the environment that Lambda and the template give a function, and nothing else.
fn as_lambda_does<'c>(command: &'c mut Command, name: &str, endpoint: &str) -> &'c mut Command {
    command
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", endpoint)
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_ENDPOINT_URL", format!("http://{endpoint}"))
        .env("AWS_REGION", REGION)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("PIITRAIL_TABLE", "store")
        .stdout(Stdio::null())
}

/// Serves the stand-ins on a free port until `ended` fires.
fn listen(shared: Arc<Shared>, ended: oneshot::Receiver<()>) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = listener.local_addr().unwrap().to_string();
    listener.set_nonblocking(true).unwrap();
    (
        endpoint,
        thread::spawn(move || serve(listener, shared, ended)),
    )
}

fn serve(listener: TcpListener, shared: Arc<Shared>, ended: oneshot::Receiver<()>) {
    const INVOCATION: &str = "/2018-06-01/runtime/invocation";
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async move {
        let routes = Router::new()
            .route(&format!("{INVOCATION}/next"), get(next))
            .route(&format!("{INVOCATION}/{{id}}/{{kind}}"), post(answered))
            .route("/", post(aws))
            .with_state(shared);
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        tokio::select! {
            _ = axum::serve(listener, routes) => {}
            // Hanging calls are dropped with the runtime.
            _ = ended => {}
        }
    });
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    shared.is_init.store(false, Ordering::Relaxed);
    if let Some(polled) = &shared.polled {
        let _ = polled.send(Moment::Poll(Instant::now()));
    }
    let Some(event) = shared.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    *shared.handed_out.lock().await = Some(Instant::now());
    #[expect(
        clippy::disallowed_methods,
        reason = "Lambda's deadline is a time of day"
    )]
    let deadline = (SystemTime::now() + event.left)
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let headers = [
        ("lambda-runtime-aws-request-id", "1".to_owned()),
        (
            "lambda-runtime-deadline-ms",
            deadline.as_millis().to_string(),
        ),
        (
            "lambda-runtime-invoked-function-arn",
            format!("arn:aws:lambda:{REGION}:000000000000:function:f"),
        ),
    ];
    (headers, event.payload).into_response()
}

async fn answered(
    State(shared): State<Arc<Shared>>,
    InPath((_, kind)): InPath<(String, String)>,
    body: Bytes,
) -> StatusCode {
    let handed_out = shared.handed_out.lock().await.take();
    let answered = Answered {
        payload: serde_json::from_slice(&body).unwrap(),
        is_error: kind == "error",
        took: handed_out.map_or(Duration::ZERO, |at| at.elapsed()),
    };
    let _ = shared.answers.send(answered);
    StatusCode::ACCEPTED
}

async fn aws(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok());
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let does = (shared.aws)(&Call {
        target: target.unwrap_or_default(),
        body: &body,
        is_init: shared.is_init.load(Ordering::Relaxed),
    });
    let answer = match does {
        Does::Answers(answer) => answer,
        Does::Takes(time, answer) => {
            tokio::time::sleep(time).await;
            answer
        }
        Does::Fails => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Does::Hangs => std::future::pending().await,
    };
    let kind = [("content-type", "application/x-amz-json-1.0")];
    (kind, answer.to_string()).into_response()
}
