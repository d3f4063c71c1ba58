/*
 * The limited host of bench:fetch: ranges of zero bytes, paced at the socket to so many bytes per second and
 * connection, over all requests of the connection. (nginx's limit_rate is no strict limit for ranges of 8 MiB.)
 */
import { Buffer } from 'node:buffer'
import { createServer } from 'node:http'
import process from 'node:process'

const TICK_MS = 10
const [size, rate] = process.argv.slice(2).map(Number)
const zeros = Buffer.alloc(1024 * 1024)

/** When the connection may send its next byte. A request that was held up catches up; time between two is lost. */
const free = new WeakMap()

function send(socket, response, left) {
  const now = performance.now()
  const from = free.get(socket)
  const count = Math.min(left, zeros.length, Math.max(0, Math.floor(((now + TICK_MS - from) / 1000) * rate)))
  if (response.destroyed) return
  free.set(socket, from + (count / rate) * 1000)
  if (count === left) return response.end(zeros.subarray(0, count))
  if (count > 0) response.write(zeros.subarray(0, count))
  setTimeout(send, TICK_MS, socket, response, left - count)
}

const server = createServer((request, response) => {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const start = Number(first ?? 0)
  const end = last ? Math.min(Number(last) + 1, size) : size
  const head = {
    'content-length': end - start,
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
  }
  if (first === undefined) response.writeHead(200, head)
  else response.writeHead(206, { ...head, 'content-range': `bytes ${start}-${end - 1}/${size}` })
  if (request.method === 'HEAD') return response.end()
  const now = performance.now()
  free.set(request.socket, Math.max(free.get(request.socket) ?? now, now - TICK_MS))
  return send(request.socket, response, end - start)
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
