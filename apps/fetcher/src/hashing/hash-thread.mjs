/*
 * The thread behind HashThreads, plain JavaScript because a thread is started from a file that Node can run.
 *
 * In:  { job, begin: { algorithms, path | fd, resumable, states } }, { job, segment: [position, length] },
 *      { job, bytes }, { job, save: true }, { job, finish: true }, { job, end: true }
 * Out: { job, hashed: length } for every segment and every bytes, { job, states }, { job, digests },
 *      { job, error: code }
 *
 * `bytes` come from the message, segments are read from the file here: what is on its way into the store need not
 * be copied between threads.
 *
 * OpenSSL's hashes are the fast ones, but their state cannot be saved; the resumable ones are WebAssembly. The
 * hashes of pieces are OpenSSL's always: between two pieces they have no state but those that are done. The state of
 * a CRC is four bytes.
 */
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { nativeCrc32c, portableCrc32c } from './crc32c.mjs'

/** Small enough that the hash finds in the cache of its core what the read has put there, bytes. */
const READ = 256 * 1024
const PIECE = 4 * 1024 * 1024

const buffer = Buffer.allocUnsafeSlow(READ)
const jobs = new Map()

function nativeHash(algorithm) {
  const hash = createHash(algorithm)
  return { update: (bytes) => hash.update(bytes), digest: () => hash.digest('hex') }
}

/** Each hash's own file of the library: all of them together take a thread several MiB. */
const RESUMABLE = {
  sha256: async () => (await import('hash-wasm/dist/sha256.umd.min.js')).default.createSHA256(),
  md5: async () => (await import('hash-wasm/dist/md5.umd.min.js')).default.createMD5(),
  sha1: async () => (await import('hash-wasm/dist/sha1.umd.min.js')).default.createSHA1(),
}

/** `state` of another build of the library is refused. */
async function resumableHash(algorithm, state) {
  const hash = await RESUMABLE[algorithm]()
  hash.init()
  if (state) hash.load(state)
  return {
    update: (bytes) => hash.update(bytes),
    save: () => hash.save(),
    digest: () => hash.digest('hex'),
  }
}

/** SHA-256 of every 4 MiB. */
function pieces(state) {
  const digests = state ? [state] : []
  let hash = createHash('sha256')
  let left = PIECE
  const close = () => {
    digests.push(hash.digest())
    hash = createHash('sha256')
    left = PIECE
  }
  return {
    update(bytes) {
      for (let at = 0; at < bytes.length;) {
        const count = Math.min(left, bytes.length - at)
        hash.update(bytes.subarray(at, at + count))
        at += count
        left -= count
        if (left === 0) close()
      }
    },
    save() {
      if (left < PIECE) throw Object.assign(new Error('inside a piece'), { code: 'PIECE' })
      return Buffer.concat(digests)
    },
    digest() {
      if (left < PIECE || digests.length === 0) close()
      return Buffer.concat(digests).toString('hex')
    },
  }
}

async function hashOf(algorithm, resumable, state) {
  if (algorithm === 'pieces') return pieces(state)
  if (algorithm === 'crc32c') return (await nativeCrc32c(state)) ?? portableCrc32c(state)
  return resumable ? resumableHash(algorithm, state) : nativeHash(algorithm)
}

async function begin({ algorithms, path, fd, resumable, states = {} }) {
  const hashes = []
  for (const algorithm of algorithms) {
    hashes.push([algorithm, await hashOf(algorithm, resumable, states[algorithm])])
  }
  const file = path === undefined ? fd : openSync(path, 'r')
  return { hashes, file, owned: path !== undefined }
}

function update({ hashes }, bytes) {
  for (const [, hash] of hashes) hash.update(bytes)
}

function read(job, [position, length]) {
  for (let done = 0; done < length;) {
    const count = readSync(job.file, buffer, 0, Math.min(READ, length - done), position + done)
    if (count === 0) throw Object.assign(new Error('the file is shorter than it was'), { code: 'SHORT' })
    update(job, buffer.subarray(0, count))
    done += count
  }
  return length
}

function end(id) {
  const job = jobs.get(id)
  jobs.delete(id)
  if (job?.owned) closeSync(job.file)
}

async function handle({ job: id, ...message }) {
  if (message.begin) return void jobs.set(id, await begin(message.begin))
  if (message.end) return end(id)
  const job = jobs.get(id)
  if (!job) return undefined
  if (message.segment) return { hashed: read(job, message.segment) }
  if (message.bytes) {
    update(job, message.bytes)
    return { hashed: message.bytes.length }
  }
  if (message.save)
    return { states: Object.fromEntries(job.hashes.map(([name, hash]) => [name, hash.save()])) }
  const digests = Object.fromEntries(job.hashes.map(([name, hash]) => [name, hash.digest()]))
  end(id)
  return { digests }
}

// One after the other: a job's first message may take a moment.
let queue = Promise.resolve()
parentPort.on('message', (message) => {
  queue = queue.then(async () => {
    try {
      const answer = await handle(message)
      if (answer) parentPort.postMessage({ job: message.job, ...answer })
    } catch (error) {
      end(message.job)
      parentPort.postMessage({ job: message.job, error: String(error.code ?? 'FAILED') })
    }
  })
})
