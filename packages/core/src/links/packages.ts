import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'

/** What accounts call links that belong together. */
@Injectable()
export class LinkPackages {
  constructor(private readonly database: DataSource) {}

  /** Names the package of these links, also of those that were there before; others' links stay. */
  async set(accountId: string, linkIds: readonly string[], name: string): Promise<void> {
    if (linkIds.length === 0) return
    await this.database.query(
      'UPDATE link SET package = $3 WHERE account_id = $1 AND id = ANY($2) AND package IS DISTINCT FROM $3',
      [accountId, linkIds, name],
    )
  }
}
