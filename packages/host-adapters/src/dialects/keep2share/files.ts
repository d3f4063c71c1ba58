/*
 * Files and folders of a service: the list is quick, but calls some files available that are deleted; the status of one
 * file is the truth.
 */
import type { ExpandedLink, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { checkByRows } from '../../kit/check.js'
import type { FileFacts } from '../../kit/check.js'
import { present } from '../../kit/fields/present.js'
import { addLinks } from '../../kit/folder.js'
import type { FileStatus, ListedFile } from './answers.js'
import { isKind } from './api.js'
import type { Keep2shareApi } from './api.js'
import { linkTo, oneSpelling } from './links.js'
import type { Site } from './site.js'

/** Most ids that the list of files takes. */
export const BATCH = 100
const FOLDER_PAGE = 100

/** Keep2shareFiles asks what a service of the family tells of files and folders, to anybody and for nothing. */
export class Keep2shareFiles {
  readonly check: HostAdapter['check']

  constructor(
    private readonly api: Keep2shareApi,
    private readonly site: Site,
  ) {
    this.check = checkByRows<FileStatus>(
      { id: site.id, checkBatchSize: BATCH },
      {
        rows: (ctx, refs) => this.listFiles(ctx, refs),
        facts: (file) => this.factsOf(file),
        single: (ctx, ref) => this.single(ctx, ref),
      },
    )
  }

  /** Also the file's own id, where a tracking id was asked for. Raises what stands against fetching the file. */
  async fetchable(ctx: HostContext, fileId: string): Promise<FileFacts & { ownId: string }> {
    const file = await this.api.file(ctx, fileId)
    return { ...this.factsOf(file), ownId: file.id ?? fileId }
  }

  /** The links in a folder. Raises BAD_URL where there is none. */
  async expand(ctx: HostContext, { fileId }: FileRef): Promise<ExpandedLink[]> {
    const links: ExpandedLink[] = []
    const known = new Set<string>()
    for (let offset = 0; ; offset += FOLDER_PAGE) {
      const page = await this.api.folderPage(ctx, fileId, FOLDER_PAGE, offset)
      if (page === undefined) throw this.api.error('BAD_URL', 'link leads to no folder')
      const news = page.filter(({ id }) => !known.has(id) && known.add(id))
      const usable = news.filter((row) => row.is_available !== false)
      addLinks(
        this.site.id,
        links,
        usable.map((row) => this.linkOf(row)),
      )
      // A page may be short because some of its files are gone: only one that brings nothing is the end.
      if (news.length === 0) return links
    }
  }

  /** By the call that knows best; the list is asked for what it alone tells, the hash. */
  private async single(ctx: HostContext, ref: FileRef): Promise<FileFacts> {
    const facts = this.factsOf(await this.api.file(ctx, ref.fileId))
    if (facts.hash !== undefined) return facts
    return { ...facts, hash: (await this.listFiles(ctx, [ref])).get(ref.fileId)?.md5 }
  }

  /** By the id that was asked for: a tracking id is answered with the file's own beside it. */
  private async listFiles(ctx: HostContext, refs: readonly FileRef[]): Promise<Map<string, ListedFile>> {
    try {
      const ids = refs.map(({ fileId }) => fileId)
      const rows = await this.api.listFiles(ctx, ids)
      const byOwnId = rows.map((row) => [oneSpelling(row.id), row] as const)
      return new Map([
        ...byOwnId,
        ...rows.map((row) => [oneSpelling(row.requested_id ?? row.id), row] as const),
      ])
    } catch (error) {
      if (!isKind(error, 'FILE_GONE')) throw error
      return new Map()
    }
  }

  /** Raises what stands against the file. */
  private factsOf({ access, is_available, is_folder, md5: hash, name, size }: FileStatus): FileFacts {
    if (is_available === false) throw this.api.error('FILE_GONE', 'file does not exist')
    if (is_folder) throw this.api.error('FOLDER', 'link leads to a folder')
    if (access?.toLowerCase() === 'private') throw this.api.error('FILE_RESTRICTED', 'file is private')
    return { name, size, hash }
  }

  private linkOf({ id, is_folder, name, size }: ListedFile): ExpandedLink {
    const kind = is_folder ? 'folder' : 'file'
    return {
      url: linkTo(this.site.domains[0], kind, oneSpelling(id)),
      ...present({ name, size: is_folder ? undefined : size }),
    }
  }
}
