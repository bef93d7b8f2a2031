// Saved segments: named questions about which visits, of one site or of all, for their owner alone or for everybody who
// signs in. One segment may use others; what it means is then that of the newest version of those. All of them are in
// memory: they are few, and every report may ask for one.

import { cleanText } from '../enrich/text.ts'
import { segmentJson } from '../reports/segment/json-segment.ts'
import { checkSegment, parseSegment } from '../reports/segment/read-segment.ts'
import type { Segment } from '../reports/segment/segment.ts'
import type { SavedSegments } from '../reports/segment/segment-sql.ts'
import type { Store } from '../store/store.ts'
import { AdminError } from './admin-error.ts'
import type { Site } from './site.ts'
import type { User } from './user.ts'

export type SavedSegment = {
  id: number
  name: string
  segment: Segment
  /** Of all sites: undefined. */
  site: number | undefined
  /** The user who made it; nobody else may change it. */
  owner: number
  /** Whether others may use it. */
  shared: boolean
  /** Unix milliseconds. */
  createdAt: number
}

/** What its owner says of one; `segment` in either way to write one. */
export type SegmentDefinition = {
  name: string
  segment: string
  site?: number | undefined
  shared?: boolean | undefined
}

const mostSegments = 1000

type Sites = { get(id: number): Site | undefined }

export class Segments {
  readonly #store: Store
  readonly #sites: Sites
  readonly #now: () => number
  readonly #segments = new Map<number, SavedSegment>()
  #lastId = 0
  #lastVersion = 0
  /** Changes are made one after the other, each on what the one before it left. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(store: Store, sites: Sites, now: () => number) {
    this.#store = store
    this.#sites = sites
    this.#now = now
  }

  static async open(store: Store, sites: Sites, now: () => number): Promise<Segments> {
    const segments = new Segments(store, sites, now)
    const rows = await store.query<SegmentRow>(
      `SELECT segment_id, name, definition, site_id, user_id, shared, deleted, version,
              toUnixTimestamp64Milli(created_at) AS created
       FROM segments FINAL ORDER BY segment_id`,
    )
    for (const row of rows) {
      segments.#lastId = row.segment_id
      segments.#lastVersion = Math.max(segments.#lastVersion, row.version)
      if (!row.deleted) segments.#segments.set(row.segment_id, savedOf(row))
    }
    return segments
  }

  /** Those that a user may use on a site, or on any. */
  of(user: User, site: number | undefined): SavedSegment[] {
    return [...this.#segments.values()].filter(
      (segment) =>
        mayUse(user, segment) && (site === undefined || segment.site === undefined || segment.site === site),
    )
  }

  /** @throws AdminError unknown_segment */
  get(user: User, id: number): SavedSegment {
    const segment = this.#segments.get(id)
    if (segment && mayUse(user, segment)) return segment
    throw new AdminError('unknown_segment', `There is no saved segment ${id}.`)
  }

  /** Finds what a user's question about a site uses. */
  usedBy(user: User, site: Site): SavedSegments {
    return (id) => {
      const { name, segment, site: own } = this.get(user, id)
      if (own === undefined || own === site.id) return segment
      throw new AdminError('invalid_segment', `The segment "${name}" is of another site.`)
    }
  }

