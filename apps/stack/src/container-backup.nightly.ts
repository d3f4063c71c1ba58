import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Containers, ENV, canIsolate } from './testing/compose-journey.js'

const old = (day: number) => `obb-2026-01-0${day}T030000Z.backup`

;(canIsolate ? describe : describe.skip)(
  'the service `backup` of compose (needs root, iproute2 and redis-server)',
  () => {
    const containers = new Containers()
    beforeAll(() => containers.build())
    afterAll(() => containers.remove())

    it('makes the backup that is due, keeps seven, is healthy once it is there, and restores it beside PostgreSQL', () => {
      const backups = [1, 2, 3, 4, 5, 6, 7].map(old)
      const env = { ...ENV, BACKUP_PASSPHRASE: 'correct horse battery' }
      const { result, content } = containers.run({ files: ['compose.yml'], env, backups })
      if (result.error !== undefined)
        throw new Error(`${result.error}\n${Object.values(result.logs).join('\n')}`)
      const { backup } = result
      if (backup === undefined) throw new Error('nothing is told of the backup')
      expect(backup.names.sort()).toEqual([
        ...backups.slice(1),
        expect.stringMatching(/^obb-[-\dT]{17}Z\.backup$/),
      ])
      expect(backup.file).toBe('600 12345')
      expect(backup.changed).toBeLessThan(backup.made)
      expect(backup.restored).toBe(backup.made)
      expect(Buffer.from(backup.copy, 'base64').equals(content)).toBe(true)
      expect(result.exits).toEqual([0, 0, 0, 0])
      expect(result.logs['backup']).toBe('')
    })
  },
)
