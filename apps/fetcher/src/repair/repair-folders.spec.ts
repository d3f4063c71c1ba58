import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { RepairFolders } from './repair-folders.js'

/** The number of a process that has just ended. */
const deadPid = (): number =>
  Number(execFileSync(process.execPath, ['-e', 'process.stdout.write(String(process.pid))']).toString())

describe('the folders of repairs', () => {
  let parent: string

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'obb-test-'))
  })
  afterEach(() => rm(parent, { recursive: true, force: true }))

  async function make(name: string): Promise<string> {
    const path = join(parent, name)
    await mkdir(path)
    await writeFile(join(path, 'volume.par2'), 'x')
    return path
  }

  it('go with their work, also where that fails', async () => {
    const folders = new RepairFolders(parent)
    const work = folders.with(async (folder) => {
      await writeFile(join(folder, 'volume.par2'), 'x')
      throw new Error('no par2')
    })
    await expect(work).rejects.toThrow('no par2')
    expect(await readdir(parent)).toEqual([])
  })

  it('of processes that were killed are removed, and nobody else’s', async () => {
    const folders = new RepairFolders(parent)
    await folders.with(async (own) => {
      await make(`obb-repair-${deadPid()}-aaaaaa`)
      await make(`obb-repair-${process.pid}-bbbbbb`) // of an earlier process of this number
      const before = await make(`obb-repair-${process.ppid}-cccccc`)
      await utimes(before, 1, 1) // before the machine started
      await make(`obb-repair-${process.ppid}-dddddd`)
      await make('obb-repair-of-others')
      expect(await folders.removeLeft()).toBe(3)
      const left = (await readdir(parent)).map((name) => join(parent, name)).sort()
      const kept = [`obb-repair-${process.ppid}-dddddd`, 'obb-repair-of-others'].map((name) =>
        join(parent, name),
      )
      expect(left).toEqual([own, ...kept].sort())
      expect(await folders.removeLeft()).toBe(0)
    })
  })
})
