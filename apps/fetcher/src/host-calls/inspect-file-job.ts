import { Inject, Injectable } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { Files, type SourceFile, hostRefusalOf } from '@obb/core/files'
import { HostCatalog, type HostPolicy } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import type { ContextOfThen } from '@obb/core/tracing'
import {
  type AskAlone,
  type AvailableFile,
  type FileInfo,
  type FileRef,
  type HostContext,
  HostError,
  checksWithAccount,
} from '@obb/host-adapters'
import { hasChanged } from './changed-file.js'
import { checkedName } from './file-name.js'
import { type HostFile, hostFileOf } from './host-file.js'
import { HostClient } from './host-client.js'
import { sizeAtLink } from './size-at-link.js'

/** Asks hosts about files: name, size, hash, or why not. The answers are written to the files' rows. */
@Injectable()
export class InspectFileJob {
  constructor(
    private readonly files: Files,
    private readonly catalog: HostCatalog,
    private readonly hostClient: HostClient,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** `ask`: how, where it is known that this file takes calls of its own. Raises the reason of `stop`, with nothing written. */
  async run(fileId: string, stop: AbortSignal, ask?: AskAlone): Promise<void> {
    const file = await this.unansweredFile(fileId)
    if (!file) return
    await this.catalog.reload()
    if (this.files.needsConfirmation(file)) return this.lookForChange(file, stop)
    await this.recordOutcome(file, async () => {
      const known = hostFileOf(this.catalog, this.files, file)
      const info = await this.hostClient.withAccount(
        known,
        withAccount(known.policy),
        stop,
        async (context) => {
          const told = ask ? availableFile(await ask(context)) : await checkFile(known, context)
          return withSize(known, context, told)
        },
      )
      return { info, ref: known.ref }
    })
  }

  /**
   * Asks about files of one platform by its call for many. Those that have to be asked about alone are returned, with
   * how, if that is known: files with a password, those that the platform says so of, and all of them where something
   * is wrong with the call but not with the platform, since one of them may be to blame. What became of each file is
   * told in its context of `inContextOf`. Raises as `run` does.
   */
  async runTogether(
    fileIds: readonly string[],
    stop: AbortSignal,
    inContextOf: ReadonlyMap<string, ContextOfThen> = new Map(),
  ): Promise<Map<string, AskAlone | undefined>> {
    const apart = new Map<string, AskAlone | undefined>()
    const files = await Promise.all(fileIds.map((id) => this.unansweredFile(id)))
    await this.catalog.reload()
    const together: { file: SourceFile; known: HostFile }[] = []
    for (const file of files) {
      if (!file) continue
      const known = await this.recordRefusal(file, () => hostFileOf(this.catalog, this.files, file))
      if (!known) continue
      const isAlike = known.policy.platform === (together[0]?.known ?? known).policy.platform
      if (isAlike && known.secrets.password === undefined) together.push({ file, known })
      else apart.set(file.id, undefined)
    }
    const policy = together[0]?.known.policy
    if (!policy) return apart
    const { adapter } = policy
    const refs = together.map(({ known }) => known.ref)
    const ask = { policy, secrets: {} }
    const answers = await this.hostClient
      .withAccount(
        ask,
        withAccount(policy),
        stop,
        async (context) => adapter.checkTogether?.(context, refs) ?? [],
      )
      .catch((error: unknown) => {
        if (!(error instanceof HostError)) throw error
        return error.scope === 'host' || error.scope === 'account' ? error : []
      })
    const each = together.map(async ({ file, known }, at) => {
      const answer = answers instanceof HostError ? answers : answers[at]
      if (answer === undefined || typeof answer === 'function') return void apart.set(file.id, answer)
      if (saysNoSize(answer)) return void apart.set(file.id, () => Promise.resolve(answer))
      const record = (): Promise<void> =>
        this.recordOutcome(file, () => {
          if (answer instanceof HostError) throw answer
          return { info: availableFile(answer), ref: known.ref }
        })
      await (inContextOf.get(file.id)?.(record) ?? record())
    })
    await Promise.all(each)
    return apart
  }

  /** Whether the host of a stored file has another one in its place by now, which a plain address may. */
  private async lookForChange(file: SourceFile, stop: AbortSignal): Promise<void> {
    let isNew = false
    await this.catching(file, async () => {
      const known = hostFileOf(this.catalog, this.files, file)
      const { adapter } = known.policy
      if (!adapter.manifest.catchAll) return
      isNew = await this.hostClient.withAccount(known, false, stop, async (context) =>
        hasChanged(file, await checkFile(known, context), () => adapter.resolve(context, known.ref)),
      )
    })
    await (isNew ? this.files.supersede(file.id) : this.files.confirm(file.id))
  }

  /** The file, if nobody has asked about it since. */
  private async unansweredFile(fileId: string): Promise<SourceFile | undefined> {
    const file = await this.files.byId(fileId)
    return file && !(this.files.isAnswered(file) && !this.files.needsConfirmation(file)) ? file : undefined
  }

  /** Writes to the file's row what it is told, or refused with. */
  private async recordOutcome(
    file: SourceFile,
    outcome: () => Promise<FileOutcome> | FileOutcome,
  ): Promise<void> {
    await this.recordRefusal(file, async () => {
      const { info, ref } = await outcome()
      await this.files.record(file.id, { ...info, ...checkedName(info, ref) })
    })
  }

  private recordRefusal<T>(file: SourceFile, work: () => T): Promise<Awaited<T> | undefined> {
    return this.catching(file, work, (error) =>
      this.files.refuse(file.id, hostRefusalOf(error, this.clock.now(), triedSince(file))),
    )
  }

  private async catching<T>(
    { id: fileId, platform }: SourceFile,
    work: () => T,
    record?: (error: HostError) => Promise<void>,
  ): Promise<Awaited<T> | undefined> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      this.log.info({ fileId, platform, kind: error.kind, reason: error.message }, 'refused')
      await record?.(error)
      return undefined
    }
  }
}

