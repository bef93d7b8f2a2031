import { test } from 'vitest'
import { openStore, berlin } from '/work/main/test/world/store.ts'
import { ReportsWorld } from '/work/main/test/world/reports.ts'
import { catalogue } from '/work/main/server/reports/catalogue.ts'
test('bench', async () => {
  const w = await openStore()
  const N = Number(process.env.N ?? 1_000_000)
  const t0 = Date.now()
  await w.store.command(`INSERT INTO hits
  SELECT 1 AS site_id, toDate('2026-01-01') + intDiv(visit, ${Math.ceil(N / 4 / 365)}) AS day, visit AS visit_id, number % 4 + 1 AS position,
   cityHash64(visit % ${Math.ceil(N / 10)}) AS visitor_id, toDateTime(day) + (visit % 80000) + (number % 4) * 60 AS time, toDateTime(day) + (visit % 80000) AS visit_time, 1 + (visit >= ${Math.ceil(N / 10)}) AS visit_number,
   ['pageview','pageview','event','pageview'][number % 4 + 1] AS kind, 'GET' AS method,
   concat('example.org/path/section/', toString(cityHash64(number) % 100 < 80 ? cityHash64(number,1) % 200 : cityHash64(number,2) % 5000)) AS url, 2 AS url_prefix, concat('Title of ', url) AS title,
   '' AS page_view_id, '' AS target_url, '' AS search_keyword, '' AS search_category, -1 AS search_count, if(kind='event','Video','') AS event_category, if(kind='event','play','') AS event_action, if(kind='event',toString(number%300),'') AS event_name, NULL AS event_value,
   if(number % 4 = 0, '', concat('example.org/path/section/', toString(cityHash64(number - 1) % 100 < 80 ? cityHash64(number-1,1) % 200 : cityHash64(number-1,2) % 5000))) AS previous_url, concat('Title of ', previous_url) AS previous_title, if(number % 4 = 0, 0, 60) AS time_spent,
   concat('example.org/path/section/', toString(cityHash64(visit*4) % 100 < 80 ? cityHash64(visit*4,1) % 200 : cityHash64(visit*4,2) % 5000)) AS entry_url, concat('Title of ', entry_url) AS entry_title,
   ['direct','search','website','social','campaign'][visit % 5 + 1] AS referrer_type, if(visit % 5 = 0, '', concat('name', toString(visit % 300))) AS referrer_name, '' AS referrer_keyword, '' AS referrer_url, '203.0.0.0' AS ip,
   ['DE','US','FR','GB','AT','CH'][cityHash64(visit) % 6 + 1] AS country, 'de-de' AS language, ['desktop','smartphone'][visit % 2 + 1] AS device_type, '' AS device_brand, '' AS device_model, 'Windows' AS os_name, '11' AS os_version, 'Firefox' AS browser_name, toString(100 + visit % 40) AS browser_version, '1920x1080' AS resolution, 24 AS color_depth, ['cookies','pdf'] AS techniques, visit % 1440 AS local_minute
  FROM (SELECT number, intDiv(number, 4) AS visit FROM numbers(${N}))`)
  console.log('insert', Date.now() - t0)
  const r = new ReportsWorld(w.store, [berlin])
  r.now = Date.parse('2026-12-31T12:00:00Z')
  const time = async (name: string, path: string) => {
    const times: number[] = []
    for (let i = 0; i < 3; i++) { const t = performance.now(); await r.json(path); times.push(performance.now() - t) }
    console.log(name.padEnd(40), times.map((t) => t.toFixed(0)).join(' '))
  }
  for (const c of catalogue) await time(`${c.name} year`, `/${c.name}?site=1&period=year&date=2026-06-01`)
  for (const by of ['hour','day','week','month']) await time(`overview year by ${by}`, `/overview?site=1&period=year&date=2026-06-01&by=${by}`)
  for (const c of ['overview','pages','countries']) { await time(`${c} month`, `/${c}?site=1&period=month&date=2026-06-01`); await time(`${c} day`, `/${c}?site=1&period=day&date=2026-06-01`) }
  await w.close()
}, 300000)
