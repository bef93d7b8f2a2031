// What comes in as `segment` or `filter`, in either way to write one, read and checked: names that there are, values that
// can be compared, and no more than can be answered.

import type { Site } from '../../admin/site.ts'
import { QuestionError } from '../question-error.ts'
import { readJsonFilter, readJsonSegment } from './json-segment.ts'
import { readMatomoSegment } from './matomo-segment.ts'
import { type HitFilter, segmentLimits as limits, type Segment } from './segment.ts'
import { findSegmentName, type SegmentSite } from './segment-name.ts'
import {
  type CompiledFilter,
  type CompiledSegment,
  compileFilter,
  compileSegment,
  type SavedSegments,
} from './segment-sql.ts'
import { checkCondition } from './segment-value.ts'

/** @throws QuestionError invalid_segment, unknown_segment */
export function readSegment(text: string, site: Site, saved: SavedSegments): CompiledSegment {
  const segment = parseSegment(text)
  checkSegment(segment, site, saved)
  return compileSegment(segment, site, saved)
}

/** Of the single hits that a report counts. @throws QuestionError invalid_segment */
export function readFilter(text: string, site: Site): CompiledFilter {
  checkLength(text)
  const filter = isJson(text) ? readJsonFilter(text) : hitFilterOf(readMatomoSegment(text))
  new Check(site, noneSaved).hit(filter, 1)
  return compileFilter(filter, site)
}

/** @throws QuestionError invalid_segment */
export function parseSegment(text: string): Segment {
  checkLength(text)
  return isJson(text) ? readJsonSegment(text) : readMatomoSegment(text)
}

/** @throws QuestionError invalid_segment, unknown_segment */
export function checkSegment(segment: Segment, site: SegmentSite, saved: SavedSegments): void {
  new Check(site, saved).segment(segment, 1, [])
}

function checkLength(text: string): void {
  if (text.length > limits.length) {
    throw new QuestionError('invalid_segment', `A segment has at most ${limits.length} characters.`)
  }
}

function isJson(text: string): boolean {
  return text.trimStart().startsWith('{')
}

/** Matomo's way knows conditions and brackets alone, and saved segments. */
function hitFilterOf(segment: Segment): HitFilter {
  if ('all' in segment) return { all: segment.all.map(hitFilterOf) }
  if ('any' in segment) return { any: segment.any.map(hitFilterOf) }
  return 'name' in segment ? segment : noneSaved()
}

function noneSaved(): never {
  throw new QuestionError('invalid_segment', 'A filter is about single hits: it can have no saved segment.')
}

class Check {
  readonly #site: SegmentSite
  readonly #saved: SavedSegments
  #conditions = 0

  constructor(site: SegmentSite, saved: SavedSegments) {
    this.#site = site
    this.#saved = saved
  }

  segment(segment: Segment, depth: number, within: readonly number[]): void {
    this.#checkDepth(depth)
    const deeper = (part: Segment) => this.segment(part, depth + 1, within)
    if ('all' in segment) segment.all.forEach(deeper)
    else if ('any' in segment) segment.any.forEach(deeper)
    else if ('not' in segment) deeper(segment.not)
    else if ('visitor' in segment) deeper(segment.visitor)
    else if ('hit' in segment) this.hit(segment.hit, depth + 1)
    else if ('sequence' in segment) this.#sequence(segment.sequence, depth + 1)
    else if ('saved' in segment) this.#used(segment.saved, depth + 1, within)
    else this.#condition(segment, false)
  }

  hit(filter: HitFilter, depth: number): void {
    this.#checkDepth(depth)
    const deeper = (part: HitFilter) => this.hit(part, depth + 1)
    if ('all' in filter) filter.all.forEach(deeper)
    else if ('any' in filter) filter.any.forEach(deeper)
    else if ('not' in filter) deeper(filter.not)
    else this.#condition(filter, true)
  }

  #sequence(steps: readonly HitFilter[], depth: number): void {
    if (steps.length < 2 || steps.length > limits.steps) {
      refuse(`A sequence has 2 to ${limits.steps} steps.`)
    }
    for (const step of steps) this.hit(step, depth)
  }

  #used(id: number, depth: number, within: readonly number[]): void {
    if (within.includes(id)) refuse(`The saved segment ${id} uses itself.`)
    this.segment(this.#saved(id), depth, [...within, id])
  }

  #condition(condition: Extract<HitFilter, { name: string }>, ofHit: boolean): void {
    if (++this.#conditions > limits.conditions)
      refuse(`A segment has at most ${limits.conditions} conditions.`)
    if (condition.values.length > limits.values) refuse(`A condition has at most ${limits.values} values.`)
    if (condition.values.some((value) => value.length > limits.valueLength)) {
      refuse(`A value of a segment has at most ${limits.valueLength} characters.`)
    }
    const name = findSegmentName(condition.name, this.#site)
    if (ofHit && name.of !== 'hit') {
      refuse(
        `"${name.name}" is known of visits, not of single hits: it can stand in no "hit", sequence or filter.`,
      )
    }
    checkCondition(name, condition)
  }

  #checkDepth(depth: number): void {
    if (depth > limits.depth)
      refuse(`A segment has at most ${limits.depth} levels, those of saved ones included.`)
  }
}

function refuse(message: string): never {
  throw new QuestionError('invalid_segment', message)
}
