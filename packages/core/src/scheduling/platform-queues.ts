import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'

/** The queue of a platform, as it is now. */
export interface PlatformQueueNow {
  platform: string
  /** Places: a file for each account that waits for it. */
  waiting: number
  /** When the oldest of them was asked for; null while nobody waits. */
  oldestAt: Date | null
  /** Files that are being fetched. */
  running: number
}

/** What waits and what runs. */
@Injectable()
export class PlatformQueues {
  constructor(private readonly database: DataSource) {}

  /** Of the platforms that have either; costs what there is of both. */
  list(): Promise<PlatformQueueNow[]> {
    return this.database.query(
      `SELECT platform, coalesce(waiting, 0) AS waiting, "oldestAt", coalesce(running, 0) AS running
         FROM (SELECT platform, count(*)::int AS waiting, min(asked_at) AS "oldestAt"
                 FROM waiting_fetch GROUP BY platform) w
         FULL JOIN (SELECT platform, count(*)::int AS running
                      FROM source_file WHERE state = 'downloading' GROUP BY platform) r USING (platform)
        ORDER BY platform`,
    )
  }
}
