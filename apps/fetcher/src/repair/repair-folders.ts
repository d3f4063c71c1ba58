import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir, uptime } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'obb-repair-'
const NAME = /^obb-repair-(\d{1,10})-/

/**
 * The folders in which this process repairs files, in `parent`. Their names have its number, so that those of a process
 * that was killed are known.
 */
export class RepairFolders {
  private readonly own = new Set<string>()

  constructor(private readonly parent = tmpdir()) {}

  /** Runs `work` with a new, empty folder, and removes it. */
  async with<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(this.parent, `${PREFIX}${process.pid}-`))
    this.own.add(folder)
    try {
      return await work(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
      this.own.delete(folder)
    }
  }

  /**
   * Removes what processes of this user left that are gone; how many folders. One whose number another process has by now
   * goes after the machine's next start.
   */
  async removeLeft(): Promise<number> {
    const bootedAt = Date.now() - uptime() * 1000
    let removed = 0
    for (const name of await readdir(this.parent)) {
      const pid = Number(NAME.exec(name)?.[1])
      const path = join(this.parent, name)
      if (Number.isNaN(pid) || this.own.has(path)) continue
      const { mtimeMs = Infinity, uid } = (await lstat(path).catch(() => undefined)) ?? {}
      const isOurs = uid === process.getuid?.()
      if (!isOurs || (mtimeMs > bootedAt && pid !== process.pid && isAlive(pid))) continue
      await rm(path, { recursive: true, force: true })
      removed++
    }
    return removed
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
