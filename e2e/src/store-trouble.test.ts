import { describe, it } from '@jest/globals'
import { redisAvailable } from '@obb/testing/redis'
import { startS3 } from '@obb/testing/s3'
import { describeStoreTrouble } from './store-trouble.js'

if (redisAvailable()) {
  describeStoreTrouble('an S3 with the words of radosgw', async () => {
    const s3 = await startS3({ dialect: 'radosgw' })
    return { ...s3, requests: (operation) => s3.stats().requests[operation] ?? 0 }
  })
} else {
  describe.skip('files over an S3 in trouble (redis-server is not installed)', () =>
    it('runs', () => undefined))
}
