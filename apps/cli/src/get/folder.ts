import { CliError, PortalRefusal } from '../failure.js'
import { type GetRequest, type GetTools, type Got, get } from './get.js'

const UNSUPPORTED = 101
const MAX_DEPTH = 8

/**
 * All files of a folder, one after the other: for a link that was `refused` as a file. Raises the refusal where it is
 * no folder, and CliError at the end where files failed.
 */
export async function getFolder(
  request: GetRequest,
  tools: GetTools,
  refused: unknown,
  got: (file: Got) => void,
): Promise<void> {
  if (!(refused instanceof PortalRefusal) || refused.status !== UNSUPPORTED) throw refused
  const failed: string[] = []
  const seen = new Set([request.url])

  async function fetchAll(url: string, depth: number): Promise<void> {
    const { links, password } = await tools.portal.expand(url, request.password)
    if (password !== undefined) tools.progress.notice(`password of the archives, as posted: ${password}`)
    const others = links.filter((link) => !seen.has(link.url))
    if (others.length === 0 && depth === 0) throw refused
    for (const link of others) {
      seen.add(link.url)
      if (link.kind === 'folder' && depth < MAX_DEPTH) await fetchAll(link.url, depth + 1)
      else await fetchOne(link.url)
    }
  }

  async function fetchOne(url: string): Promise<void> {
    try {
      got(await get({ ...request, url, asked: undefined }, tools))
    } catch (error) {
      if (tools.signal.aborted || !(error instanceof CliError)) throw error
      for (const line of [`${url}: ${error.message}`, ...error.below]) tools.progress.notice(line)
      failed.push(url)
    }
  }

  // What says the same of a link that is no folder says it better.
  await fetchAll(request.url, 0).catch((error: unknown) => {
    throw error instanceof PortalRefusal && error.status === UNSUPPORTED ? refused : error
  })
  if (failed.length > 0)
    throw new CliError(`${failed.length} of the files in the folder failed: ${failed.join(', ')}`)
}
