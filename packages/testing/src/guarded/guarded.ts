import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

/*
 * A line of shell starts the server and reads from a pipe that this process holds: when this process ends in
 * whatever way, the pipe closes, and the server goes with it and with its files.
 */
const GUARDED = `
directory=$1; shift
( { read -r _ || { kill -9 $$; rm -rf "$directory"; } } <&3 >/dev/null 2>&1 & )
exec "$@" 3<&-
`

/** A server of the system in the foreground, which does not outlive this process; nor does its directory. */
export function spawnGuarded(
  directory: string,
  command: readonly [program: string, ...args: string[]],
  options: Pick<SpawnOptions, 'env' | 'uid' | 'gid'> = {},
): ChildProcess {
  const child = spawn('/bin/sh', ['-c', GUARDED, 'obb-guarded', directory, ...command], {
    ...options,
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const guard = child.stdio[3] as Socket
  guard.on('error', () => undefined)
  child.once('exit', () => guard.end('ended\n', () => guard.destroy()))
  return child
}

export function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

/** Waits until it is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
