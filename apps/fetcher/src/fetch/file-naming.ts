import type { Claim, Fetches } from '@obb/core/fetches'
import type { SourceFile } from '@obb/core/files'
import { dispositionName } from '@obb/host-adapters'
import { fitName } from '../host-calls/file-name.js'
import { LOST } from './fetch-end.js'

/*
 * What a file is called. The name that its host's API tells when it is asked stays, whatever its servers call the
 * bytes. Where the API tells none, the file goes by what the link says, or by its id, until it is fetched: then the
 * direct link has a word, or else the first answer that brings bytes, in its Content-Disposition.
 */

/** The name of a file while it is fetched. */
export class FileNaming {
  private answered: Promise<void> | undefined

  constructor(
    private readonly fetches: Fetches,
    /** Kept in step with what is written to the row. */
    private readonly file: SourceFile,
    private readonly claim: Claim,
  ) {}

  /** Told the name that came with the direct link, if any. Raises HostError FILE_BLOCKED, or LOST. */
  async useLinkName(name: string | undefined): Promise<void> {
    const fit = fitName(name)
    if (fit !== undefined) await (this.answered = this.take(fit))
  }

  /** Told the head of an answer that brings bytes; only the first counts. Raises as `resolved`. */
  readonly onAnswer = (headers: Readonly<Record<string, string>>): Promise<void> =>
    (this.answered ??= this.take(fitName(dispositionName(headers['content-disposition']))))

  private async take(name: string | undefined): Promise<void> {
    const { file } = this
    const isKnown = file.nameFrom === 'check' || (file.nameFrom === 'fetch' && file.name === name)
    if (name === undefined || isKnown) return
    if (!(await this.fetches.rename(this.claim, name))) throw LOST
    Object.assign(file, { name, nameFrom: 'fetch' })
  }
}
