import type { AvailableFile, FileInfo, FileRef, HostContext } from './adapter.js'
import { present } from './fields/present.js'
import { decodedSegment } from './fields/text.js'
import type { HostManifest } from './manifest.js'

/**
 * The domain of a platform that a URL is on, as in the manifest; undefined for another's. A subdomain other
 * than `www.` counts only where `subdomains` says so.
 */
export function domainOf(
  { domains }: Pick<HostManifest, 'domains'>,
  url: URL,
  { subdomains = false } = {},
): string | undefined {
  const hostname = url.hostname.replace(/\.$/, '').replace(/^www\./, '')
  return domains.find((domain) => hostname === domain || (subdomains && hostname.endsWith(`.${domain}`)))
}

/** Works on so many at a time, in order, and joins the answers. */
export async function inBatches<T>(
  refs: readonly FileRef[],
  size: number,
  work: (batch: readonly FileRef[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const answers: T[] = []
  for (let at = 0; at < refs.length; at += size) answers.push(...(await work(refs.slice(at, at + size))))
  return answers
}

/**
 * `match` of a platform whose links are all files at one kind of path. The first group of `link` is the id, the
 * second, if there is one, the name as it is written in the URL. `canonical` makes the path from the id.
 */
export function filesAt(
  manifest: Pick<HostManifest, 'domains'>,
  link: RegExp,
  canonical: (fileId: string) => string,
): (url: URL) => FileRef | undefined {
  return (url) => {
    const hostDomain = domainOf(manifest, url)
    const [, fileId, name] = link.exec(url.pathname) ?? []
    if (hostDomain === undefined || fileId === undefined) return undefined
    const canonicalUrl = `https://${manifest.domains[0]}${canonical(fileId)}`
    return { fileId, canonicalUrl, kind: 'file', hostDomain, ...(name && { nameHint: decodedSegment(name) }) }
  }
}

type Told = Omit<AvailableFile, 'fileId' | 'state'>

/** What a host tells of one file; what it does not tell is undefined. */
export type FileRow = { fileId: string } & { [Field in keyof Told]: Told[Field] | undefined }

/** `check` of a host that answers so many ids at once with a row for each file that it has. */
export function checkByRows(
  { checkBatchSize }: Pick<HostManifest, 'checkBatchSize'>,
  rowsOf: (ctx: HostContext, ids: readonly string[]) => Promise<readonly FileRow[]>,
): (ctx: HostContext, refs: readonly FileRef[]) => Promise<FileInfo[]> {
  return (ctx, refs) =>
    inBatches(refs, checkBatchSize, async (batch) => {
      const ids = batch.map(({ fileId }) => fileId)
      const rows = new Map((await rowsOf(ctx, ids)).map((row) => [row.fileId, row]))
      return ids.map((fileId): FileInfo => {
        const row = rows.get(fileId)
        return row === undefined ? { fileId, state: 'gone' } : { ...present(row), fileId, state: 'available' }
      })
    })
}
