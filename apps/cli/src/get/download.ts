import { setMaxListeners } from 'node:events'
import { CliError, ConnectionFault, interruption } from '../failure.js'
import { connectionFault, type Http } from '../http.js'
import type { IoClock } from '../io.js'
import type { PartFile } from './part-file.js'
import { RetryPatience } from './retry-patience.js'
import { pieceLength, plan } from './plan.js'
import type { ProgressDisplay } from './progress.js'
import type { Span } from './range-set.js'
import { discard, openRemote, type Opened } from './remote.js'

/*
 * One download over several ranged connections.
 *
 * The first request decides everything: it asks for the first missing piece of the version the part file has
 * (If-Range), and its answer says whether ranges work, how large the file is and which version it is. Only
 * then do the other connections start. All of them take pieces from one queue; whoever is dropped asks for the
 * rest of its own piece again. A connection that meets another version stops all of them, and the download
 * starts over with the new one. A server that ignores ranges is read with one connection from the beginning.
 *
 * Chunks are gathered and written while the next ones arrive; what was received before a connection broke is
 * kept.
 */

export interface DownloadJob {
  http: Http
  url: string
  connections: number
  /** Size by the portal, bytes; used where the server itself does not say. */
  size: number
  part: PartFile
  clock: IoClock
  signal: AbortSignal
  progress: ProgressDisplay
}

export type Outcome =
  | { kind: 'complete' }
  /** The link has to be asked for again. */
  | { kind: 'ended' }
  /** The file has to be waited for again. */
  | { kind: 'not_ready'; waitMs: number | undefined }

/** Time without a single byte after which a download fails, ms. */
const PATIENCE_MS = 120_000
const MAX_RESTARTS = 5
const WRITE_BYTES = 512 * 1024
const WRITE_EVERY_MS = 1000

/** The remote file is another one than the one the part file has bytes of. */
class VersionChanged extends Error {}
/** A connection learnt that the link cannot be used at the moment. */
class LinkLost extends Error {
  constructor(readonly outcome: Outcome) {
    super(outcome.kind)
  }
}

/** Downloads what is missing. Raises CliError; what was received stays in the part file. */
export async function download(job: DownloadJob): Promise<Outcome> {
  const patience = new RetryPatience(job.clock, PATIENCE_MS)
  for (let restarts = 0; ; restarts++) {
    try {
      return await attempt(job, patience)
    } catch (error) {
      if (error instanceof LinkLost) return error.outcome
      if (!(error instanceof VersionChanged)) throw error
      if (restarts >= MAX_RESTARTS) throw new CliError('the file changes or breaks off again and again')
      await job.part.restart({ size: job.part.version?.size ?? job.size, etag: null })
    }
  }
}

async function attempt(job: DownloadJob, patience: RetryPatience): Promise<Outcome> {
  const { part } = job
  const known = part.version?.etag === null ? undefined : part.version
  const size = known?.size ?? job.size
  const length = pieceLength(size, job.connections)
  const missing = known === undefined ? [{ start: 0, end: size }] : part.missingSpans()
  // With nothing missing the last byte is asked for, to learn whether the version is still that one.
  const [first] = plan(missing.length > 0 ? missing : [{ start: Math.max(0, size - 1), end: size }], length)
  const opened = await probe(job, first, known?.etag ?? null, patience)

  if (opened.kind === 'whole') {
    if (known !== undefined && opened.ranges && opened.etag !== known.etag) {
      discard(opened.body)
      throw new VersionChanged()
    }
    await receiveWhole(job, opened, patience)
    return { kind: 'complete' }
  }
  await part.begin({ size: opened.total, etag: opened.etag })
  const queue = plan(part.missingSpans(), length)
  // Another version than the one asked for begins elsewhere: that answer is of no use.
  const usable = queue[0]?.start === opened.start
  if (!usable) discard(opened.body)
  job.progress.begin(opened.total, part.bytes)
  await receiveRanges(job, queue, usable ? opened : undefined, patience)
  return { kind: 'complete' }
}

type Readable = Extract<Opened, { kind: 'range' | 'whole' }>

/** The first request, repeated until there are bytes to read. */
async function probe(
  job: DownloadJob,
  first: Span | undefined,
  etag: string | null,
  patience: RetryPatience,
) {
  let span = first
  for (;;) {
    const opened = await tryOpen(job, span, etag, patience, job.signal)
    if (opened === undefined) continue
    if (opened.kind !== 'unsatisfiable') return opened
    if (etag !== null) throw new VersionChanged()
    if (span === undefined) throw new CliError('the server refuses to send the file (HTTP 416)')
    span = undefined
  }
}

/** One request; undefined after a wait when it has to be repeated. Raises LinkLost, CliError. */
async function tryOpen(
  job: DownloadJob,
  span: Span | undefined,
  etag: string | null,
  patience: RetryPatience,
  signal: AbortSignal,
): Promise<Readable | { kind: 'unsatisfiable' } | undefined> {
  try {
    const opened = await openRemote(job.http, job.url, span, etag, signal)
    if (opened.kind === 'ended' || opened.kind === 'not_ready') throw new LinkLost(opened)
    if (opened.kind !== 'busy') return opened
    const { origin } = new URL(job.url)
    await patience.wait(new CliError(`${origin} is busy and stays so`), signal, opened.waitMs)
  } catch (error) {
    if (!(error instanceof ConnectionFault)) throw error
    job.progress.notice(error.message)
    await patience.wait(error, signal)
  }
  return undefined
}

