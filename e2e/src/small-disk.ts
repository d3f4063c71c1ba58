import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MIB = 1024 * 1024

/** A disk of its own that is soon full, in memory. */
export class SmallDisk {
  private constructor(
    readonly home: string,
    /** Bytes. */
    readonly size: number,
  ) {}

  /** Undefined where none can be mounted. `size`: bytes. */
  static mount(size = 160 * MIB): SmallDisk | undefined {
    const home = mkdtempSync(join(tmpdir(), 'obb-full-'))
    const options = ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', home]
    if (spawnSync('mount', options).status === 0) return new SmallDisk(home, size)
    rmSync(home, { recursive: true })
    return undefined
  }

  /** What OBB leaves free of it: a twentieth, since the setting asks for more; bytes. */
  get reserve(): number {
    return this.size / 20
  }

  /** Bytes. */
  async free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.home)
    return bavail * bsize
  }

  unmount(): void {
    spawnSync('umount', [this.home])
    rmSync(this.home, { recursive: true })
  }
}
