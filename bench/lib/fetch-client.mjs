/*
 * A client of bench:fetch, in a process of its own: ranges of a file, read at once and thrown away, by the guarded
 * client of hosts or by the reader of an S3. It answers with wall time, its own CPU time and its highest resident set.
 */
import process from 'node:process'
import { openObjectStore } from '@obb/core/storage'
import { createHostHttp } from '@obb/host-adapters'

const http = createHostHttp({ allowNetworks: ['127.0.0.0/8'] })
const keys = { region: 'us-east-1', accessKeyId: 'bench', secretAccessKey: 'bench' }

/** How each opens a range: a function that gives the next bytes. */
const CLIENTS = {
  async hosts({ origin, bucket, key }, start, end) {
    const headers = { range: `bytes=${start}-${end - 1}` }
    const { body } = await http.stream({ url: `${origin}/${bucket}/${key}`, headers })
    return () => body.next()
  },
  async S3({ store, key }, start, end) {
    const reader = await store.open(key, start, end)
    return () => reader.read()
  },
}

async function drain(order, start, end) {
  const next = await CLIENTS[order.client](order, start, end)
  let left = end - start
  for (let bytes; (bytes = await next()) !== undefined;) left -= bytes.length
  if (left !== 0) throw new Error(`${left} bytes are missing`)
}

process.on('message', async (order) => {
  try {
    const { origin: endpoint, bucket, size, ranges } = order
    const store = await openObjectStore({ kind: 's3', endpoint, bucket, ...keys })
    const step = Math.ceil(size / ranges)
    const cpu = process.cpuUsage()
    const begun = performance.now()
    await Promise.all(
      Array.from({ length: ranges }, (_, index) =>
        drain({ ...order, store }, index * step, Math.min(size, (index + 1) * step)),
      ),
    )
    const seconds = (performance.now() - begun) / 1000
    const { user, system } = process.cpuUsage(cpu)
    await store.close()
    process.send({ seconds, cpu: (user + system) / 1e6, rss: process.resourceUsage().maxRSS / 1024 })
  } catch (error) {
    process.send({ error: String(error) })
  }
})
process.send('ready')