async function receiveRanges(
  job: DownloadJob,
  queue: Span[],
  first: Readable | undefined,
  patience: RetryPatience,
): Promise<void> {
  const group = new AbortController()
  const signal = AbortSignal.any([job.signal, group.signal])
  // Every connection listens to it, of which there may be many.
  setMaxListeners(0, signal)
  const faults: unknown[] = []
  const worker = async (opened?: Readable) => {
    try {
      for (
        let piece = queue.shift(), body = opened;
        piece !== undefined;
        piece = queue.shift(), body = undefined
      ) {
        await receivePiece(job, piece, body, patience, signal)
      }
    } catch (error) {
      faults.push(error)
      group.abort()
    }
  }
  const others = Math.min(job.connections, queue.length) - 1
  await Promise.all([worker(first), ...Array.from({ length: Math.max(0, others) }, () => worker())])
  if (job.signal.aborted) throw interruption()
  if (faults.length > 0) throw faults[0]
}

/** A piece to its end, over as many connections as it takes. */
async function receivePiece(
  job: DownloadJob,
  piece: Span,
  opened: Readable | undefined,
  patience: RetryPatience,
  signal: AbortSignal,
): Promise<void> {
  const version = job.part.version
  const rest = { ...piece }
  for (let answer: Awaited<ReturnType<typeof tryOpen>> = opened; rest.start < rest.end; answer = undefined) {
    answer ??= await tryOpen(job, rest, version?.etag ?? null, patience, signal)
    if (answer === undefined) continue
    if (answer.kind === 'unsatisfiable') throw new VersionChanged()
    if (answer.kind === 'whole' || answer.total !== version?.size || answer.etag !== version.etag) {
      discard(answer.body)
      // The same version as a whole: this server ignores ranges now and then, so it is asked again.
      if (answer.kind !== 'whole' || answer.etag === null || answer.etag !== version?.etag)
        throw new VersionChanged()
      await patience.wait(new CliError('the server does not keep to ranges'), signal)
      continue
    }
    const { start } = rest
    const fault = await receiveBody(job, answer.body, rest, patience, signal)
    if (rest.start >= rest.end || (fault === undefined && rest.start > start)) continue
    const reason = fault ?? new CliError('the server sends nothing')
    job.progress.notice(reason.message)
    await patience.wait(reason, signal)
  }
}

async function receiveWhole(
  job: DownloadJob,
  opened: Extract<Opened, { kind: 'whole' }>,
  patience: RetryPatience,
) {
  const size = opened.total ?? job.size
  // Without ranges nothing can be continued, so nothing is: the record says so by having no ETag.
  await job.part.restart({ size, etag: null })
  job.progress.begin(size, 0)
  const rest = { start: 0, end: size }
  const fault = await receiveBody(job, opened.body, rest, patience, job.signal)
  if (rest.start >= rest.end) return
  job.progress.notice(fault?.message ?? 'the file ended too early')
  await patience.wait(fault ?? new CliError('the file ended too early'), job.signal)
  throw new VersionChanged()
}

/**
 * Reads a body into [rest.start, rest.end), moving `rest.start` along with what is written. Gives the fault
 * that ended it early, or undefined after a clean end. Raises what is not a fault of the connection.
 */
async function receiveBody(
  job: DownloadJob,
  body: Readable['body'],
  rest: Span,
  patience: RetryPatience,
  signal: AbortSignal,
): Promise<ConnectionFault | undefined> {
  let batch: Buffer[] = []
  let batched = 0
  let flushedAt = job.clock.now()
  let writing: Promise<void> = Promise.resolve()
  const flush = async () => {
    await writing
    const chunks = batch
    const [from, bytes] = [rest.start, batched]
    batch = []
    batched = 0
    rest.start += bytes
    flushedAt = job.clock.now()
    writing = job.part.write(chunks, from)
    writing.catch(() => undefined)
  }
  let fault: unknown
  const stop = () => discard(body)
  signal.addEventListener('abort', stop)
  try {
    for await (const received of body as AsyncIterable<Buffer>) {
      const room = rest.end - rest.start - batched
      const chunk = received.length > room ? received.subarray(0, room) : received
      batch.push(chunk)
      batched += chunk.length
      patience.reset()
      job.progress.countReceived(chunk.length)
      if (batched >= WRITE_BYTES || job.clock.now() - flushedAt >= WRITE_EVERY_MS) await flush()
      if (received.length > room) break
    }
  } catch (error) {
    fault = error
  } finally {
    signal.removeEventListener('abort', stop)
  }
  await flush()
  await writing
  if (fault === undefined) return undefined
  const known = connectionFault(fault, job.url, signal)
  if (known instanceof ConnectionFault) return known
  throw known
}
