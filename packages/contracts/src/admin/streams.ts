import { z } from 'zod'
import { bytes } from '../fields.js'
import { isoTime, platformId } from './fields.js'

/** Most streams that are told one by one, and those that are told unless a request says how many. */
const MAX_STREAMS_SHOWN = 200
const STREAMS_SHOWN = 50

export const streamsQuerySchema = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_STREAMS_SHOWN)
    .default(STREAMS_SHOWN)
    .describe('Streams that are told one by one'),
})
export type StreamsQuery = z.output<typeof streamsQuerySchema>

const count = z.number().int().nonnegative()
const connections = count.describe('Answers that are being sent')
const bytesPerSecond = bytes.describe('Bytes per second to clients, of the last seconds')

export const streamViewSchema = z.object({
  linkId: z.string().describe('Id of the link'),
  isShared: z.boolean().describe('By a share: whoever has that downloads'),
  name: z.string().describe('Name of the file; empty while that is unknown'),
  platform: platformId,
  size: bytes.describe('Bytes of the file; 0 while that is unknown'),
  user: z.string().describe('E-mail of whose link it is'),
  client: z.string().describe('User-Agent of who asked first; empty where it sent none'),
  address: z.string().describe('Address of who asked first; empty where a reverse proxy does not tell it'),
  connections,
  bytesPerSecond,
  sent: bytes.describe('Bytes since `since`, those included that were sent again'),
  distinct: bytes.describe(
    'Bytes of the file that were sent since then, each once for each process that sent it',
  ),
  since: isoTime('When the client began, or went on after a quarter of an hour'),
})
export type StreamView = z.infer<typeof streamViewSchema>

export const proxyViewSchema = z.object({
  id: z.string().describe('Name of the process'),
  startedAt: isoTime('When it started'),
  seenAt: isoTime('When it was seen last'),
  offload: z
    .enum(['off', 'redirect', 'x-accel'])
    .describe('PROXY_OFFLOAD: with the last two others send most bytes, of which nothing is known here'),
  offloaded: count.describe('Answers since it started whose bytes it left to the S3 or to nginx'),
  streams: count.describe('Links that it sends'),
  connections,
  bytesPerSecond,
})
export type ProxyView = z.infer<typeof proxyViewSchema>

export const streamsViewSchema = z.object({
  total: count.describe(
    'Links that are sent to clients now; one that several processes send may count more than once',
  ),
  connections,
  bytesPerSecond,
  proxies: z
    .array(proxyViewSchema)
    .describe('The processes of proxies that send, the busiest first; those that send nothing are not told'),
  streams: z.array(streamViewSchema).describe('The fastest, as of a few seconds ago'),
})
export type StreamsView = z.infer<typeof streamsViewSchema>
