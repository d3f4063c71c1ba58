import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import { describe } from '@jest/globals'
import type { HostAdapter, HostContext } from '../kit/adapter.js'
import { HostError } from '../kit/errors.js'
import type { FakeContent, FakeFile, FakePlatform } from '../fake/fake-host.js'
import { contentDigest } from '../fake/content.js'
import type { ContentVerifier, Source } from '../kit/source.js'
import type { PlatformConformance } from './platform-conformance.js'
import { FILE } from './sample-file.js'
import { Subject, urlOf } from './subject.js'
import { describeAbort } from './suite/abort.js'
import { describeDownload } from './suite/download.js'
import { conformance } from './template/conformance.js'
import type { SampleKnobs } from './template/fake.js'
import { adapter } from './template/index.js'

const BLOCK = 16

/** A cipher that knows by the offset what to do, as counter modes do: it begins at whole blocks only. */
function cipher(offset: number): Transform {
  if (offset % BLOCK !== 0) throw new Error('begun inside a block')
  let at = offset
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const out = Buffer.from(chunk)
      for (const [i, byte] of out.entries()) out[i] = byte ^ (((at++ >> 4) * 31 + 7) & 0xff)
      done(null, out)
    },
  })
}

function encrypted(content: FakeContent): FakeContent {
  return {
    size: content.size,
    read: (start, end) =>
      content
        .read(start - (start % BLOCK), end)
        .pipe(cipher(start - (start % BLOCK)))
        .pipe(skip(start % BLOCK)),
  }
}

function skip(bytes: number): Transform {
  let left = bytes
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const from = Math.min(left, chunk.length)
      left -= from
      done(null, chunk.subarray(from))
    },
  })
}

const digest = await contentDigest(FILE.content, 'sha256')

function verifier(): ContentVerifier {
  const hash = createHash('sha256')
  return {
    update: (chunk) => void hash.update(chunk),
    finish() {
      if (hash.digest('hex') !== digest) throw new HostError('CORRUPT', 'Sample: digest differs')
    },
  }
}

/** The template's adapter with sources of another kind. */
function variant(change: (source: Source, ctx: HostContext) => Source, files = (file: FakeFile) => file) {
  const changed: HostAdapter = {
    ...adapter,
    resolve: async (ctx, ref) => change(await adapter.resolve(ctx, ref), ctx),
  }
  const fake: FakePlatform<SampleKnobs> = {
    async start(options) {
      const host = await conformance.fake.start(options)
      return { ...host, knobs: host.knobs, addFile: (file) => host.addFile(files(file)) }
    },
  }
  const platform: PlatformConformance<SampleKnobs> = { ...conformance, fake }
  return Subject.of(changed, platform)
}

const kinds = {
  'that are encrypted': await variant(
    (source) => ({ ...urlOf(source), transform: { alignment: BLOCK, create: cipher }, verifier }),
    (file) => ({ ...file, content: encrypted(file.content) }),
  ),
  'that are streams': await variant((source, ctx) => ({
    kind: 'stream',
    size: source.size ?? 0,
    partAlignment: 64 * 1024,
    verifier,
    async open({ start, end }, signal) {
      const range = `bytes=${start}-${end - 1}`
      return (await ctx.http.open({ url: urlOf(source).url, headers: { range }, signal })).body
    },
  })),
}

describe.each(Object.entries(kinds))('sources %s', (_, subject) => {
  subject.everyTest()
  describeDownload(subject)
  describeAbort(subject)
})
