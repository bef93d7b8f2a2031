// The first cell of a row: what it is about, a way to open it, and a bar for its weight.

import type { Row } from '../catalogue.ts'
import { Icon } from '../parts/icon.tsx'
import { text } from '../text.ts'

/** @param part the length of the bar, 0 to 1. */
export function Label({ row, name, part }: { row: Row; name: string; part: number }) {
  const link = row.link && /^https?:\/\//.test(row.link) ? row.link : undefined
  return (
    <span class="label">
      <span class="label-text">
        {row.code && (
          <span class="code" aria-hidden="true">
            {row.code}
          </span>
        )}
        <span class="cut" title={name}>
          {name}
        </span>
        {link && (
          <a
            class="label-open"
            href={link}
            target="_blank"
            rel="noopener noreferrer"
            aria-label={text.table.openLink(name)}
          >
            <Icon name="open" />
          </a>
        )}
      </span>
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${(part * 100).toFixed(1)}%` }} />
      </span>
    </span>
  )
}
