import { Inject, Injectable } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { hostRefusalOf } from '@obb/core/files'
import { Folders } from '@obb/core/folders'
import { HostCatalog } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import { HostError } from '@obb/host-adapters'
import { fitName } from './file-name.js'
import { hostFileAt } from './host-file.js'
import { HostClient } from './host-client.js'

/** Asks a host what is in a folder. The answer is written to the folder's row. */
@Injectable()
export class ExpandFolderJob {
  constructor(
    private readonly folders: Folders,
    private readonly catalog: HostCatalog,
    private readonly hostClient: HostClient,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Raises the reason of `stop`, with nothing written. */
  async run(folderId: string, stop: AbortSignal): Promise<void> {
    const folder = await this.folders.byId(folderId)
    if (!folder) return
    await this.catalog.reload()
    try {
      const known = hostFileAt(this.catalog, folder, this.folders.secrets(folder))
      const { adapter } = known.policy
      const links = await this.hostClient.withAccount(
        known,
        adapter.manifest.needsAccount,
        stop,
        async (context) => {
          if (!adapter.expand) throw new HostError('BAD_URL', `${folder.platform} lists no folders`)
          return adapter.expand(context, known.ref)
        },
      )
      const named = links.map(({ name, ...link }) => {
        const fit = fitName(name)
        return { ...link, ...(fit !== undefined && { name: fit }) }
      })
      await this.folders.record(folderId, named)
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      const { kind, message: reason } = error
      this.log.info({ folderId, platform: folder.platform, kind, reason }, 'refused')
      await this.folders.refuse(folderId, hostRefusalOf(error, this.clock.now()))
    }
  }
}
