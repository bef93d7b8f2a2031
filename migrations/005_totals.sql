-- Totals of finished periods: a row per label of a report, no visitor in it. Read once the site's year is final.
-- `period` is hour (all hours of the day `start`, told apart by their Unix time as label), day, week, month or
-- year; `year` the one with which the row became final. A row without labels is the total of the whole report.
CREATE TABLE IF NOT EXISTS {{local totals}} {{on cluster}}
(
    site_id UInt32,
    year UInt16,
    report LowCardinality(String),
    period LowCardinality(String),
    start Date,
    labels Array(String),
    metrics Map(LowCardinality(String), Float64)
)
ENGINE = {{engine MergeTree()}}
PARTITION BY year
ORDER BY (site_id, report, period, start, labels)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

{{distributed totals by site_id}};

-- How far a site's year has come: computed, checked and marked final, raw rows dropped.
CREATE TABLE IF NOT EXISTS {{local years}} {{on cluster}}
(
    site_id UInt32,
    year UInt16,
    state LowCardinality(String),
    version UInt64
)
ENGINE = {{engine ReplacingMergeTree(version)}}
ORDER BY (site_id, year)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

{{distributed years by site_id}};
