// How a site begins: the tracking code, where to put it, and the first visit arriving before one's eyes.

import type { Site } from '../api.ts'
import { locale } from '../locale.ts'
import { countryName } from '../name.ts'
import { Icon } from '../parts/icon.tsx'
import { useTitle } from '../parts/title.ts'
import { text } from '../text.ts'
import type { FirstVisit } from './first-visit.ts'
import { Snippet } from './snippet.tsx'

export function Install({ site, visit }: { site: Site; visit: FirstVisit }) {
  useTitle(text.install.snippet)
  return (
    <main class="install" id="content">
      <h1>{text.install.title(site.name)}</h1>
      <p class="lead">{text.install.lead}</p>
      <Snippet code={site.snippet} />
      <FirstVisitState site={site} visit={visit} />
      <section>
        <h2>{text.install.where}</h2>
        <dl class="places">
          {text.install.places.map(([where, how]) => (
            <div key={where}>
              <dt>{where}</dt>
              <dd>{how}</dd>
            </div>
          ))}
        </dl>
      </section>
      {visit.state !== 'here' && (
        <section>
          <h2>{text.install.nothing}</h2>
          <ul class="checks">
            {text.install.checks.map((check) => (
              <li key={check}>{check}</li>
            ))}
          </ul>
        </section>
      )}
    </main>
  )
}

function FirstVisitState({ site, visit }: { site: Site; visit: FirstVisit }) {
  const here = visit.state === 'here'
  return (
    <div class={`first-visit ${here ? 'first-visit-here' : ''}`}>
      <span class="first-visit-mark" aria-hidden="true">
        {here && <Icon name="check" />}
      </span>
      <div role="status">
        <strong>{here ? text.install.works : text.install.waiting}</strong>
        {visit.state === 'here' ? (
          <p>
            {text.install.first({
              ...visit.hit,
              country: visit.hit.country && countryName(locale, visit.hit.country),
            })}{' '}
            <span class="break">{visit.hit.url}</span>
          </p>
        ) : (
          <p>{visit.state === 'lost' ? text.install.lost : text.install.waitingHint}</p>
        )}
      </div>
      {here && (
        <a class="button button-main" href={`/sites/${site.id}?period=day&date=today`}>
          {text.install.toDashboard}
        </a>
      )}
    </div>
  )
}
