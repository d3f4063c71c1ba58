import { createHash } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { Statement } from '../statements/index.js'

/*
 * What the proxy does with shares. Their ids are told from links' by their length, so links cost no look at this table.
 */

export const SHARE_ID_LENGTH = 32

/** For so long everything that one client asks of a share is one download: ranges, pauses, another try. ms. */
export const SHARE_WINDOW_MS = 86_400_000

export const isShareId = (id: string): boolean => id.length === SHARE_ID_LENGTH

/** SharedLink is what a share leads to. */
export interface SharedLink {
  linkId: string
  expiresAt: Date
}

export async function sharedLink(database: DataSource, shareId: string): Promise<SharedLink | undefined> {
  const [row] = await database.query<SharedLink[]>(
    'SELECT link_id AS "linkId", expires_at AS "expiresAt" FROM share WHERE id = $1',
    [shareId],
  )
  return row
}

/** Counts a client once in the window, as long as there are downloads left; whoever was counted goes on. */
const ADMIT = new Statement<{ admitted: boolean }>(`
  WITH counted AS (
    UPDATE share SET downloads = downloads + 1, clients = clients || jsonb_build_object($2::text, $3::bigint)
     WHERE id = $1 AND downloads < max_downloads AND coalesce((clients ->> $2::text)::bigint, 0) <= $4::bigint
    RETURNING id)
  SELECT EXISTS (SELECT FROM counted)
      OR EXISTS (SELECT FROM share WHERE id = $1 AND coalesce((clients ->> $2::text)::bigint, 0) > $4::bigint) AS admitted`)

/**
 * Whether a client may download by a share, which counts. `network`: where it is; only a hash is kept. `now`: epoch ms.
 */
export async function admitToShare(
  database: DataSource,
  shareId: string,
  network: string,
  now: number,
): Promise<boolean> {
  const client = createHash('sha256').update(`${shareId} ${network}`).digest('base64url').slice(0, 22)
  const admit = async () => {
    const [row] = await ADMIT.run(database, [shareId, client, now, now - SHARE_WINDOW_MS])
    return row?.admitted === true
  }
  // Connections of one client come at once: the one that lost the last place to the other sees it at a second look.
  return (await admit()) || (await admit())
}
