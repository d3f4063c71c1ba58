import { describe, it } from '@jest/globals'
import { redisAvailable } from '@obb/testing/redis'
import { describeInquiries } from './inquiries.js'

if (redisAvailable()) describeInquiries('production')
else describe.skip('the production stores (redis-server is not installed)', () => it('runs', () => undefined))
