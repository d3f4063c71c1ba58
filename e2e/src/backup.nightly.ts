import { afterAll, beforeAll, describe, it } from '@jest/globals'
import { redisAvailable } from '@obb/testing/redis'
import type { Stores } from './installation.js'
import { MovedInstallation } from './moved-installation.js'

;(redisAvailable() ? describe : describe.skip)('a backup (needs redis-server)', () => {
  let installation: MovedInstallation
  beforeAll(async () => {
    installation = await MovedInstallation.start()
  })
  afterAll(() => installation?.close())

  it.each<[Stores, Stores]>([
    ['embedded', 'production'],
    ['production', 'embedded'],
  ])('of the %s column goes on in the %s one with its balances, links and downloads', async (_from, to) => {
    await installation.moveTo(to)
  })

  it('comes to no harm by a Redis that still has the jobs of what was done after it', async () => {
    await installation.moveBesideItsRedis([3, 4, 5])
  })
})
