// A chapter of the page: kindred cards under a heading.

import type { groups, Report } from '../catalogue.ts'
import { text } from '../text.ts'
import { Card } from './card.tsx'
import type { View } from './view.ts'

type GroupProps = { name: (typeof groups)[number]; cards: readonly (readonly Report[])[]; view: View }

export function Group({ name, cards, view }: GroupProps) {
  if (cards.length === 0) return null
  return (
    <section class="group" aria-labelledby={`group-${name}`}>
      <header class="group-head">
        <h2 id={`group-${name}`}>{text.groups[name]}</h2>
        <p>{text.groupLeads[name]}</p>
      </header>
      <div class="cards">
        {cards.map((reports) => (
          <Card key={reports[0]?.name} reports={reports} view={view} />
        ))}
      </div>
    </section>
  )
}