/** Since when a host is asked about a file in vain, epoch ms: since its row is there, or longer than is waited for. */
function triedSince({ createdAt, refusal, size }: SourceFile): number | undefined {
  if (refusal === 'server_unreachable') return 0
  return size === null ? createdAt.getTime() : undefined
}

interface FileOutcome {
  info: AvailableFile
  ref: FileRef
}

function withAccount({ adapter }: HostPolicy): boolean {
  return checksWithAccount(adapter.manifest)
}

/** checkFile gives what a host tells of one file. Raises HostError for one that it does not have or refuses. */
export async function checkFile({ policy, ref }: HostFile, context: HostContext): Promise<AvailableFile> {
  const [info] = await policy.adapter.check(context, [ref])
  if (!info) throw new HostError('UNEXPECTED', 'the adapter gave no answer')
  return availableFile(info)
}

function availableFile(info: FileInfo): AvailableFile {
  if (info.state === 'gone') throw new HostError('FILE_GONE', 'the host does not have it')
  if (info.state === 'refused') throw info.error
  return info
}

function saysNoSize(answer: FileInfo | HostError): answer is AvailableFile {
  return !(answer instanceof HostError) && answer.state === 'available' && answer.size === undefined
}

/** Some hosts tell of the account's own files alone; the direct link of another one knows its size. */
async function withSize(
  { policy: { adapter }, ref }: HostFile,
  context: HostContext,
  told: AvailableFile,
): Promise<AvailableFile> {
  if (told.size !== undefined || context.account === undefined) return told
  const source = await adapter.resolve(context, ref)
  const size = await sizeAtLink(adapter, context, source)
  return size === undefined ? told : { ...told, size, ...(source.name && { name: source.name }) }
}
