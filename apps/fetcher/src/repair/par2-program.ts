import { execFile } from 'node:child_process'

/** The system's `par2` (Debian package par2), which is started without a shell. */
const PROGRAM = 'par2'
/** A repair of some GB takes minutes, ms. */
const TIME_MS = 60 * 60_000
const MEMORY_MIB = 256
const OUTPUT_BYTES = 1024 * 1024

/** `missing`: there is no such program on this machine. */
export type Par2End = 'repaired' | 'not enough' | 'failed' | 'missing'

/** par2's exit code where the set has too few blocks. */
const TOO_FEW = 2

/** Repairs what the set in a folder describes, in place. Raises the signal's reason. */
export function runPar2(folder: string, set: string, signal: AbortSignal): Promise<Par2End> {
  const args = ['repair', '-q', '-q', `-m${MEMORY_MIB}`, '-t1', '--', set]
  const limits = { timeout: TIME_MS, killSignal: 'SIGKILL', maxBuffer: OUTPUT_BYTES, signal } as const
  const environment = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8' }
  return new Promise((resolve, reject) => {
    execFile(PROGRAM, args, { ...limits, cwd: folder, env: environment, shell: false }, (error) => {
      if (signal.aborted) return reject(signal.reason as Error)
      if (error === null) return resolve('repaired')
      if (error.code === 'ENOENT') return resolve('missing')
      resolve((error.code as unknown) === TOO_FEW ? 'not enough' : 'failed')
    })
  })
}

/** Whether this machine has the program. */
export function hasPar2(): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(PROGRAM, ['-V'], { shell: false }, (error) =>
      resolve((error as { code?: unknown } | null)?.code !== 'ENOENT'),
    )
  })
}
