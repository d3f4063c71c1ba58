import { Injectable } from '@nestjs/common'
import { DataSource, type EntityManager } from 'typeorm'
import type { Claim } from './transitions/index.js'

/**
 * How far the hashes of files under way have come, for the worker that goes on. One state per file: the last, and of
 * no use without the upload whose parts it is of.
 */
@Injectable()
export class HashStates {
  constructor(private readonly database: DataSource) {}

  /** Nothing happens where another worker has the file, or it goes elsewhere by now. */
  async save(claim: Claim, uploadId: string, state: Buffer): Promise<void> {
    await this.database.query(
      `INSERT INTO hash_state (file_id, upload_id, state)
       SELECT id, upload_id, $4 FROM source_file
        WHERE id = $1 AND claim = $2 AND state = 'downloading' AND upload_id = $3
       ON CONFLICT (file_id) DO UPDATE SET upload_id = excluded.upload_id, state = excluded.state`,
      [claim.fileId, claim.claim, uploadId, state],
    )
  }

  async load(fileId: string, uploadId: string): Promise<Buffer | undefined> {
    const [row] = await this.database.query<{ state: Buffer }[]>(
      'SELECT state FROM hash_state WHERE file_id = $1 AND upload_id = $2',
      [fileId, uploadId],
    )
    return row?.state
  }

  /** forget deletes the state of a file that is whole. */
  static async forget(tx: EntityManager, fileId: string): Promise<void> {
    await tx.query('DELETE FROM hash_state WHERE file_id = $1', [fileId])
  }

  /** forgetUnneeded deletes the states whose upload was completed or given up. */
  async forgetUnneeded(): Promise<void> {
    await this.database.query(
      `DELETE FROM hash_state h
        WHERE NOT EXISTS (SELECT FROM source_file WHERE id = h.file_id AND upload_id = h.upload_id)`,
    )
  }
}
