import { open } from 'node:fs/promises'
import { CliError, interruption, PortalRefusal } from '../failure.js'
import type { Http } from '../http.js'
import type { IoClock } from '../io.js'
import { digest, expectedDigests, matches, type ReceivedDigests } from './digest.js'
import { download } from './download.js'
import { PartFile } from './part-file.js'
import { connectionCount } from './plan.js'
import type { Portal, RemoteLink } from './portal.js'
import type { ProgressDisplay } from './progress.js'
import { destination, existingSize, targetPath } from './target.js'

export interface GetRequest {
  url: string
  /** The link to it, where it was asked for before. */
  asked?: RemoteLink | undefined
  password?: string
  /** What the files are called together. */
  package?: string
  /** `-o` as given. */
  output?: string
  connections: number
  force: boolean
  cwd: string
}

/** A file that is in its place and verified. */
export interface Got {
  file: string
  bytes: number
  sha256: string
  /** Wall time of the whole run. */
  seconds: number
  linkId: string
  reusedExisting: boolean
}

export interface GetTools {
  portal: Portal
  http: Http
  clock: IoClock
  signal: AbortSignal
  progress: ProgressDisplay
}

type ReadyLink = RemoteLink & { link: string }

const MAX_LINKS = 5

/** From a link of a host to a verified file. Raises CliError; what was received is kept for the next run. */
export async function get(request: GetRequest, tools: GetTools): Promise<Got> {
  const { portal, clock } = tools
  const startedAt = clock.now()
  const place = await destination(request.cwd, request.output)
  const asked = request.asked
    ? { ...(await currentLink(portal, request.asked, request)), reusedExisting: request.asked.reusedExisting }
    : await portal.unrestrict(request.url, request.password, request.package)
  const target = targetPath(place, asked.filename)
  const oldSize = await existingSize(target)
  if (oldSize !== undefined && !request.force && oldSize !== Number(asked.filesize))
    throw targetExists(target)
  const ready = await portal.ready(asked)
  const result = (link: ReadyLink, found: ReceivedDigests): Got => ({
    file: target,
    bytes: found.bytes,
    sha256: found.sha256,
    seconds: Math.max(0, clock.now() - startedAt) / 1000,
    linkId: link.linkId,
    reusedExisting: asked.reusedExisting,
  })

  if (oldSize !== undefined && !request.force) {
    const found = await sameFile(target, ready, tools)
    if (found === undefined) throw targetExists(target)
    await PartFile.discard(target)
    return result(ready, found)
  }
  const part = await PartFile.open(target, clock, request.force)
  let finished = false
  try {
    const { link, found } = await receive(request, ready, part, tools)
    if (!request.force && (await existingSize(target)) !== undefined) throw targetExists(target)
    await part.finish()
    finished = true
    return result(link, found)
  } finally {
    if (!finished) await part.suspend()
  }
}

/** Downloads and verifies. Bytes of an earlier run that turn out wrong are downloaded again, once. */
async function receive(request: GetRequest, first: ReadyLink, part: PartFile, tools: GetTools) {
  const { progress, signal } = tools
  let link = first
  for (let tries = 0; ; tries++) {
    const resumed = part.bytes > 0
    link = await transfer(request, link, part, tools)
    progress.showVerifying()
    const expected = expectedDigests(link.hashes, part.version?.etag)
    const withMd5 = expected.sha256 === undefined && expected.md5 !== undefined
    const found = await digest((buffer, offset) => part.read(buffer, offset), withMd5, signal)
    const size = part.version?.size ?? 0
    if (found.bytes === size && matches(found, expected)) {
      const { missing_bytes: missing } = link
      if (missing !== undefined)
        progress.notice(`${missing} bytes are lost at the host, and zeros in the file`)
      return { link, found }
    }
    await part.restart({ size, etag: null })
    if (!resumed || tries > 0)
      throw new CliError('the file is damaged: its digest is not the one OBB has stated')
    progress.notice('the digest is wrong')
  }
}

/** Downloads everything, over as many links as it takes. Gives the link that served the last byte. */
async function transfer(
  request: GetRequest,
  first: ReadyLink,
  part: PartFile,
  tools: GetTools,
): Promise<ReadyLink> {
  const { portal, http, clock, signal, progress } = tools
  let link = first
  for (let links = 1; ; links++) {
    const outcome = await download({
      http,
      url: downloadUrl(link.link),
      connections: connectionCount(request.connections, link),
      size: Number(link.filesize),
      part,
      clock,
      signal,
      progress,
    }).catch((error: unknown) => {
      throw signal.aborted ? interruption('interrupted; the same command goes on where it stopped') : error
    })
    if (outcome.kind === 'complete') return link
    if (links >= MAX_LINKS) throw new CliError('the download address stops working again and again')
    if (outcome.kind === 'ended') {
      progress.notice('the link has ended')
      link = await portal.ready(await portal.unrestrict(request.url, request.password, request.package))
    } else {
      progress.notice('the file is not ready any more')
      await portal.sleep(Math.min(outcome.waitMs ?? link.poll_after_seconds * 1000, 60_000))
      link = await portal.ready(await currentLink(portal, link, request))
    }
  }
}

/** The state of a link; a link that is gone is asked for again. */
async function currentLink(portal: Portal, link: RemoteLink, request: GetRequest): Promise<RemoteLink> {
  try {
    return await portal.link(link.linkId)
  } catch (error) {
    if (!(error instanceof PortalRefusal) || (error.http !== 404 && error.http !== 410)) throw error
    return portal.unrestrict(request.url, request.password, request.package)
  }
}

/** Digests of what is at the target if it is the file of the link, else undefined. */
async function sameFile(
  target: string,
  link: RemoteLink,
  tools: GetTools,
): Promise<ReceivedDigests | undefined> {
  const expected = expectedDigests(link.hashes, undefined)
  if (expected.sha256 === undefined) return undefined
  const file = await open(target, 'r')
  try {
    const read = async (buffer: Buffer, at: number) =>
      (await file.read(buffer, 0, buffer.length, at)).bytesRead
    tools.progress.showVerifying()
    const found = await digest(read, false, tools.signal)
    return matches(found, expected) ? found : undefined
  } finally {
    await file.close()
  }
}

function downloadUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new CliError('OBB named a download address that is not an http or https URL')
  }
  return url.href
}

function targetExists(target: string): CliError {
  return new CliError(
    `${target} exists and is another file; use --force to replace it, or -o for another name`,
  )
}
