import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { transitions } from '../files/index.js'
import { type TimeKey, type Walk, walkByTime } from '../walk/index.js'
import { Batch, GATHER_MS, Statement, rowsOf } from '../statements/index.js'
import { expireLinks } from './endings.js'
import { type LinkView, type LinkViewRow, VIEW_COLUMNS, asAskedFor } from './link-view.js'

/** The commonest question of all: each link is looked up by its key, whatever the planner believes of the tables. */
const VIEWS = new Statement<LinkViewRow & { place: number }>(`
  SELECT place::int, ${VIEW_COLUMNS}
    FROM ${rowsOf('text', 'uuid')} WITH ORDINALITY AS asked (link_id, account_id, place)
   CROSS JOIN LATERAL (SELECT * FROM link WHERE id = asked.link_id AND account_id = asked.account_id LIMIT 1) l
   CROSS JOIN LATERAL (SELECT * FROM source_file WHERE id = l.file_id LIMIT 1) f`)

interface LinkQuestion {
  accountId: string
  linkId: string
}

/** Links that are ended in one statement. */
const EXPIRED_AT_ONCE = 500

/** A walk through what `expire` looks at. */
export const expiredWalk = (): Walk<TimeKey> => walkByTime('')

/** Accounts' rights to files. */
@Injectable()
export class Links {
  private readonly views = new Batch((questions: LinkQuestion[]) => this.read(questions), GATHER_MS)

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** A link of this account; undefined for an unknown id and for somebody else's. An evicted file is fetched again. */
  async view(accountId: string, linkId: string): Promise<LinkView | undefined> {
    const row = await this.views.ask({ accountId, linkId })
    if (!row) return undefined
    const now = dateOf(this.clock)
    const view = asAskedFor(row, now)
    if (view.state !== row.state) await transitions.refetchEvicted(this.database, view.fileId, now)
    return view
  }

  /**
   * Ends links whose time is over; how many they were. A link whose file is still being fetched keeps until that ends. At
   * most `limit` are looked at; `walk` tells whether there are more.
   */
  expire(limit = EXPIRED_AT_ONCE, walk = expiredWalk()): Promise<number> {
    return expireLinks(this.database, dateOf(this.clock), walk, limit)
  }

  private async read(questions: readonly LinkQuestion[]): Promise<(LinkViewRow | undefined)[]> {
    const rows = await VIEWS.run(this.database, [
      questions.map(({ linkId }) => linkId),
      questions.map(({ accountId }) => accountId),
    ])
    const views = new Map(rows.map(({ place, ...view }) => [place, view]))
    return questions.map((_, at) => views.get(at + 1))
  }
}
