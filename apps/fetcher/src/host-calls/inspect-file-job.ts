import { Inject, Injectable } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { Files, isRemembered, hostRefusalOf } from '@obb/core/files'
import { HostCatalog } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import { type AvailableFile, type HostContext, HostError, checksWithAccount } from '@obb/host-adapters'
import { checkedName } from './file-name.js'
import { type HostFile, hostFileOf } from './host-file.js'
import { HostClient } from './host-client.js'

/** Asks a host about a file: name, size, hash, or why not. The answer is written to the file's row. */
@Injectable()
export class InspectFileJob {
  constructor(
    private readonly files: Files,
    private readonly catalog: HostCatalog,
    private readonly hostClient: HostClient,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Raises the reason of `stop`, with nothing written. */
  async run(fileId: string, stop: AbortSignal): Promise<void> {
    const file = await this.files.byId(fileId)
    if (!file || !this.files.needsInspection(file) || isRemembered(file, this.clock.now())) return
    await this.catalog.reload()
    try {
      const known = hostFileOf(this.catalog, this.files, file)
      const withAccount = checksWithAccount(known.policy.adapter.manifest)
      const info = await this.hostClient.withAccount(known, withAccount, stop, (context) =>
        checkFile(known, context),
      )
      if (info.size === undefined) throw new HostError('SIZE_UNKNOWN', 'the host does not tell the size')
      await this.files.record(fileId, { ...info, size: info.size, ...checkedName(info, known.ref) })
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      this.log.info({ fileId, platform: file.platform, kind: error.kind, reason: error.message }, 'refused')
      await this.files.refuse(fileId, hostRefusalOf(error, this.clock.now()))
    }
  }
}

/** checkFile gives what a host tells of one file. Raises HostError for one that it does not have or refuses. */
export async function checkFile({ policy, ref }: HostFile, context: HostContext): Promise<AvailableFile> {
  const [info] = await policy.adapter.check(context, [ref])
  if (!info) throw new HostError('UNEXPECTED', 'the adapter gave no answer')
  if (info.state === 'gone') throw new HostError('FILE_GONE', 'the host does not have it')
  if (info.state === 'refused') throw info.error
  return info
}
