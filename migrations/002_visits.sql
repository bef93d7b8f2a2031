-- One row per visit, filled from hits. What is stamped alike on every hit of a visit is `any`; what may change
-- during a visit is a maximum over (position, value): the newest stamp counts.
CREATE TABLE IF NOT EXISTS {{local visits}} {{on cluster}}
(
    site_id UInt32,
    day Date,
    visit_id UInt64 CODEC(Delta, ZSTD),
    visitor SimpleAggregateFunction(max, Tuple(at UInt16, id UInt64)),
    visit_number SimpleAggregateFunction(any, UInt16),
    first_time SimpleAggregateFunction(min, DateTime('UTC')),
    last_time SimpleAggregateFunction(max, DateTime('UTC')),
    last_action_time SimpleAggregateFunction(max, DateTime('UTC')),
    last_position SimpleAggregateFunction(max, UInt16),
    hits SimpleAggregateFunction(sum, UInt64),
    actions SimpleAggregateFunction(sum, UInt64),
    page_views SimpleAggregateFunction(sum, UInt64),
    searches SimpleAggregateFunction(sum, UInt64),
    events SimpleAggregateFunction(sum, UInt64),
    downloads SimpleAggregateFunction(sum, UInt64),
    outlinks SimpleAggregateFunction(sum, UInt64),
    entry_url SimpleAggregateFunction(any, String),
    entry_title SimpleAggregateFunction(any, String),
    exit SimpleAggregateFunction(max, Tuple(at UInt16, url String, title String)),
    referrer SimpleAggregateFunction(max, Tuple(at UInt16, type String, name String, keyword String, url String)),
    ip SimpleAggregateFunction(any, String),
    country SimpleAggregateFunction(any, LowCardinality(String)),
    language SimpleAggregateFunction(any, LowCardinality(String)),
    device_type SimpleAggregateFunction(any, LowCardinality(String)),
    device_brand SimpleAggregateFunction(any, LowCardinality(String)),
    device_model SimpleAggregateFunction(any, LowCardinality(String)),
    os_name SimpleAggregateFunction(any, LowCardinality(String)),
    os_version SimpleAggregateFunction(any, LowCardinality(String)),
    browser_name SimpleAggregateFunction(any, LowCardinality(String)),
    browser_version SimpleAggregateFunction(any, LowCardinality(String)),
    screen SimpleAggregateFunction(max, Tuple(at UInt16, resolution String, color_depth UInt8)),
    techniques SimpleAggregateFunction(any, Array(String)),
    local_minute SimpleAggregateFunction(any, UInt16)
)
ENGINE = {{engine AggregatingMergeTree()}}
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, day, visit_id)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 30, fsync_after_insert = 1, fsync_part_directory = 1;

{{distributed visits by site_id, tupleElement(visitor, 2)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS {{local visits_from_hits}} {{on cluster}} TO {{local visits}} AS
SELECT
    site_id,
    day,
    visit_id,
    max((position, visitor_id)) AS visitor,
    any(h.visit_number) AS visit_number,
    min(visit_time) AS first_time,
    max(time) AS last_time,
    maxIf(time, kind != 'ping') AS last_action_time,
    max(position) AS last_position,
    count() AS hits,
    countIf(kind IN ('pageview', 'download', 'outlink', 'search', 'event')) AS actions,
    countIf(kind = 'pageview') AS page_views,
    countIf(kind = 'search') AS searches,
    countIf(kind = 'event') AS events,
    countIf(kind = 'download') AS downloads,
    countIf(kind = 'outlink') AS outlinks,
    any(h.entry_url) AS entry_url,
    any(h.entry_title) AS entry_title,
    maxIf((position, if(kind = 'pageview', url, ''), if(kind = 'search', search_keyword, title)), kind IN ('pageview', 'search')) AS exit,
    max((position, referrer_type, referrer_name, referrer_keyword, referrer_url)) AS referrer,
    any(h.ip) AS ip,
    any(h.country) AS country,
    any(h.language) AS language,
    any(h.device_type) AS device_type,
    any(h.device_brand) AS device_brand,
    any(h.device_model) AS device_model,
    any(h.os_name) AS os_name,
    any(h.os_version) AS os_version,
    any(h.browser_name) AS browser_name,
    any(h.browser_version) AS browser_version,
    max((position, resolution, color_depth)) AS screen,
    any(h.techniques) AS techniques,
    any(h.local_minute) AS local_minute
FROM {{local hits}} AS h
GROUP BY site_id, day, visit_id;

-- The one way to read visits: parts that are not merged yet are put together here.
CREATE VIEW IF NOT EXISTS visit {{on cluster}} AS
SELECT
    site_id,
    day,
    visit_id,
    max(v.visitor).2 AS visitor_id,
    any(v.visit_number) AS visit_number,
    min(v.first_time) AS first_time,
    max(v.last_time) AS last_time,
    max(v.last_action_time) AS last_action_time,
    max(v.last_position) AS last_position,
    sum(v.hits) AS hits,
    sum(v.actions) AS actions,
    sum(v.page_views) AS page_views,
    sum(v.searches) AS searches,
    sum(v.events) AS events,
    sum(v.downloads) AS downloads,
    sum(v.outlinks) AS outlinks,
    if(hits > 1, toUInt32(1 + greatest(0, dateDiff('second', first_time, last_time))), 0) AS duration,
    any(v.entry_url) AS entry_url,
    any(v.entry_title) AS entry_title,
    max(v.exit).2 AS exit_url,
    max(v.exit).3 AS exit_title,
    max(v.referrer).2 AS referrer_type,
    max(v.referrer).3 AS referrer_name,
    max(v.referrer).4 AS referrer_keyword,
    max(v.referrer).5 AS referrer_url,
    any(v.ip) AS ip,
    any(v.country) AS country,
    any(v.language) AS language,
    any(v.device_type) AS device_type,
    any(v.device_brand) AS device_brand,
    any(v.device_model) AS device_model,
    any(v.os_name) AS os_name,
    any(v.os_version) AS os_version,
    any(v.browser_name) AS browser_name,
    any(v.browser_version) AS browser_version,
    max(v.screen).2 AS resolution,
    max(v.screen).3 AS color_depth,
    any(v.techniques) AS techniques,
    any(v.local_minute) AS local_minute
FROM visits AS v
GROUP BY site_id, day, visit_id;
