import { describe, it } from '@jest/globals'
import { redisAvailable } from '@obb/testing/redis'
import { describeTrouble } from './fetch-trouble.js'

if (redisAvailable()) describeTrouble('production')
else describe.skip('the production stores (redis-server is not installed)', () => it('runs', () => undefined))
