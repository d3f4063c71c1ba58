import { CliError, PortalRefusal, UsageError } from '../failure.js'
import { type GetRequest, type GetTools, get } from './get.js'
import type { GetReport } from './report.js'
import { assertDirectory } from './target.js'

const UNSUPPORTED = 101
const MAX_DEPTH = 8

/**
 * All files of a folder, one after the other: for a link that was `refused` as a file. Raises the refusal where it is
 * no folder.
 */
export async function getFolder(
  request: GetRequest,
  tools: GetTools,
  refused: unknown,
  report: Pick<GetReport, 'expectSeveral' | 'got' | 'fail'>,
): Promise<void> {
  if (!(refused instanceof PortalRefusal) || refused.status !== UNSUPPORTED) throw refused
  const seen = new Set([request.url])

  async function fetchAll(url: string, depth: number): Promise<void> {
    const { links, password } = await tools.portal.expand(url, request.password)
    if (password !== undefined) tools.progress.notice(`password of the archives, as posted: ${password}`)
    const others = links.filter((link) => !seen.has(link.url))
    if (others.length === 0 && depth === 0) throw refused
    report.expectSeveral()
    if (others.length > 1) await assertDirectory(request.cwd, request.output)
    for (const { kind, url: each } of others) {
      seen.add(each)
      const isFolder = kind === 'folder' && depth < MAX_DEPTH
      await (isFolder ? fetchAll(each, depth + 1) : fetchOne(each)).catch((error: unknown) => {
        if (tools.signal.aborted || !(error instanceof CliError) || error instanceof UsageError) throw error
        report.fail(each, error)
      })
    }
  }

  async function fetchOne(url: string): Promise<void> {
    report.got(await get({ ...request, url, asked: undefined }, tools))
  }

  // What says the same of a link that is no folder says it better.
  await fetchAll(request.url, 0).catch((error: unknown) => {
    throw error instanceof PortalRefusal && error.status === UNSUPPORTED ? refused : error
  })
}
