import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BackupError } from './backup-error.js'
import { type Part, readParts, writeParts } from './backup-file.js'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'obb-backup-file-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Rows that do not compress to nothing, some of them longer than a frame. */
const ROWS = Buffer.from(Array.from({ length: 40_000 }, (_, row) => `${(row * 7_919) % 104_729}\n`).join(''))

const path = () => join(directory, 'a.backup')

async function* parts(): AsyncGenerator<Part> {
  yield { json: { first: 'ä' } }
  yield { rows: ROWS }
  yield { rows: Buffer.alloc(0) }
  yield { json: { last: true } }
}

/** Undefined where the file is refused. */
async function contentOf(file: string): Promise<string | undefined> {
  let content = ''
  try {
    await readParts(file, (part) => {
      content += 'json' in part ? JSON.stringify(part.json) : part.rows.toString()
    })
    return content
  } catch (error) {
    if (error instanceof BackupError) return undefined
    throw error
  }
}

describe('a backup file', () => {
  it('gives what was put in, and nothing of it where any of it was cut or changed', async () => {
    await writeParts(path(), parts())
    const whole = `{"first":"ä"}${ROWS.toString()}{"last":true}`
    expect(await contentOf(path())).toBe(whole)
    const file = readFileSync(path())
    const broken = join(directory, 'broken.backup')
    for (let at = 0; at < file.length; at += Math.ceil(file.length / 60)) {
      writeFileSync(broken, file.subarray(0, at))
      expect([at, await contentOf(broken)]).toEqual([at, undefined])
      const changed = Buffer.from(file)
      changed[at] = (changed[at] ?? 0) ^ 0x10
      writeFileSync(broken, changed)
      // A compressed stream has bits that mean nothing.
      expect([undefined, whole]).toContain(await contentOf(broken))
    }
    writeFileSync(broken, Buffer.concat([file, file]))
    expect(await contentOf(broken)).toBeUndefined()
  })

  it('passes on what its reader raises, and what the system says of it', async () => {
    await writeParts(path(), parts())
    const failed = readParts(path(), () => {
      throw new Error('a fault of the reader')
    })
    await expect(failed).rejects.toThrow('a fault of the reader')
    await expect(contentOf(join(directory, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
