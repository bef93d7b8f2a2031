// The overview's figures in a row; each chooses what the chart below draws.

import type { Metric, Row } from '../catalogue.ts'
import { type Change, changeOf } from '../change.ts'
import { numberOf } from '../figures.ts'
import { format } from '../locale.ts'
import { Icon } from '../parts/icon.tsx'
import { Info } from '../parts/info.tsx'
import { text } from '../text.ts'
import type { Compared } from './compared.ts'

type FigureStripProps = {
  metrics: readonly Metric[]
  row: Row | undefined
  stale: boolean
  /** How exact the numbers of visitors are, where they are not. */
  accuracy: string
  compared: Compared
  chosen: string
  onChoose: (metric: string) => void
}

export function FigureStrip({ metrics, row, stale, accuracy, compared, chosen, onChoose }: FigureStripProps) {
  return (
    <>
      <div class="figures" aria-busy={!row || stale}>
        {metrics.map((metric) => (
          <div key={metric.name} class="figure">
            <button type="button" aria-pressed={metric.name === chosen} onClick={() => onChoose(metric.name)}>
              <span class="figure-name">{metric.title}</span>
              {row ? (
                <span class="figure-value" title={format.value(metric.format, numberOf(row, metric.name))}>
                  {format.figure(metric.format, numberOf(row, metric.name))}
                </span>
              ) : (
                <span class="figure-value skeleton">&nbsp;</span>
              )}
              <ChangeNote metric={metric} compared={compared} />
            </button>
            <Info title={metric.title}>{metric.definition}</Info>
          </div>
        ))}
      </div>
      <p class="figures-note">
        {compared.note}
        {accuracy && `. ${accuracy}`}
      </p>
    </>
  )
}

function ChangeNote({ metric, compared }: { metric: Metric; compared: Compared }) {
  const { current, previous, loading, running } = compared
  if (loading || !current || !previous) return <span class="figure-change">&nbsp;</span>
  const now = current[metric.name]
  const before = previous[metric.name]
  const visited = (previous.visits ?? 0) > 0
  const change =
    now !== undefined && before !== undefined && visited ? changeOf(now, before, metric) : undefined
  if (!change) {
    return <span class="figure-change">{running ? text.figures.soFar : text.figures.noEarlier}</span>
  }
  return (
    <span class={`figure-change change-${change.verdict}`}>
      <Icon name={icons[change.direction]} />
      {change.direction === 'same' ? text.figures.same : spoken(change)}
      {change.verdict !== 'neutral' && <span class="unseen">, {text.figures.spoken[change.verdict]}</span>}
    </span>
  )
}

const icons = { up: 'up', down: 'fall', same: 'same' } as const

function spoken(change: Change): string {
  return change.unit === 'points' ? `${format.change(change)} ${text.figures.points}` : format.change(change)
}
