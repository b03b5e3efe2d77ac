//! The attribute works on every function that has a body: of types, of traits, with generics and lifetimes, boxed or not.

use std::fmt::Display;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use backoff_tokio::Policy;

static POLICY: Policy = Policy::exponential(Duration::from_millis(1), Duration::from_millis(2));

/// Succeeds at the third call.
#[derive(Debug, Default)]
struct Link {
    calls: u32,
}

impl Link {
    fn receive(&mut self) -> io::Result<u32> {
        self.calls += 1;
        if self.calls < 3 {
            Err(io::ErrorKind::ConnectionReset.into())
        } else {
            Ok(self.calls)
        }
    }
}

#[async_trait]
trait Boxed {
    async fn ask(&mut self, question: &str, times: usize) -> io::Result<String>;

    async fn link(&mut self) -> &mut Link;

    /// A default method.
    #[backoff_tokio::retry(POLICY)]
    async fn repeat(&mut self, word: String, (left, right): (char, char)) -> io::Result<String> {
        let count = self.link().await.receive()?;
        Ok(format!("{left}{word} {count}{right}"))
    }
}

#[async_trait]
impl Boxed for Link {
    #[backoff_tokio::retry(POLICY)]
    async fn ask(&mut self, question: &str, times: usize) -> io::Result<String> {
        let count = self.receive()?;
        if times == 0 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok(format!("{question} {count}").repeat(times))
    }

    async fn link(&mut self) -> &mut Link {
        self
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn methods_of_async_trait_are_retried_and_spawned() {
    let task = tokio::spawn(async {
        let mut link: Box<dyn Boxed + Send> = Box::<Link>::default();
        link.ask("how many?", 1).await
    });
    assert_eq!(task.await.expect("joined").expect("asked"), "how many? 3");
    let repeated = Link::default().repeat("again".to_owned(), ('<', '>')).await;
    assert_eq!(repeated.expect("repeated"), "<again 3>");
}

#[async_trait(?Send)]
trait Local {
    async fn count(&mut self) -> io::Result<u32>;
}

#[async_trait(?Send)]
impl Local for Link {
    #[backoff_smol::retry(POLICY)]
    async fn count(&mut self) -> io::Result<u32> {
        let not_send = std::rc::Rc::new(self.receive()?);
        smol::future::yield_now().await;
        Ok(*not_send)
    }
}

#[test]
fn a_method_of_async_trait_need_not_be_send() {
    assert_eq!(smol::block_on(Link::default().count()).expect("counted"), 3);
}

#[allow(async_fn_in_trait, reason = "its callers are here")]
trait Native {
    fn receive(&mut self) -> io::Result<u32>;

    #[backoff_tokio::retry(POLICY)]
    async fn hear(&mut self) -> io::Result<u32> {
        self.receive()
    }

    #[backoff_std::retry(POLICY)]
    fn hear_now(&mut self) -> io::Result<u32> {
        self.receive()
    }
}

impl Native for Link {
    fn receive(&mut self) -> io::Result<u32> {
        self.receive()
    }
}

#[tokio::test]
async fn methods_of_a_plain_trait_are_retried() {
    assert_eq!(Link::default().hear().await.expect("ok"), 3);
    assert_eq!(Link::default().hear_now().expect("ok"), 3);
}

/// What stands before the future is done once.
#[backoff_tokio::retry(POLICY)]
fn boxed<'l>(
    link: &'l mut Link,
    made: &mut u32,
) -> Pin<Box<dyn Future<Output = io::Result<u32>> + Send + 'l>> {
    *made += 1;
    Box::pin(async move { link.receive() })
}

#[allow(clippy::manual_async_fn, reason = "the form that is tested")]
#[backoff_tokio::retry(POLICY)]
fn opaque(link: &mut Link) -> impl Future<Output = io::Result<u32>> + Send {
    async move { link.receive() }
}

#[tokio::test]
async fn functions_that_return_a_future_are_retried() {
    let mut made = 0;
    assert_eq!(boxed(&mut Link::default(), &mut made).await.expect("ok"), 3);
    assert_eq!(made, 1);
    assert_eq!(opaque(&mut Link::default()).await.expect("ok"), 3);
}

/// A borrow from an argument in the outcome, a bound, a constant.
#[backoff_tokio::retry(POLICY)]
async fn label<'n, T, const N: usize>(
    link: &mut Link,
    names: &'n [&'n str; N],
    unit: &T,
) -> io::Result<(&'n str, String)>
where
    T: Display + ?Sized,
{
    let count = link.receive()?;
    let name = names.first().copied();
    let name = name.ok_or(io::ErrorKind::InvalidInput)?;
    Ok((name, format!("{count} {unit}")))
}

#[tokio::test]
async fn generics_and_lifetimes_stay() {
    let labelled = label(&mut Link::default(), &["load"], "calls").await;
    assert_eq!(labelled.expect("labelled"), ("load", "3 calls".to_owned()));
}

/// The variables of the loop are not those of the body.
#[backoff_tokio::retry(policy)]
async fn namesakes(
    policy: &Policy,
    attempts: &mut u32,
    outcome: io::Result<u32>,
    last: u32,
    pause: u32,
) -> io::Result<u32> {
    *attempts += 1;
    match &outcome {
        Ok(value) => Ok(value + last + pause + policy.max_attempts().map_or(0, |_| 1)),
        Err(error) => Err(error.kind().into()),
    }
}

#[tokio::test]
async fn names_of_the_loop_do_not_meet_those_of_the_body() {
    let mut attempts = 0;
    let value = namesakes(&POLICY, &mut attempts, Ok(1), 2, 3).await;
    assert_eq!((value.expect("ok"), attempts), (7, 1));
    let refused = Err(io::ErrorKind::ConnectionRefused.into());
    assert!(
        namesakes(&POLICY, &mut attempts, refused, 2, 3)
            .await
            .is_err()
    );
    assert_eq!(attempts, 6);
}

/// Ends by `return`, without a value after it.
#[deny(warnings)]
#[backoff_tokio::retry(POLICY)]
async fn early(link: &mut Link) -> io::Result<u32> {
    let count = link.receive()?;
    if count > 3 {
        return Err(io::ErrorKind::InvalidData.into());
    }
    return Ok(count);
}

#[tokio::test]
async fn a_return_ends_an_attempt() {
    assert_eq!(early(&mut Link::default()).await.expect("ok"), 3);
    assert!(early(&mut Link { calls: 3 }).await.is_err());
}
