import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Containers, ENV, type JourneyPlan, canIsolate } from './testing/compose-journey.js'
import { repository } from './testing/image.js'

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

;(canIsolate ? describe : describe.skip)(
  'the services of compose (needs root, iproute2 and redis-server)',
  () => {
    const containers = new Containers()
    beforeAll(() => containers.build())
    afterAll(() => containers.remove())

    function expectJourney(plan: JourneyPlan) {
      const { result, content } = containers.run(plan)
      if (result.error !== undefined)
        throw new Error(`${result.error}\n${Object.values(result.logs).join('\n')}`)
      expect(result.migrate).toBe(0)
      expect(sha256(Buffer.from(result.copy ?? '', 'base64'))).toBe(sha256(content))
      expect(result.owner).toBe('12345')
      expect(result.exits).toEqual([0, 0, 0])
      const lines = Object.values(result.logs).flatMap((log) => log.split('\n').filter((line) => line !== ''))
      // Nothing but log lines: no warning of a library greets anybody.
      expect(lines.filter((line) => !line.startsWith('{'))).toEqual([])
    }

    it('start, and serve a link to a file from the volume, as any account, on a read-only system', () => {
      expectJourney({ files: ['compose.yml'], env: ENV })
    })

    it('start with the S3 server of compose.s3.yml, and serve from there', () => {
      const s3 = { S3_ACCESS_KEY_ID: 'OBBTESTACCESSKEY', S3_SECRET_ACCESS_KEY: 'obb-test-secret-access-key' }
      const files = ['compose.yml', 'compose.s3.yml']
      expectJourney({ files, env: { ...ENV, ...s3 }, s3: { port: 8333 } })
    })
  },
)

describe('docker-compose config', () => {
  const canCompose = spawnSync('docker-compose', ['--version'], { stdio: 'ignore' }).status === 0
  ;(canCompose ? it : it.skip)('takes both files (needs docker-compose)', () => {
    const directory = mkdtempSync(join(tmpdir(), 'obb-compose-'))
    try {
      // The old docker-compose of Debian does not know the name of a project yet.
      const compose = readFileSync(join(repository, 'compose.yml'), 'utf8').replace(/^name: .*$/m, '')
      writeFileSync(join(directory, 'compose.yml'), compose)
      copyFileSync(join(repository, 'compose.s3.yml'), join(directory, 'compose.s3.yml'))
      const env = { ...ENV, S3_SECRET_ACCESS_KEY: 'x', PATH: process.env['PATH'] }
      for (const files of [['compose.yml'], ['compose.yml', 'compose.s3.yml']]) {
        const args = [...files.flatMap((file) => ['-f', file]), 'config', '--quiet']
        const { status, stderr } = spawnSync('docker-compose', args, {
          cwd: directory,
          env,
          encoding: 'utf8',
        })
        expect([status, stderr]).toEqual([0, ''])
      }
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
