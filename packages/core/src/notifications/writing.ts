import type { NotificationEvent } from '@obb/contracts'

/** A mail waits so long for what else happens, ms: whoever pastes 500 links wants few mails. */
const GATHER_MS = 60_000
/** Between two mails to an account, ms. */
const BETWEEN_MAILS_MS = 10 * 60_000

/** What was written so long ago may have become visible only now: transactions take their time, ms. */
export const LOOK_BACK_MS = 10_000

/** Parameters that every statement has: `$1` is now, `$2` the channels that there are. */
export const CHANNELS = '$2::text[]'

/** When one is due that is written now: one by mail goes with those that wait already. */
const dueAt = (account: string, channel: string) => `
  CASE ${channel} WHEN 'mail' THEN coalesce(
    (SELECT min(w.due_at) FROM notification w
      WHERE w.account_id = ${account} AND w.channel = 'mail' AND w.finished_at IS NULL AND w.due_at > $1::timestamptz),
    greatest($1::timestamptz + interval '${GATHER_MS} milliseconds',
      (SELECT max(w.finished_at) + interval '${BETWEEN_MAILS_MS} milliseconds' FROM notification w
        WHERE w.account_id = ${account} AND w.channel = 'mail' AND w.outcome = 'sent')))
  ELSE $1::timestamptz END`

/**
 * The statement that writes down whom to tell. `rows`: account_id, subject, happened_at, data of all that happened; those
 * are told of it whose settings say so, and of them those that are old enough: `since`, of the setting and `what`.
 */
export const writing = (event: NotificationEvent, rows: string, since = 'since <= what.happened_at') => `
  WITH what AS (${rows})
  INSERT INTO notification (id, account_id, event, channel, subject, data, happened_at, created_at, due_at)
  SELECT gen_random_uuid(), what.account_id, '${event}', s.channel, what.subject, what.data, what.happened_at,
         $1::timestamptz, ${dueAt('what.account_id', 's.channel')}
    FROM what CROSS JOIN LATERAL (
      SELECT channel FROM notification_setting
       WHERE account_id = what.account_id AND event = '${event}' AND channel = ANY(${CHANNELS})
         AND ${since}) s
  ON CONFLICT (account_id, event, channel, subject) DO NOTHING`
