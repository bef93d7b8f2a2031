// How a site begins: what to put where, for each kind of site, and the first visit arriving before one's eyes.

import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { Site } from '../api.ts'
import { locale } from '../locale.ts'
import { countryName } from '../name.ts'
import { Icon } from '../parts/icon.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { useTitle } from '../parts/title.ts'
import { text } from '../text.ts'
import type { FirstVisit } from './first-visit.ts'
import { codesFor, type RecipeName, recipes, serviceOf } from './recipe.ts'
import { Snippet } from './snippet.tsx'

export function Install({ site, visit }: { site: Site; visit: FirstVisit }) {
  useTitle(text.install.codes.tag)
  return (
    <main class="install" id="content">
      <h1>{text.install.title(site.name)}</h1>
      <p class="lead">{text.install.lead}</p>
      <Recipes site={site} />
      <FirstVisitState site={site} visit={visit} />
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

function Recipes({ site }: { site: Site }) {
  const chosen = useSignal<RecipeName>('html')
  const panel = useId()
  const codes = codesFor(site)
  const recipe = recipes.find(({ name }) => name === chosen.value) ?? recipes[0]
  const { lead, notes } = text.install.recipes[recipe.name]
  return (
    <div class="recipes">
      <Tabs
        label={text.install.kinds}
        tabs={recipes.map(({ name }) => ({ name, title: text.install.recipes[name].title }))}
        chosen={recipe.name}
        panel={panel}
        onChoose={(name) => {
          chosen.value = name
        }}
      />
      <div class="recipe" id={panel} role="tabpanel" aria-labelledby={`${panel}-${recipe.name}`}>
        <p>{lead}</p>
        {recipe.codes.map((name) => (
          <Snippet key={`${recipe.name} ${name}`} title={text.install.codes[name]} code={codes[name]} />
        ))}
        {notes(serviceOf(site)).map((note) => (
          <p key={note}>{note}</p>
        ))}
      </div>
    </div>
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
