import type { IncomingMessage, ServerResponse } from 'node:http'
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import type { Clock } from '@obb/core/clock'
import { within } from '@obb/core/deadline'
import type { Download, Downloads } from '@obb/core/links'
import { Forwarding } from '@obb/core/origin'
import { annotate, resume, traced } from '@obb/core/tracing'
import { StoreError, type ObjectStore, type StoredObject } from '@obb/core/storage'
import type { StoreFacts } from '@obb/core/store-state'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerOf, type ServedAnswer } from './answer.js'
import { UnfinishedDownloads, type UnfinishedFile } from '../unfinished/unfinished-downloads.js'
import { UnfinishedObject } from '../unfinished/unfinished-object.js'
import { ClientConnections } from '../http/client-connections.js'
import { describe, HttpRefusal, unavailable } from '../http/failures.js'
import { FileUses } from '../links/file-uses.js'
import { ShareAdmission } from '../links/share-admission.js'
import { asInline } from './inline.js'
import { Metalinks } from './metalinks.js'
import { Offload } from './offload.js'
import { LinkConnectionLimit } from '../links/link-connection-limit.js'
import {
  CLOCK,
  DOWNLOADS,
  LOG,
  OBJECT_STORE,
  SERVE_WHILE_FETCHING,
  STORE_FACTS,
  TIMING,
  type Log,
  type Timing,
} from '../ports.js'
import { ClientGone, Pump, type Segment, type Transfer } from './pump.js'
import { type ByteRange, decide } from '../range/index.js'
import { DOWNLOAD_ROUTES } from '../http/routes.js'
import { RunningStreams } from '../streams/running-streams.js'
import { NOT_READY_RETRY, servedFile, type ServedFile } from '../links/served-file.js'

const LINK_ID = /^[0-9A-Za-z]{16,64}$/
/** ms; the largest that Node's timers take. */
const NEVER = 2 ** 31 - 1

/** Seconds for Retry-After while the store is not ours. */
const WRONG_STORE_RETRY = 60
/** Between two warnings of that, ms: every download meets it. */
const WARNING_MS = 60_000

interface Exchange {
  linkId: string
  fileName: string | undefined
  /** Whether bytes are wanted before all of them are there. */
  eager: boolean
  /** Whether a browser is to show it where it may. */
  inline: boolean
  request: IncomingMessage
  response: ServerResponse
  signal: AbortSignal
}

/**
 * Serves the file behind a link to whoever has the link: no key, and the name in the URL is decoration.
 * Everything that can be refused is refused before the head is written; after that an answer is either
 * complete or its connection ends short.
 */
@Controller()
export class DownloadController {
  private warnedAt = -Infinity

