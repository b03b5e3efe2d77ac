//! A policy file: the keys of a policy, and a table `[run]` with flags of `backoff run`.

use std::collections::BTreeMap;
use std::path::Path;

use backoff_settings::{PolicyLayer, read};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::de::DeTable;
use toml::{Spanned, Table, Value};

use crate::file;

/// What a policy file contains.
#[derive(Debug, Default)]
pub(crate) struct PolicyFile {
    pub(crate) policy: PolicyLayer,
    /// The table `[run]`.
    pub(crate) run: Table,
    /// The line of each key, from 1.
    lines: BTreeMap<String, usize>,
}

/// The key of the table that is no part of the policy.
const RUN: &str = "run";

impl PolicyFile {
    /// Reads a file. An error names the file, the key, the line and the column.
    pub(crate) fn open(file: &Path) -> Result<Self, String> {
        let text = file::read(file)?;
        let contents: Self = toml::Deserializer::parse(&text)
            .map_err(|error| error.to_string().trim_end().to_owned())
            .and_then(|toml| read(toml).map_err(|error| error.to_string()))
            .map_err(|error| format!("{}: {error}", file.display()))?;
        let lines = lines(&text);
        Ok(Self { lines, ..contents })
    }

    /// Returns the line of the key that a path such as `throttled.base` begins with, if the file has it.
    pub(crate) fn line_of(&self, path: &str) -> Option<usize> {
        let key = path.split('.').next()?;
        self.lines.get(key).copied()
    }
}

impl<'de> Deserialize<'de> for PolicyFile {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(PolicyFileVisitor)
    }
}

struct PolicyFileVisitor;

impl<'de> Visitor<'de> for PolicyFileVisitor {
    type Value = PolicyFile;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a table of settings")
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<PolicyFile, M::Error> {
        let mut run = Table::new();
        let keys = PolicyKeys { map, run: &mut run };
        let policy = PolicyLayer::deserialize(MapAccessDeserializer::new(keys))?;
        let lines = BTreeMap::new();
        Ok(PolicyFile { policy, run, lines })
    }
}

/// Returns the line of each key of a file that parses.
fn lines(text: &str) -> BTreeMap<String, usize> {
    let table = DeTable::parse(text).map(Spanned::into_inner);
    let table = table.unwrap_or_default();
    let line = |offset: usize| 1 + text.bytes().take(offset).filter(|&it| it == b'\n').count();
    let keys = table.keys();
    keys.map(|key| (key.get_ref().to_string(), line(key.span().start)))
        .collect()
}

/// The keys of a file but for the table `[run]`, which is kept.
struct PolicyKeys<'r, M> {
    map: M,
    run: &'r mut Table,
}

impl<'de, M: MapAccess<'de>> MapAccess<'de> for PolicyKeys<'_, M> {
    type Error = M::Error;

    fn next_key_seed<K>(&mut self, seed: K) -> Result<Option<K::Value>, M::Error>
    where
        K: DeserializeSeed<'de>,
    {
        while let Some(key) = self.map.next_key::<String>()? {
            if key != RUN {
                return seed.deserialize(key.into_deserializer()).map(Some);
            }
            *self.run = match self.map.next_value()? {
                Value::Table(run) => run,
                _ => return Err(M::Error::custom("`run` is not a table")),
            };
        }
        Ok(None)
    }

    fn next_value_seed<V>(&mut self, seed: V) -> Result<V::Value, M::Error>
    where
        V: DeserializeSeed<'de>,
    {
        self.map.next_value_seed(seed)
    }
}
