import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/* What Linux tells of processes under /proc. */

const ESTABLISHED = '01'

/** The processes whose parent is `pid`, by proc_pid_stat(5). */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        return state !== 'Z' && parent === String(pid)
      } catch {
        return false // it ended meanwhile
      }
    })
    .map(Number)
}

/** How many connections to the local port a process holds. */
export function connectionsOf(pid: number, port: number): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)
  const inodes = rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(suffix) && state === ESTABLISHED)
    .map((row) => `socket:[${row[9]}]`)
  try {
    const held = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`))
    return held.filter((each) => inodes.includes(each)).length
  } catch {
    return 0 // it ended meanwhile
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
