-- What owners set up. The newest version of a row counts; `deleted` rows are gone. Small, cached in memory.
CREATE TABLE IF NOT EXISTS {{local sites}} {{on cluster}}
(
    site_id UInt32,
    name String,
    urls Array(String),
    timezone String,
    currency String,
    settings String,
    created_at DateTime64(3, 'UTC'),
    version UInt64,
    deleted UInt8
)
ENGINE = {{engine ReplacingMergeTree(version)}}
ORDER BY site_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

{{distributed sites by site_id}};

CREATE TABLE IF NOT EXISTS {{local users}} {{on cluster}}
(
    user_id UInt32,
    email String,
    password String,
    created_at DateTime64(3, 'UTC'),
    version UInt64,
    deleted UInt8
)
ENGINE = {{engine ReplacingMergeTree(version)}}
ORDER BY user_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

{{distributed users by user_id}};

-- API tokens and browser sessions, by the SHA-256 of the secret.
CREATE TABLE IF NOT EXISTS {{local tokens}} {{on cluster}}
(
    hash FixedString(64),
    user_id UInt32,
    kind LowCardinality(String),
    name String,
    created_at DateTime64(3, 'UTC'),
    expires_at Nullable(DateTime('UTC')),
    version UInt64,
    deleted UInt8
)
ENGINE = {{engine ReplacingMergeTree(version)}}
ORDER BY hash
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

{{distributed tokens by hash}};
