import { Injectable } from '@nestjs/common'
import type { AnnouncementTexts, MaintenanceUpdate } from '@obb/contracts'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { Statement } from '../statements/index.js'
import {
  MAINTENANCE_COLUMNS,
  type MaintenanceNow,
  type MaintenanceRow,
  maintenanceOf,
} from './maintenance-state.js'
import type { StatusPageRow } from './status-page.table.js'

export type StatusPageState = Pick<StatusPageRow, 'published' | 'announcement' | 'announcedAt'> & {
  maintenance: MaintenanceNow | null
}

export interface StatusPageChange {
  published?: boolean | undefined
  /** null: what was announced is over. */
  announcement?: AnnouncementTexts | null | undefined
  /** null: it is over. */
  maintenance?: MaintenanceUpdate | null | undefined
}

const COLUMNS = `published, announcement, announced_at AS "announcedAt", ${MAINTENANCE_COLUMNS}`
type Row = Omit<StatusPageState, 'maintenance'> & MaintenanceRow
const READ = new Statement<Row>(`SELECT ${COLUMNS} FROM status_page`)

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
    return this.stateOf(state)
  }

  /** change sets what is given and leaves the rest. */
  async change({ published, announcement, maintenance }: StatusPageChange): Promise<StatusPageState> {
    const texts = announcement ? JSON.stringify(announcement) : null
    const [[state] = []] = await this.database.query<[Row[], number]>(
      `UPDATE status_page SET published = coalesce($1, published),
              announcement = CASE WHEN $2 THEN $3::jsonb ELSE announcement END,
              announced_at = CASE WHEN NOT $2 THEN announced_at WHEN $3::jsonb IS NOT NULL THEN $4::timestamptz END,
              maintenance_since = CASE WHEN NOT $5 THEN maintenance_since WHEN NOT $6 THEN NULL
                WHEN maintenance_ends AND maintenance_until <= $4 THEN $4 ELSE coalesce(maintenance_since, $4) END,
              maintenance_until = CASE WHEN $5 THEN $7::timestamptz ELSE maintenance_until END,
              maintenance_ends = CASE WHEN $5 THEN $8::boolean ELSE maintenance_ends END,
              maintenance_note = CASE WHEN $5 THEN $9::jsonb ELSE maintenance_note END
       RETURNING ${COLUMNS}`,
      [
        ...[published ?? null, announcement !== undefined, texts, dateOf(this.clock)],
        ...[maintenance !== undefined, Boolean(maintenance), maintenance?.until ?? null],
        ...[maintenance?.endsByItself ?? false, maintenance?.note ? JSON.stringify(maintenance.note) : null],
      ],
    )
    if (!state) throw new Error('the row of the status page is gone')
    return this.stateOf(state)
  }

  private stateOf({ published, announcement, announcedAt, ...row }: Row): StatusPageState {
    return { published, announcement, announcedAt, maintenance: maintenanceOf(row, this.clock.now()) }
  }
}
