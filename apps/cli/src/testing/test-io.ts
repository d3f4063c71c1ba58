import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { TestClock } from '@obb/testing/clock'
import type { Io, Screen } from '../io.js'

export class TextScreen extends Writable {
  text = ''
  isTTY?: boolean
  columns?: number

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8')
    done()
  }
}

export interface TestIo extends Io {
  stdout: TextScreen
  stderr: TextScreen & Screen
  clock: TestClock
  env: Record<string, string>
  stop: AbortController
}

export function testIo(cwd: string, env: Record<string, string> = {}, input = ''): TestIo {
  const stop = new AbortController()
  return {
    stdin: Readable.from(input === '' ? [] : [Buffer.from(input)]),
    stdout: new TextScreen(),
    stderr: new TextScreen(),
    env,
    cwd,
    root: cwd,
    clock: new TestClock(),
    signal: stop.signal,
    stop,
  }
}

/** A directory for one test. */
export async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'obb-cli-'))
  try {
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
