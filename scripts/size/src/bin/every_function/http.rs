//! A pointer to every public function of http.

use ::core::error::Error;

use backoff_http::{
    AttemptText, BodyDelay, BodyField, BodyRule, Classification, DateError, DelayError, DelayField,
    DelayRules, EnvoyRetryOn, ErrorChain, Evidence, Fault, FaultRule, GrpcRules, GrpcStatus,
    HeaderRule, Headers, HttpDate, LimitField, Lookup, Method, Methods, NameSet, QuotaPolicy,
    RequestInfo, RetryAfter, RetryMark, Rules, Sent, ServerDelay, ServiceLimit, StatusClass,
    StatusRule, attempt, aws_error_kind, lookup,
};
use size::reach;

pub fn all() {
    requests();
    faults();
    statuses();
    values();
    delays();
    bodies();
    rules();
    classifications();
    layers();
    with_headers::<()>();
    with_headers::<[(&str, &[u8])]>();
    with_headers::<[(&str, &[u8]); 3]>();
    with_headers::<Lookup<'static, fn(&str) -> Option<&'static [u8]>>>();
    with_headers::<&[(&str, &[u8])]>();
}

fn requests() {
    reach(Method::parse as fn(_) -> _);
    reach(Method::is_safe as fn(_) -> _);
    reach(Method::is_idempotent as fn(_) -> _);
    reach(Method::as_str as fn(_) -> _);
    reach(Methods::of as fn(_) -> _);
    reach(Methods::with as fn(_, _) -> _);
    reach(Methods::without as fn(_, _) -> _);
    reach(Methods::contains as fn(_, _) -> _);
    reach(RequestInfo::new as fn(_) -> _);
    reach(RequestInfo::with_idempotency_key as fn(_) -> _);
    reach(RequestInfo::as_idempotent as fn(_) -> _);
    reach(RequestInfo::as_redirected as fn(_) -> _);
    reach(RequestInfo::method as fn(_) -> _);
    reach(RequestInfo::has_idempotency_key as fn(_) -> _);
    reach(RequestInfo::is_known_idempotent as fn(_) -> _);
    reach(RequestInfo::is_redirected as fn(_) -> _);
}

fn faults() {
    reach(Sent::as_str as fn(_) -> _);
    reach(Fault::as_str as fn(_) -> _);
    reach(Fault::of_tls_alert as fn(_) -> _);
    reach(Fault::of_h2_code as fn(_) -> _);
    reach(Fault::of_connect_status as fn(_) -> _);
    reach(Evidence::of as fn(_) -> _);
    reach(Evidence::with_sent as fn(_, _) -> _);
    reach(Evidence::fault as fn(_) -> _);
    reach(Evidence::sent as fn(_) -> _);
    reach(FaultRule::new as fn(_, _) -> _);
    reach(FaultRule::when as fn(_, _) -> _);
    reach(FaultRule::covers as fn(_, _) -> _);
    reach(FaultRule::kind as fn(_) -> _);
}

fn statuses() {
    reach(StatusClass::of as fn(_) -> _);
    reach(StatusClass::because as fn(_) -> _);
    reach(StatusClass::kind as fn(_, _, _) -> _);
    reach(StatusRule::one as fn(_, _) -> _);
    reach(StatusRule::range as fn(_, _, _) -> _);
    reach(StatusRule::covers as fn(_, _) -> _);
    reach(StatusRule::class as fn(_) -> _);
    reach(StatusRule::as_refusal as fn(_) -> _);
    reach(StatusRule::is_refusal as fn(_) -> _);
    reach(GrpcStatus::parse as fn(_) -> _);
    reach(GrpcStatus::as_str as fn(_) -> _);
    reach(GrpcRules::with as fn(_, _) -> _);
    reach(GrpcRules::kind as fn(_, _) -> _);
    reach(aws_error_kind as fn(_) -> _);
}

