import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { RequestBody } from './body.js'
import type { Buckets } from './buckets.js'
import type { Bucket } from './disk.js'
import { S3Error } from './errors.js'
import { parseTarget, type Operation, type Reply, type S3Request, type Target } from './exchange.js'
import type { Break, Fault, Faults } from './faults.js'
import * as multipart from './multipart.js'
import { copyPart } from './part-copy.js'
import * as objects from './objects.js'
import { authorize, type Credentials } from './signature.js'
import { errorDocument } from './xml.js'

/** radosgw: Ceph 16, which calls an upload that ListParts does not find a missing key. */
export type Dialect = 'aws' | 'radosgw'

export interface Surroundings {
  buckets: Buckets
  credentials: Credentials
  faults: Faults
  dialect: Dialect
  count(operation: Operation): void
}

/** The connection ended before the exchange did; there is nobody left to answer. */
class Gone extends Error {}

/** Serves one request, whatever happens to it. */
export async function handle(
  surroundings: Surroundings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let fault: Fault | undefined
  let reply: Reply
  let target: Target | undefined
  try {
    target = parseTarget(request.method ?? '', request.url ?? '', request.headers)
    surroundings.count(target.operation)
    fault = surroundings.faults.take(target)
    reply =
      fault?.kind === 'fail' ? failure(fault, target) : await carryOut(surroundings, request, target, fault)
  } catch (error) {
    if (request.socket.destroyed) return
    reply = refusal(inDialect(surroundings.dialect, error, target), request)
  }
  try {
    await send(surroundings.faults, request, response, reply, fault)
  } catch {
    response.destroy() // the client went away, or the object's bytes did: both end in a cut connection
  }
}

async function carryOut(
  { buckets, credentials, faults }: Surroundings,
  message: IncomingMessage,
  target: Target,
  fault: Fault | undefined,
): Promise<Reply> {
  const { method = '', url = '', headers } = message
  const path = url.split('?', 1)[0]!
  const authorization = authorize({ method, path, query: target.query, headers }, credentials, Date.now())
  // Leaving the iteration early must not close the connection: the refusal still has to be sent.
  const wire = message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  const source = fault === undefined ? wire : breaking(wire, fault, 'request', message, faults)
  const body = (): RequestBody => new RequestBody(source, headers, authorization)
  return OPERATIONS[target.operation](buckets, { ...target, headers, body })
}

type InBucket = (bucket: Bucket, request: S3Request) => Promise<Reply>
type Work = (buckets: Buckets, request: S3Request) => Promise<Reply>

const inBucket =
  (work: InBucket): Work =>
  async (buckets, request) =>
    work(await buckets.get(request.bucket), request)

const OPERATIONS: Record<Operation, Work> = {
  ListBuckets: (buckets) => buckets.list(),
  CreateBucket: (buckets, request) => buckets.create(request),
  HeadBucket: (buckets, request) => buckets.head(request),
  DeleteBucket: (buckets, request) => buckets.delete(request),
  ListObjectsV2: (buckets, request) => buckets.listObjects(request),
  ListMultipartUploads: inBucket(multipart.listUploads),
  PutObject: inBucket(objects.putObject),
  GetObject: inBucket(objects.getObject),
  HeadObject: inBucket(objects.headObject),
  DeleteObject: inBucket(objects.deleteObject),
  CreateMultipartUpload: inBucket(multipart.createUpload),
  UploadPart: inBucket(multipart.uploadPart),
  UploadPartCopy: copyPart,
  ListParts: inBucket(multipart.listParts),
  CompleteMultipartUpload: inBucket(multipart.completeUpload),
  AbortMultipartUpload: inBucket(multipart.abortUpload),
}

function failure({ status, code }: { status: number; code: string }, target: Target): Reply {
  const body = errorDocument({ Code: code, Message: 'A fault was asked for', Resource: `/${target.bucket}` })
  return { status, body }
}

function inDialect(dialect: Dialect, error: unknown, target: Target | undefined): unknown {
  const isRenamed = dialect === 'radosgw' && target?.operation === 'ListParts'
  if (!isRenamed || !(error instanceof S3Error) || error.code !== 'NoSuchUpload') return error
  return new S3Error('NoSuchKey', error.message)
}

function refusal(error: unknown, { url = '' }: IncomingMessage): Reply {
  const known = error instanceof S3Error ? error : new S3Error('InternalError', String(error))
  const { code, message, status, headers } = known
  const fields = { Code: code, Message: message, Resource: url.split('?', 1)[0]!, RequestId: randomUUID() }
  return { status, headers, body: errorDocument(fields) }
}

async function send(
  faults: Faults,
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, body = '' }: Reply,
  fault: Fault | undefined,
): Promise<void> {
  response.statusCode = status
  for (const [name, value] of Object.entries({ 'x-amz-request-id': randomUUID(), ...headers })) {
    response.setHeader(name, value)
  }
  if (!request.complete) response.setHeader('connection', 'close')
  let content = typeof body === 'string' ? [Buffer.from(body)] : body
  if (typeof body === 'string' && body !== '') {
    response.setHeader('content-type', 'application/xml')
    response.setHeader('content-length', Buffer.byteLength(body))
  }
  if (body === '' || request.method === 'HEAD') content = []
  const source = fault === undefined ? content : breaking(content, fault, 'response', request, faults)
  for await (const bytes of source) await write(response, bytes)
  response.end()
}

/** Waits until the bytes have left the process, so that a break comes after them. */
function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Gone())
    response.once('close', gone)
    response.write(bytes, (error) => {
      response.off('close', gone)
      if (error) reject(error)
      else resolve()
    })
  })
}

/** `source` up to where the fault strikes this side; at the latest at its end. */
async function* breaking(
  source: AsyncIterable<Buffer> | Buffer[],
  fault: Fault,
  side: Break['on'],
  { socket }: IncomingMessage,
  faults: Faults,
): AsyncGenerator<Buffer> {
  if (fault.kind === 'fail' || fault.on !== side) {
    yield* source
    return
  }
  let left = fault.afterBytes
  if (left > 0) {
    for await (const bytes of source) {
      yield bytes.subarray(0, left)
      left -= bytes.length
      if (left <= 0) break
    }
  }
  if (fault.kind === 'stall') await Promise.race([faults.released(), once(socket, 'close')])
  if (fault.kind === 'reset') socket.resetAndDestroy()
  else socket.destroy()
  throw new Gone()
}
