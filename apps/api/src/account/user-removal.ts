import { Injectable } from '@nestjs/common'
import { Accounts } from '@obb/core/accounts'
import { Fetches } from '@obb/core/fetches'

/** Removes users, whoever asks for it. */
@Injectable()
export class UserRemoval {
  constructor(
    private readonly accounts: Accounts,
    private readonly fetches: Fetches,
  ) {}

  /** As `Accounts.remove`, with most links ended at once; a sweep ends the rest, also where this dies amid. */
  async remove(...asked: Parameters<Accounts['remove']>): Promise<string | undefined> {
    const id = await this.accounts.remove(...asked)
    if (id !== undefined) await this.fetches.endLinksOf(id)
    return id
  }
}
