// Reports of contents: what was seen of them, and what was clicked.

import { metrics } from '../metric.ts'
import { type By, orElse, plainReport, type Report } from './report.ts'

/** Matomo: a click on a content inside a link is reported with its outlink or download, and is an interaction as well. */
export const isInteraction = `content_interaction != ''`
export const isContent = `(kind = 'impression' OR ${isInteraction})`

const contentName: By = {
  content_name: ['Content', 'content_name', orElse('content_name', 'Content name not defined')],
}
const piece: By = {
  content_piece: ['Piece', 'content_piece', orElse('content_piece', 'Content piece not defined')],
}

const target: By = {
  target_url: ['Target', 'target_url', orElse('target_url', 'Target not defined')],
}

function contentReport(
  report: Pick<Report, 'name' | 'title' | 'definition' | 'matomo' | 'children'> & { by: By },
): Report {
  return plainReport({
    ...report,
    group: 'behaviour',
    from: 'deeds',
    where: isContent,
    metrics: [
      metrics.impressions,
      metrics.interactions,
      metrics.interactionRate,
      metrics.hitVisits,
      metrics.visitors,
    ],
    columns: {
      impressions: `countIf(kind = 'impression')`,
      interactions: `countIf(${isInteraction})`,
      visits: 'uniqExact(visit_id)',
      visitors: 'uniqExact(visitor_id)',
    },
    sort: '-impressions',
  })
}

export const contentReports: readonly Report[] = [
  contentReport({
    name: 'content-names',
    title: 'Contents',
    definition: 'Banners and other contents that were seen and clicked, by name.',
    matomo: 'Contents.getContentNames',
    by: contentName,
    children: ['content-name-pieces'],
  }),
  contentReport({
    name: 'content-name-pieces',
    title: 'Pieces of contents',
    definition: 'Banners and other contents that were seen and clicked, by name and piece.',
    by: { ...contentName, ...piece },
  }),
  contentReport({
    name: 'content-pieces',
    title: 'Content pieces',
    definition: 'Pieces of contents that were seen and clicked: a picture, a text.',
    matomo: 'Contents.getContentPieces',
    by: piece,
    children: ['content-piece-names'],
  }),
  contentReport({
    name: 'content-piece-names',
    title: 'Contents of pieces',
    definition: 'Pieces of contents that were seen and clicked, by piece and name.',
    by: { ...piece, ...contentName },
  }),
  contentReport({
    name: 'content-targets',
    title: 'Targets of contents',
    definition: 'Where the contents lead that were seen and clicked.',
    by: target,
  }),
]
