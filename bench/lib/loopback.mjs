/*
 * A loopback of the benchmark's own. An answer of 64 KiB and its head is just more than one segment of loopback, and
 * the receiver's system may keep the sender waiting 40 ms for the acknowledgement (delayed ACKs; how often depends on
 * the congestion control). Then 64 connections make 1 600 requests a second on every side, whatever a side can do,
 * and the comparison says nothing. In a network namespace with quick ACKs the sides are what is measured.
 */
import { spawn, spawnSync } from 'node:child_process'

const ROUTE = 'dev lo table local proto kernel scope host src 127.0.0.1 quickack 1'
const SET_UP = `ip link set lo up && ip route change local 127.0.0.0/8 ${ROUTE} && ip route replace local 127.0.0.1 ${ROUTE}`

/** Whether this process runs in such a namespace. */
export const hasOwnLoopback = process.env.BENCH_OWN_LOOPBACK === '1'

/** Runs `file` again in a namespace of its own, to its end; false where that is not possible here. */
export async function runWithOwnLoopback(file) {
  const enter = ['--net', 'sh', '-c']
  if (spawnSync('unshare', [...enter, SET_UP], { stdio: 'ignore' }).status !== 0) return false
  const child = spawn('unshare', [...enter, `${SET_UP} && exec "$0" "$1"`, process.execPath, file], {
    stdio: 'inherit',
    env: { ...process.env, BENCH_OWN_LOOPBACK: '1' },
  })
  process.exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
  return true
}
