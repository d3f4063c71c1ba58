import type { Clock } from '@obb/core/clock'
import { type Files, type SourceFile, isRemembered, refusalOf } from '@obb/core/files'
import type { HostBreaker } from '@obb/core/health'
import type { HostCatalog } from '@obb/core/hosts'
import type { Log } from '@obb/core/log'
import type { AccountPool } from '@obb/core/pool'
import { type AvailableFile, HostError, checksWithAccount } from '@obb/host-adapters'
import { type KnownFile, knownFile } from './file-ref.js'
import type { HostAccess } from './host-access.js'

/** Longest file name that is kept, characters. */
const MAX_NAME = 255
/** Control characters and path separators. */
// eslint-disable-next-line no-control-regex
const UNFIT_IN_NAMES = /[\u0000-\u001f\u007f-\u009f/\\]/g

/** One call to a host that somebody waits for must end before they give up, ms. */
const TIMEOUT_MS = 18_000

/** Asks a host about a file: name, size, hash, or why not. The answer is written to the file's row. */
export class Inspection {
  constructor(
    private readonly files: Files,
    private readonly catalog: HostCatalog,
    private readonly pool: AccountPool,
    private readonly access: HostAccess,
    private readonly breaker: HostBreaker,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Raises the reason of `stop`, with nothing written. */
  async inspect(fileId: string, stop: AbortSignal): Promise<void> {
    const file = await this.files.byId(fileId)
    if (!file || !this.files.needsInspection(file) || isRemembered(file, this.clock.now())) return
    await this.catalog.reload()
    try {
      const known = knownFile(this.catalog, this.files, file)
      const info = await this.guarded(known, stop)
      if (info.size === undefined) throw new HostError('UNEXPECTED', 'the host does not tell the size')
      await this.files.record(fileId, { ...info, size: info.size, name: nameOf(info, known, file) })
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      this.log.info({ fileId, platform: file.platform, kind: error.kind, reason: error.message }, 'refused')
      await this.files.refuse(fileId, refusalOf(error, this.clock.now()))
    }
  }

  /** Not while the platform is known to be down; what it answers, or that it does not, is remembered. */
  private async guarded(known: KnownFile, stop: AbortSignal): Promise<AvailableFile> {
    const { adapter, platform } = known.policy
    if (adapter.manifest.catchAll) return this.ask(known, stop)
    const passage = await this.breaker.enter(platform)
    if (!passage.pass) throw new HostError('HOST_DOWN', 'the circuit is open', { retryAt: passage.retryAt })
    try {
      const info = await this.ask(known, stop)
      await this.breaker.answered(platform)
      return info
    } catch (error) {
      if (error instanceof HostError) await this.breaker.refused(platform, error)
      throw error
    }
  }

  /** With one account after the other, until one gets an answer about the file itself. */
  private async ask({ policy, ref, secrets }: KnownFile, stop: AbortSignal): Promise<AvailableFile> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)])
    const tried: string[] = []
    for (;;) {
      const needed = checksWithAccount(policy.adapter.manifest)
      const account = needed ? await this.pool.pick(policy.platform, tried) : undefined
      if (needed && !account) throw new HostError('ACCOUNT_BUSY', 'no usable account')
      try {
        const context = this.access.context(policy, account, signal, secrets)
        const [info] = await policy.adapter.check(context, [ref])
        if (!info) throw new HostError('UNEXPECTED', 'the adapter gave no answer')
        if (info.state === 'gone') throw new HostError('FILE_GONE', 'the host does not have it')
        if (info.state === 'refused') throw info.error
        return info
      } catch (error) {
        stop.throwIfAborted()
        if (signal.aborted) throw new HostError('HOST_TEMP', 'the host did not answer in time')
        if (!account || !(error instanceof HostError) || error.scope !== 'account') throw error
        this.log.warn({ account: account.id, kind: error.kind, reason: error.message }, 'account set aside')
        await this.pool.setAside(account.id, error)
        tried.push(account.id)
      }
    }
  }
}

function nameOf(info: AvailableFile, { ref }: KnownFile, file: SourceFile): string {
  const given = (info.name ?? ref.nameHint ?? '').replaceAll(UNFIT_IN_NAMES, '_').trim().slice(0, MAX_NAME)
  return given === '' || given === '.' || given === '..' ? file.hostFileId : given
}