fn values() {
    reach(HttpDate::from_unix as fn(_) -> _);
    reach(HttpDate::unix as fn(_) -> _);
    reach(HttpDate::since as fn(_, _) -> _);
    reach(HttpDate::parse as fn(_, _) -> _);
    reach(HttpDate::parse_lenient as fn(_, _) -> _);
    reach(DateError::as_str as fn(_) -> _);
    reach(RetryAfter::parse as fn(_, _) -> _);
    reach(RetryAfter::parse_lenient as fn(_, _) -> _);
    reach(RetryAfter::delay as fn(_, _) -> _);
    reach(ServiceLimit::policy as fn(_) -> _);
    reach(ServiceLimit::available as fn(_) -> _);
    reach(ServiceLimit::window as fn(_) -> _);
    reach(QuotaPolicy::name as fn(_) -> _);
    reach(QuotaPolicy::quota as fn(_) -> _);
    reach(QuotaPolicy::window as fn(_) -> _);
    reach(HeaderRule::present as fn(_, _) -> _);
    reach(HeaderRule::is as fn(_, _, _) -> _);
    reach(HeaderRule::starts_with as fn(_, _, _) -> _);
    reach(HeaderRule::names as fn(_, _, _) -> _);
    reach(HeaderRule::name as fn(_) -> _);
    reach(HeaderRule::kind as fn(_) -> _);
    reach(NameSet::of as fn(_) -> _);
    reach(NameSet::with as fn(_, _) -> _);
    reach(NameSet::may_have as fn(_, _) -> _);
    reach(lookup as fn(fn(&str) -> Option<&'static [u8]>) -> _);
}

fn delays() {
    reach(DelayError::as_str as fn(_) -> _);
    reach(DelayField::as_str as fn(_) -> _);
    reach(DelayRules::with as fn(_, _) -> _);
    reach(DelayRules::without as fn(_, _) -> _);
    reach(DelayRules::with_x_rate_limit_reset as fn(_, _) -> _);
    reach(DelayRules::with_strictness as fn(_, _) -> _);
    reach(DelayRules::with_limits as fn(_, _) -> _);
    reach(DelayRules::limits as fn(_) -> _);
    reach(LimitField::new as fn(_, _) -> _);
    reach(LimitField::with_remaining as fn(_, _) -> _);
    reach(LimitField::name as fn(_) -> _);
    reach(LimitField::meaning as fn(_) -> _);
    reach(LimitField::remaining as fn(_) -> _);
    reach(DelayRules::without_fractions as fn(_) -> _);
    reach(DelayRules::with_server_clock as fn(_) -> _);
    reach(DelayRules::reads as fn(_, _) -> _);
    reach(ServerDelay::delay as fn(_) -> _);
    reach(ServerDelay::field as fn(_) -> _);
    reach(ServerDelay::ignored as fn(_) -> _);
    reach(ServerDelay::forbids_retry as fn(_) -> _);
}

fn bodies() {
    reach(BodyField::as_str as fn(_) -> _);
    reach(
        (|field: BodyField, body: &[u8]| BodyField::has(field, body, |value| value.is_empty()))
            as fn(_, &_) -> _,
    );
    reach(BodyDelay::new as fn(_, _) -> _);
    reach(BodyDelay::field as fn(_) -> _);
    reach(BodyDelay::meaning as fn(_) -> _);
    reach(BodyRule::names as fn(_, _, _) -> _);
    reach(BodyRule::mentions as fn(_, _, _) -> _);
    reach(BodyRule::with_min_delay as fn(_, _) -> _);
    reach(BodyRule::min_delay as fn(_) -> _);
    reach(BodyRule::as_refusal as fn(_) -> _);
    reach(BodyRule::field as fn(_) -> _);
    reach(BodyRule::kind as fn(_) -> _);
    reach(BodyRule::is_refusal as fn(_) -> _);
    reach(BodyRule::matches as fn(_, _) -> _);
    reach(DelayRules::with_bodies as fn(_, _) -> _);
    reach(DelayRules::bodies as fn(_) -> _);
    reach(Rules::with_bodies as fn(_, _) -> _);
    reach(Rules::with_body_limit as fn(_, _) -> _);
}

fn rules() {
    reach(Rules::of as fn(_, _, _) -> _);
    reach(Rules::with_statuses as fn(_, _) -> _);
    reach(Rules::with_faults as fn(_, _) -> _);
    reach(Rules::with_headers as fn(_, _) -> _);
    reach(Rules::with_methods as fn(_, _) -> _);
    reach(Rules::without_refusals as fn(_) -> _);
    reach(Rules::with_delays as fn(_, _) -> _);
    reach(Rules::delays as fn(_) -> _);
    reach(Rules::with_grpc as fn(_, _) -> _);
    reach(Rules::reading_every_response as fn(_) -> _);
    reach(Rules::envoy as fn(_) -> _);
    reach(EnvoyRetryOn::and as fn(_, _) -> _);
    reach(Rules::default as fn() -> _);
}

fn classifications() {
    reach(
        (|rules, call, evidence: Evidence| Rules::classify_error(rules, call, evidence))
            as fn(&_, _, _) -> _,
    );
    reach(Classification::with_spent_body as fn(_) -> _);
    reach(Classification::of_long_body as fn() -> _);
    reach(Classification::failure as fn(_) -> _);
    reach(Classification::is_retryable as fn(_) -> _);
    reach(Classification::server_delay as fn(_) -> _);
    reach(Classification::classified_by as fn(_) -> _);
}

fn layers() {
    reach(AttemptText::new as fn(_) -> _);
    reach(AttemptText::as_str as fn(_) -> _);
    reach(RetryMark::after as fn(_) -> _);
    reach(RetryMark::attempts as fn(_) -> _);
    reach(ErrorChain::of as fn(_) -> _);
    reach((|chain| Iterator::next(chain)) as fn(&mut ErrorChain<'static>) -> _);
    reach(RetryMark::find as fn(&(dyn Error + 'static)) -> _);
}

fn with_headers<H: Headers + ?Sized + 'static>() {
    reach((|headers: &H, name: &str| Headers::lines(headers, name).count()) as fn(&_, &_) -> _);
    reach(Headers::first as fn(&'static H, _) -> _);
    reach(Headers::names as fn(&H) -> _);
    reach(HeaderRule::matches::<H> as fn(_, _) -> _);
    reach(GrpcStatus::read::<H> as fn(_) -> _);
    reach((|headers: &H| ServiceLimit::read(headers).map(Iterator::count)) as fn(&_) -> _);
    reach((|headers: &H| QuotaPolicy::read(headers).map(Iterator::count)) as fn(&_) -> _);
    reach(attempt::<H> as fn(_) -> _);
    reach(
        (|headers: &H, rules, now: HttpDate| ServerDelay::read(headers, rules, now))
            as fn(&_, _, _) -> _,
    );
    reach(
        (|rules: &Rules<'_>, call, status, headers: &H, now: HttpDate| {
            Rules::classify_response(rules, call, status, headers, now)
        }) as fn(&_, _, _, &_, _) -> _,
    );
    reach(
        (|rules: &Rules<'_>, call, status, headers: &H, body: &[u8], now: HttpDate| {
            Rules::classify_with_body(rules, call, status, headers, body, now)
        }) as fn(&_, _, _, &_, &_, _) -> _,
    );
    reach(
        (|rules: &Rules<'_>, call, status, headers: &H| {
            Rules::wanted_body(rules, call, status, headers)
        }) as fn(&_, _, _, &_) -> _,
    );
}