  /** @throws AdminError invalid_segment, unknown_segment, unknown_site; QuestionError */
  async create(user: User, definition: SegmentDefinition): Promise<SavedSegment> {
    return await this.#next(async () => {
      if (this.#segments.size >= mostSegments) {
        throw new AdminError('invalid_segment', `At most ${mostSegments} segments can be saved.`)
      }
      const segment = this.#read(user, this.#lastId + 1, definition, this.#now())
      await this.#write(segment, false)
      this.#lastId = segment.id
      this.#segments.set(segment.id, segment)
      return segment
    })
  }

  /** @throws AdminError invalid_segment, unknown_segment, unknown_site, segment_in_use, forbidden; QuestionError */
  async change(user: User, id: number, changes: Partial<SegmentDefinition>): Promise<SavedSegment> {
    return await this.#next(async () => {
      const known = this.#own(user, id)
      const { name, site, shared } = known
      const definition = { name, site, shared, segment: JSON.stringify(segmentJson(known.segment)) }
      const changed = this.#read(user, id, { ...definition, ...changes }, known.createdAt)
      const before = this.#segments.get(id)
      this.#segments.set(id, changed)
      try {
        this.#checkUsers(changed)
        await this.#write(changed, false)
      } catch (error) {
        if (before) this.#segments.set(id, before)
        throw error
      }
      return changed
    })
  }

  /** @throws AdminError unknown_segment, segment_in_use, forbidden */
  async remove(user: User, id: number): Promise<void> {
    await this.#next(async () => {
      const segment = this.#own(user, id)
      const users = this.#usersOf(id).map(({ name }) => `"${name}"`)
      if (users.length > 0) {
        throw new AdminError(
          'segment_in_use',
          `The segment "${segment.name}" is used by ${users.join(', ')}; change or remove ${users.length === 1 ? 'it' : 'them'} first.`,
        )
      }
      await this.#write(segment, true)
      this.#segments.delete(id)
    })
  }

  #own(user: User, id: number): SavedSegment {
    const segment = this.get(user, id)
    if (segment.owner === user.id) return segment
    throw new AdminError('forbidden', `The segment "${segment.name}" can be changed by who made it alone.`)
  }

  #read(user: User, id: number, definition: SegmentDefinition, createdAt: number): SavedSegment {
    const { site, shared = false } = definition
    if (site !== undefined && !this.#sites.get(site)) {
      throw new AdminError('unknown_site', `There is no site ${site}.`)
    }
    const segment = parseSegment(definition.segment)
    const read = { id, name: nameOf(definition.name), segment, site, owner: user.id, shared, createdAt }
    this.#check(read)
    return read
  }

  /** Whether it can be used by all who may, on each site that it is of. */
  #check(checked: SavedSegment): void {
    const { site, shared, owner } = checked
    const saved: SavedSegments = (id) => {
      // It is not saved yet as it is going to be.
      const used = id === checked.id ? checked : this.get({ id: owner, email: '' }, id)
      if (used.site !== undefined && used.site !== site) {
        throw new AdminError(
          'invalid_segment',
          `The segment "${used.name}", which it uses, is of one site only.`,
        )
      }
      if (shared && !used.shared) {
        throw new AdminError('invalid_segment', `The segment "${used.name}", which it uses, is not shared.`)
      }
      return used.segment
    }
    const dimensions = site === undefined ? [] : (this.#sites.get(site)?.dimensions ?? [])
    checkSegment(checked.segment, { dimensions }, saved)
  }

  /** A change must not break what uses it. */
  #checkUsers({ id, name }: SavedSegment): void {
    for (const segment of this.#usersOf(id)) {
      try {
        this.#check(segment)
      } catch (error) {
        throw new AdminError(
          'segment_in_use',
          `"${name}" is used by "${segment.name}", which could not be asked any more: ${error instanceof Error ? error.message : ''}`,
        )
      }
      this.#checkUsers(segment)
    }
  }

  #usersOf(id: number): SavedSegment[] {
    return [...this.#segments.values()].filter((segment) => segment.id !== id && uses(segment.segment, id))
  }

  async #write({ id, name, segment, site, owner, shared, createdAt }: SavedSegment, deleted: boolean) {
    this.#lastVersion = Math.max(this.#now(), this.#lastVersion + 1)
    await this.#store.insert('segments', [
      {
        segment_id: id,
        name,
        definition: JSON.stringify(segmentJson(segment)),
        site_id: site ?? 0,
        user_id: owner,
        shared: Number(shared),
        created_at: createdAt,
        version: this.#lastVersion,
        deleted: Number(deleted),
      },
    ])
  }

  async #next<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(change)
    this.#turn = result.catch(() => {})
    return await result
  }
}

type SegmentRow = {
  segment_id: number
  name: string
  definition: string
  site_id: number
  user_id: number
  shared: number
  deleted: number
  version: number
  created: number
}

function savedOf(row: SegmentRow): SavedSegment {
  return {
    id: row.segment_id,
    name: row.name,
    segment: parseSegment(row.definition),
    site: row.site_id === 0 ? undefined : row.site_id,
    owner: row.user_id,
    shared: row.shared === 1,
    createdAt: row.created,
  }
}

function mayUse(user: User, { owner, shared }: SavedSegment): boolean {
  return shared || owner === user.id
}

function uses(segment: Segment, id: number): boolean {
  if ('saved' in segment) return segment.saved === id
  if ('all' in segment) return segment.all.some((part) => uses(part, id))
  if ('any' in segment) return segment.any.some((part) => uses(part, id))
  if ('not' in segment) return uses(segment.not, id)
  return 'visitor' in segment && uses(segment.visitor, id)
}

function nameOf(text: string): string {
  const name = cleanText(text, 400)
  if (name !== '' && name.length <= 100) return name
  throw new AdminError('invalid_segment', 'The name of a segment must have 1 to 100 characters.')
}