  constructor(
    @Inject(DOWNLOADS) private readonly downloads: Downloads,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(STORE_FACTS) private readonly facts: StoreFacts,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TIMING) private readonly timing: Timing,
    @Inject(LOG) private readonly log: Log,
    @Inject(SERVE_WHILE_FETCHING) private readonly serveWhileFetching: boolean,
    private readonly unfinishedDownloads: UnfinishedDownloads,
    private readonly clientConnections: ClientConnections,
    private readonly metalinks: Metalinks,
    private readonly offload: Offload,
    private readonly linkConnectionLimit: LinkConnectionLimit,
    private readonly uses: FileUses,
    private readonly shareAdmission: ShareAdmission,
    private readonly streams: RunningStreams,
    private readonly forwarding: Forwarding,
  ) {}

  @Get(DOWNLOAD_ROUTES)
  async download(
    @Param('linkId') linkId: string,
    @Param('filename') fileName: string | undefined,
    @Query('stream') stream: unknown,
    @Query('inline') inline: unknown,
    @Req() { raw: request }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const response = reply.raw
    reply.hijack()
    const signal = this.clientConnections.signalOf(response)
    try {
      await this.clientConnections.turnOf(response)
      const eager = this.serveWhileFetching || stream === '1'
      await this.serve({ linkId, fileName, eager, inline: inline === '1', request, response, signal })
    } catch (error) {
      if (signal.aborted || error instanceof ClientGone) return
      if (!response.headersSent) throw error
      this.log.warn({ link: linkId.slice(0, 8), reason: describe(error) }, 'download cut short')
      response.socket?.destroySoon()
    }
  }

  private async serve(exchange: Exchange): Promise<void> {
    const { linkId, request, response } = exchange
    const download = await this.find(linkId)
    const { fileId, madeBy } = download
    const link = linkId.slice(0, 8)
    const { range } = request.headers
    const attributes = { 'obb.link': link, 'obb.file': fileId, 'http.request.method': request.method, range }
    await resume(madeBy, { link, fileId }, () =>
      traced('download', { kind: 'server', attributes }, async () => {
        await this.serveDownload(download, exchange)
        annotate({ 'http.response.status_code': response.statusCode })
      }),
    )
  }

  private async serveDownload(download: Download, exchange: Exchange): Promise<void> {
    const { linkId, fileName, eager, inline, request, response, signal } = exchange
    const arriving = eager ? this.unfinishedDownloads.take(download) : undefined
    if (arriving !== undefined) {
      await this.serveUnfinished(download, arriving.unfinishedFile, exchange).finally(arriving.leave)
      return
    }
    const stored = servedFile(download, this.clock)
    if (this.metalinks.isAskedFor(fileName, stored)) {
      return this.guardingLoss(download, () => this.metalinks.answer(download, stored, request, response))
    }
    const key = stored.objectKey
    const object = this.offload.leadsToStore
      ? await this.guardingLoss(download, () => this.mustExist(key))
      : undefined
    const file = object === undefined ? stored : Offload.asTold(stored, object)
    const plain = this.answer(request, file)
    const answer = inline ? asInline(plain, file.name) : plain
    if (answer.code === 304) {
      response.writeHead(answer.code, answer.headers).end()
      return
    }
    const isBodiless = request.method === 'HEAD' || answer.segments.length === 0
    if (isBodiless) {
      if (object === undefined) await this.guardingLoss(download, () => this.mustExist(key))
      response.writeHead(answer.code, answer.headers).end()
      if (request.method === 'GET') this.uses.record(download)
      return
    }
    await this.shareAdmission.assertAdmitted(download, request)
    const leave = await this.linkConnectionLimit.take(linkId, download.maxChunks, signal)
    try {
      await this.guardingLoss(download, async () => {
        // What is shown has fields that only we send, and pages may show what is here alone.
        if (answer === plain && this.offload.takes(request, answer, download)) {
          if (object === undefined) await this.mustExist(key)
          const { code, headers } = await this.offload.answer(download, key, answer)
          response.writeHead(code, headers).end()
          this.uses.record(download)
          this.streams.recordOffloaded()
          return
        }
        const { store, timing } = this
        // At once: many downloaders never take the whole of their first answer.
        const begin = () => this.uses.record(download)
        await this.send({ store, timing, key }, answer, { download, exchange, begin })
      })
    } finally {
      leave()
    }
  }

  /** serveUnfinished sends what of the file is there already, and the rest as it comes. */
  private async serveUnfinished(
    download: Download,
    unfinishedFile: UnfinishedFile,
    exchange: Exchange,
  ): Promise<void> {
    const { linkId, request, response, signal } = exchange
    const answer = this.answer(request, unfinishedFile.file)
    const { code, headers, segments } = answer
    if (request.method === 'HEAD' || segments.length === 0) {
      response.writeHead(code, headers).end()
      return
    }
    await this.shareAdmission.assertAdmitted(download, request)
    const leave = await this.linkConnectionLimit.take(linkId, download.maxChunks, signal)
    try {
      const store = new UnfinishedObject(unfinishedFile)
      // It knows how long to wait, and what cannot come any more.
      const timing = { store: NEVER, reopen: this.timing.reopen }
      const key = unfinishedFile.file.objectKey
      await this.send({ store, timing, key }, answer, { download, exchange })
    } catch (error) {
      if (response.headersSent || !(error instanceof StoreError)) throw error
      throw new Refusal('not_ready', { retryInSeconds: NOT_READY_RETRY })
    } finally {
      leave()
    }
  }

  /** Head and body, counted as they go; `begin` once the head is written. Raises what Pump raises. */
  private async send(
    from: Pick<Transfer, 'store' | 'timing' | 'key'>,
    { code, headers, segments }: ServedAnswer,
    { download, exchange, begin }: { download: Download; exchange: Exchange; begin?: () => void },
  ): Promise<void> {
    const { request, response, signal } = exchange
    const sending = this.streams.open(download, firstByte(segments), () => ({
      name: request.headers['user-agent'],
      address: this.forwarding.clientAddress(request),
    }))
    try {
      const pump = await Pump.open({ ...from, segments, signal, onSent: sending.add })
      response.writeHead(code, headers)
      begin?.()
      await pump.run(response)
    } finally {
      sending.close()
    }
  }

  private async find(linkId: string): Promise<Download> {
    if (!LINK_ID.test(linkId)) throw new Refusal('link_unknown')
    const download = await within(this.timing.lookup, this.downloads.find(linkId), 'link lookup').catch(
      unavailable,
    )
    if (download === undefined) throw new Refusal('link_unknown')
    return download
  }

  private answer({ method = 'GET', headers }: IncomingMessage, file: ServedFile): ServedAnswer {
    const conditions = {
      range: headers.range,
      ifRange: single(headers['if-range']),
      ifMatch: headers['if-match'],
      ifNoneMatch: headers['if-none-match'],
      ifModifiedSince: headers['if-modified-since'],
      ifUnmodifiedSince: headers['if-unmodified-since'],
    }
    const decision = decide(method, conditions, file, this.clock.now())
    switch (decision.status) {
      case 412:
        throw new HttpRefusal('request_invalid', { code: 412 })
      case 416:
        throw new HttpRefusal('range_unsatisfiable', {
          headers: { 'content-range': `bytes */${file.size}`, 'accept-ranges': 'bytes' },
        })
      case 200:
      case 206:
      case 304:
        return answerOf(file, decision)
    }
  }

  /** HEAD and empty files read nothing, so nothing would notice that the object is gone. */
  private async mustExist(key: string): Promise<StoredObject> {
    const object = await within(this.timing.store, this.store.head(key), 'object look-up').catch(unavailable)
    if (object === undefined) throw new StoreError('NO_SUCH_OBJECT', 'no such object')
    return object
  }

  /** In another bucket or directory everything is missing, and nothing is lost. */
  private async mustBeOurs(): Promise<void> {
    const { facts, log, timing } = this
    if (await within(timing.store, facts.isOurs(), 'look for the marker').catch(unavailable)) return
    const internal =
      'a file is not in the store, nor is any other of this installation: another bucket or directory?'
    const now = this.clock.now()
    if (now - this.warnedAt >= WARNING_MS) {
      this.warnedAt = now
      log.warn({}, internal)
    }
    throw new Refusal('store_unavailable', { retryInSeconds: WRONG_STORE_RETRY, internal })
  }

  /** A file that vanished from the store is fetched again; meanwhile its links are not ready. */
  private async guardingLoss<T>(download: Download, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      if (error.kind === 'UNAVAILABLE') return unavailable(error)
      if (error.kind !== 'NO_SUCH_OBJECT') throw error
      await this.mustBeOurs()
      await within(this.timing.lookup, this.downloads.markMissing(download), 'lost file').catch(unavailable)
      throw new Refusal('not_ready', {
        retryInSeconds: NOT_READY_RETRY,
        internal: 'the object is not in the store',
      })
    }
  }
}

function single(field: string | string[] | undefined): string | undefined {
  return Array.isArray(field) ? field.join(', ') : field
}

/** The position in the file that an answer with a body begins at. */
function firstByte(segments: readonly Segment[]): number {
  const first = segments.find((segment) => !(segment instanceof Uint8Array)) as ByteRange | undefined
  return first?.start ?? 0
}
