/*
 * Files and folders of a service: the list is quick, but calls some files available that are deleted; the status of one
 * file is the truth.
 */
import type { AvailableFile, ExpandedLink, FileInfo, FileRef, HostContext } from '../../kit/adapter.js'
import type { HostError } from '../../kit/errors.js'
import { addLinks } from '../../kit/folder.js'
import type { FileStatus, ListedFile } from './answers.js'
import { isKind } from './api.js'
import type { Keep2shareApi } from './api.js'
import { linkTo, oneSpelling } from './links.js'
import type { Site } from './site.js'

/** Most ids that the list of files takes. */
export const BATCH = 100
const FOLDER_PAGE = 100

/** What a service of the family tells of files and folders, to anybody and for nothing. */
export class Keep2shareFiles {
  constructor(
    private readonly api: Keep2shareApi,
    private readonly site: Site,
  ) {}

  async check(ctx: HostContext, ids: readonly string[]): Promise<FileInfo[]> {
    const [only] = ids
    if (only !== undefined && ids.length === 1) return [await this.checkOne(ctx, only)]
    const infos: FileInfo[] = []
    for (let at = 0; at < ids.length; at += BATCH) {
      const part = ids.slice(at, at + BATCH)
      const rows = await this.listed(ctx, part)
      infos.push(...part.map((fileId) => this.infoOf(fileId, rows.get(fileId))))
    }
    return infos
  }

  /** Also the file's own id, where a tracking id was asked for. Raises what stands against fetching the file. */
  async fetchable(ctx: HostContext, fileId: string): Promise<AvailableFile & { ownId: string }> {
    const file = await this.api.file(ctx, fileId)
    const info = this.infoOf(fileId, file)
    if (info.state === 'gone') throw this.api.error('FILE_GONE', 'file does not exist')
    if (info.state === 'refused') throw info.error
    return { ...info, ownId: file.id ?? fileId }
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
  private async checkOne(ctx: HostContext, fileId: string): Promise<FileInfo> {
    try {
      const info = this.infoOf(fileId, await this.api.file(ctx, fileId))
      if (info.state !== 'available' || info.hash !== undefined) return info
      const hash = (await this.listed(ctx, [fileId])).get(fileId)?.md5
      return { ...info, ...(hash !== undefined && { hash }) }
    } catch (error) {
      if (!isKind(error, 'FILE_GONE')) throw error
      return { fileId, state: 'gone' }
    }
  }

  /** By the id that was asked for: a tracking id is answered with the file's own beside it. */
  private async listed(ctx: HostContext, ids: readonly string[]): Promise<Map<string, ListedFile>> {
    try {
      const rows = await this.api.listed(ctx, ids)
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

  private infoOf(fileId: string, file: FileStatus | undefined): FileInfo {
    if (file === undefined || file.is_available === false) return { fileId, state: 'gone' }
    const { access, is_folder, md5: hash, name, size } = file
    const refused = (error: HostError): FileInfo => ({ fileId, state: 'refused', error })
    if (is_folder) return refused(this.api.error('BAD_URL', 'link leads to a folder'))
    if (access?.toLowerCase() === 'private') {
      return refused(this.api.error('FILE_RESTRICTED', 'file is private'))
    }
    return {
      fileId,
      state: 'available',
      ...(name !== undefined && { name }),
      ...(size !== undefined && { size }),
      ...(hash !== undefined && { hash }),
    }
  }

  private linkOf({ id, is_folder, name, size }: ListedFile): ExpandedLink {
    const kind = is_folder ? 'folder' : 'file'
    return {
      url: linkTo(this.site.domains[0], kind, oneSpelling(id)),
      ...(name !== undefined && { name }),
      ...(kind === 'file' && size !== undefined && { size }),
    }
  }
}
