import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import type { LinkView } from './link-view.js'

/** What accounts call links that belong together. */
@Injectable()
export class LinkPackages {
  constructor(private readonly database: DataSource) {}

  /** Names the package of a link that was there before; one that is made has its name from the start. */
  async set({ accountId, id }: Pick<LinkView, 'accountId' | 'id'>, name: string): Promise<void> {
    await this.database.query('UPDATE link SET package = $3 WHERE account_id = $1 AND id = $2', [
      ...[accountId, id, name],
    ])
  }
}
