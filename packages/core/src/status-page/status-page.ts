import { Injectable } from '@nestjs/common'
import type { AnnouncementTexts } from '@obb/contracts'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { Statement } from '../statements/index.js'
import type { StatusPageRow } from './status-page.table.js'

export type StatusPageState = Pick<StatusPageRow, 'published' | 'announcement' | 'announcedAt'>

export interface StatusPageChange {
  published?: boolean | undefined
  /** null: what was announced is over. */
  announcement?: AnnouncementTexts | null | undefined
}

const COLUMNS = 'published, announcement, announced_at AS "announcedAt"'
const READ = new Statement<StatusPageState>(`SELECT ${COLUMNS} FROM status_page`)

/** What operators let everybody know. */
@Injectable()
export class StatusPage {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  async read(): Promise<StatusPageState> {
    const [state] = await READ.run(this.database, [])
    if (!state) throw new Error('the row of the status page is gone')
    return state
  }

  /** change sets what is given and leaves the rest. */
  async change({ published, announcement }: StatusPageChange): Promise<StatusPageState> {
    const texts = announcement ? JSON.stringify(announcement) : null
    const [[state] = []] = await this.database.query<[StatusPageState[], number]>(
      `UPDATE status_page SET published = coalesce($1, published),
              announcement = CASE WHEN $2 THEN $3::jsonb ELSE announcement END,
              announced_at = CASE WHEN NOT $2 THEN announced_at WHEN $3::jsonb IS NOT NULL THEN $4::timestamptz END
       RETURNING ${COLUMNS}`,
      [published ?? null, announcement !== undefined, texts, dateOf(this.clock)],
    )
    if (!state) throw new Error('the row of the status page is gone')
    return state
  }
}
