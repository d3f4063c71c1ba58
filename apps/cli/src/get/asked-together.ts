import { MAX_BATCH_LINKS } from '@obb/contracts'
import { PortalRefusal } from '../failure.js'
import type { Portal, RemoteLink } from './portal.js'

/**
 * Asks for many links at once, so that all are fetched while the first is downloaded; a batch when its first turn comes.
 * What a batch is refused is asked for again in its own turn: by then there may be a place for it.
 */
export class AskedTogether {
  private readonly answers = new Map<string, RemoteLink>()
  private next = 0

  constructor(
    private readonly portal: Pick<Portal, 'unrestrictTogether'>,
    private readonly urls: readonly string[],
    private readonly password: string | undefined,
    private readonly packageName?: string,
  ) {}

  /** The link to the `index`-th, whose turn it is; undefined where it is still to be asked for. */
  async take(index: number): Promise<RemoteLink | undefined> {
    if (this.urls.length === 1) return undefined
    if (index >= this.next) {
      const batch = this.urls.slice(index, index + MAX_BATCH_LINKS)
      this.next = index + batch.length
      const links = await this.portal
        .unrestrictTogether(batch, this.password, this.packageName)
        .catch((error: unknown): undefined => {
          if (!(error instanceof PortalRefusal)) throw error
        })
      links?.forEach((link, at) => link && this.answers.set(batch[at] ?? '', link))
    }
    return this.answers.get(this.urls[index] ?? '')
  }
}
