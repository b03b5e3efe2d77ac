create table if not exists messages (
    id bigint generated always as identity primary key,
    topic text not null,
    body text not null,
    published timestamptz not null default clock_timestamp(),
    due timestamptz not null default clock_timestamp(),
    deliveries bigint not null default 0,
    note bytea
);
create index if not exists messages_due on messages (topic, due);
create table if not exists dead_letters (
    id bigint primary key,
    topic text not null,
    body text not null,
    published timestamptz not null,
    deliveries bigint not null,
    reason text not null,
    error text not null
);
