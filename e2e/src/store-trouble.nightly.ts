import { describe, it } from '@jest/globals'
import { cephMissing, startCeph } from '@obb/testing/ceph'
import { redisAvailable } from '@obb/testing/redis'
import { breakS3 } from '@obb/testing/s3'
import { describeStoreTrouble } from './store-trouble.js'

const missing = cephMissing() ?? (redisAvailable() ? undefined : 'not installed: redis-server')

if (missing === undefined) {
  describeStoreTrouble('Ceph', async () => {
    const ceph = await startCeph()
    const s3 = await breakS3(ceph.endpoint)
    return {
      ...ceph,
      ...s3,
      requests: (operation) => s3.requests[operation] ?? 0,
      close: async () => {
        await s3.close()
        await ceph.stop()
      },
    }
  })
} else {
  describe.skip(`files over Ceph in trouble (${missing})`, () => it('runs', () => undefined))
}
