import { Inject, Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { HostError } from '@obb/host-adapters'
import { BlockList } from '../blocks/index.js'
import { Clock } from '../clock/index.js'
import { Files } from '../files/index.js'
import { Folders } from '../folders/index.js'
import { LOG, type Log } from '../log/index.js'
import { AccountPool } from '../pool/index.js'
import { Semaphore } from '../semaphore/index.js'

/**
 * Fetchers that may die over the same thing before it is not done again. A process takes everything with it that it
 * does at that moment, so the first death accuses all of it; whatever is accused runs one at a time from then on
 * (`isSuspect`), so the next death proves what it was (`isProven`). One more would be one more restart for nothing.
 */
const MAX_DEATHS = 2

/** How long whoever waits already is answered from the row; the block itself answers for good, ms. */
const REMEMBERED_MS = 10 * 60_000

/** What a fetcher was about when it died. */
export interface Deaths {
  deaths: number
  /** In the operator's words: `its host was asked about it`. */
  doing: string
}

/**
 * Takes out of use what took fetchers down: a file or a folder goes on the block list (102) until the operator takes
 * that back, an account of the operator's is switched off. Each writes one line of log, and can happen twice.
 */
@Injectable()
export class Quarantine {
  /** The one place of this process for what is suspect. */
  readonly suspects = new Semaphore(1)

  constructor(
    private readonly blocks: BlockList,
    private readonly files: Files,
    private readonly folders: Folders,
    private readonly pool: AccountPool,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Its links end, and what was charged for them comes back. */
  async file(fileId: string, death: Deaths): Promise<void> {
    const file = await this.files.byId(fileId)
    if (!file) return
    const { platform, hostFileId } = file
    await this.block(platform, hostFileId, death)
    await this.files.refuse(fileId, this.refusal())
    this.log.error({ fileId, platform, hostFileId, ...death }, 'file quarantined: fetchers died over it')
  }

  async folder(folderId: string, death: Deaths): Promise<void> {
    const folder = await this.folders.byId(folderId)
    if (!folder) return
    const { platform, hostFolderId } = folder
    await this.block(platform, hostFolderId, death)
    await this.folders.refuse(folderId, this.refusal())
    this.log.error(
      { folderId, platform, hostFolderId, ...death },
      'folder quarantined: fetchers died over it',
    )
  }

  async account(hostAccountId: string, death: Deaths): Promise<void> {
    const account = await this.pool.byId(hostAccountId)
    if (!account) return
    await this.pool.setAside(hostAccountId, new HostError('ACCOUNT_NEEDS_HUMAN', reasonOf(death)))
    const { platform } = account
    this.log.error(
      { account: hostAccountId, platform, ...death },
      'account quarantined: fetchers died over it',
    )
  }

  private async block(platform: string, id: string, death: Deaths): Promise<void> {
    try {
      await this.blocks.add({ kind: 'file', value: `${platform}:${id}`, reason: reasonOf(death) })
    } catch (error) {
      if (!(error instanceof Refusal) || error.refusal !== 'conflict') throw error
    }
  }

  private refusal(): { cause: 'file_blocked'; until: number } {
    return { cause: 'file_blocked', until: this.clock.now() + REMEMBERED_MS }
  }
}

/** Whether it runs only while nothing else does that fetchers died over: else the next death would not tell which. */
export function isSuspect(deaths: number): boolean {
  return deaths > 0
}

/** Whether the last of them died while it was tried alone: one that was about to step aside is no culprit. */
export function isProven(deaths: number, alone = false): boolean {
  return deaths >= MAX_DEATHS && alone
}

function reasonOf({ deaths, doing }: Deaths): string {
  return `quarantined: ${deaths} fetchers died while ${doing}`
}
