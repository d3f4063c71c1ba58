import { Injectable } from '@nestjs/common'
import { type Finding, type NotificationChannel, needsSomebody } from '@obb/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock } from '../clock/index.js'
import { transaction } from '../locks/index.js'
import { LOOK_BACK_MS, writing } from './writing.js'

/** Between two looks of all processes together, ms. */
const LOOK_MS = 60_000
/** What was away for so long and comes back is told again, ms: as long as a host is left alone between two tries. */
const ABSENT_MS = 30 * 60_000
/** What has been there for so long is told, ms: a restart, or a host that hiccups, is over by then. */
const STANDS_MS: Readonly<Record<Finding['status'], number>> = { failing: 2 * 60_000, warning: 5 * 60_000 }
/** Findings of one look that are told, at most. */
const MAX_FINDINGS = 200

const IS_WANTED = `EXISTS (
  SELECT FROM notification_setting s JOIN account a ON a.id = s.account_id
   WHERE s.event = 'attention_needed' AND a.role = 'operator')`

/** Those that two looks in a row have seen and that stand for long enough. `$2`: keys; `$3`: since when, by key. */
const TELL = `
  UPDATE finding SET told_at = $1
    FROM unnest($2::text[], $3::timestamptz[]) AS found (key, stands_since)
   WHERE finding.key = found.key AND absent_since IS NULL AND told_at IS NULL AND seen_at <= stands_since`

/** `$3`: findings by key; `$4`: when was looked before: whoever wants to be told since then is told of all there are. */
const WRITE = writing(
  'attention_needed',
  `SELECT a.id AS account_id, f.key || ' ' || extract(epoch FROM f.seen_at) AS subject, f.seen_at AS happened_at,
          found.value AS data, f.told_at = $1::timestamptz AS is_new
     FROM jsonb_each($3::jsonb) AS found JOIN finding f ON f.key = found.key AND f.told_at IS NOT NULL
     CROSS JOIN account a
    WHERE a.role = 'operator' AND a.id IN (
      SELECT account_id FROM notification_setting WHERE event = 'attention_needed')`,
  '(what.is_new OR since > $4::timestamptz)',
)

/** Writes down which operators to tell of what needs them: of each finding once, however many processes look. */
@Injectable()
export class FindingLooks {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Whether somebody wants to be told and nobody has looked for a while. */
  async isDue(): Promise<boolean> {
    const [row] = await this.database.query<[{ isDue: boolean }]>(
      `SELECT looked_at <= $1 AND ${IS_WANTED} AS "isDue" FROM finding_look`,
      [new Date(this.clock.now() - LOOK_MS)],
    )
    return row.isDue
  }

  /** What a look found, which began at `at` (epoch ms). False where another one was faster. */
  async record(
    all: readonly Finding[],
    { at, channels }: { at: number; channels: readonly NotificationChannel[] },
  ): Promise<boolean> {
    const findings = all.filter(needsSomebody).slice(0, MAX_FINDINGS)
    const [now, keys] = [new Date(at), findings.map(({ key }) => key)]
    return transaction(this.database, async (tx) => {
      const before = await this.take(tx, at)
      if (before === undefined) return false
      await tx.query('DELETE FROM finding WHERE absent_since <= $1', [new Date(at - ABSENT_MS)])
      await tx.query(TELL, [now, keys, findings.map(({ status }) => new Date(at - STANDS_MS[status]))])
      await tx.query(
        'UPDATE finding SET absent_since = $1 WHERE absent_since IS NULL AND key <> ALL($2::text[])',
        [...[now, keys]],
      )
      await tx.query(
        `INSERT INTO finding (key, seen_at) SELECT key, $1::timestamptz FROM unnest($2::text[]) AS key
         ON CONFLICT (key) DO UPDATE SET absent_since = NULL WHERE finding.absent_since IS NOT NULL`,
        [now, keys],
      )
      const byKey = Object.fromEntries(findings.map((finding) => [finding.key, finding]))
      await tx.query(WRITE, [now, channels, JSON.stringify(byKey), new Date(before.getTime() - LOOK_BACK_MS)])
      await tx.query('UPDATE finding_look SET looked_at = $1', [now])
      return true
    })
  }

  /** When was looked before; undefined where that was only just now. */
  private async take(tx: EntityManager, at: number): Promise<Date | undefined> {
    const [row] = await tx.query<{ before: Date }[]>(
      'SELECT looked_at AS before FROM finding_look WHERE looked_at <= $1 FOR UPDATE',
      [new Date(at - LOOK_MS)],
    )
    return row?.before
  }
}
