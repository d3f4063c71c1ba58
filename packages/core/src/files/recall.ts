import type { DataSource } from 'typeorm'
import { type Clock, dateOf } from '../clock/index.js'
import type { SourceFile } from './source-file.table.js'

/** Its object made room for others; the row and its links are as before. */
export function isEvicted({ state, objectKey }: Pick<SourceFile, 'state' | 'objectKey'>): boolean {
  return state === 'done' && objectKey === null
}

/** Somebody with a right to it asks for an evicted file: it is fetched again. Fetchers find it by their sweep. */
export async function recall(database: DataSource, clock: Clock, fileId: string): Promise<void> {
  await database.query(
    `UPDATE source_file
        SET state = 'pending', wanted_at = $2, next_attempt_at = $2, attempts = 0, bytes_done = 0,
            upload_id = NULL, updated_at = $2
      WHERE id = $1 AND state = 'done' AND object_key IS NULL`,
    [fileId, dateOf(clock)],
  )
}
